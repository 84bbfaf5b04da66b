"""What administrators do with accounts, and what is noted of it."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from uuutd.errors import BadCredentials, Conflict, Invalid, NotAllowed, NotFound, NotLoggedIn
from uuutd.passwords import Passwords
from uuutd.services.administration import Administration
from uuutd.services.audit import KEEP_FOR, KEEP_MOST, KEEP_MOST_OWN, MOST_FAILURES, Audit
from uuutd.services.throttle import Throttle
from uuutd.store.tables import AuditRow, ResetRow, UserRow
from uuutd.wire import (
    AccountChanges,
    AddTorrentRequest,
    InviteRequest,
    NewAccountRequest,
    ResetRequest,
    SignupRequest,
)

from .conftest import make_user

PASSWORD = "another lantern over the sea"
DISABLE, DEMOTE = AccountChanges(disabled=True), AccountChanges(role="user")


@pytest.fixture
def admin(box):
    return box.services.administration


async def make(admin, name, role="admin", password=PASSWORD):
    made = await admin.make(None, NewAccountRequest(username=name, password=password, role=role))
    return int(made.user.id)


async def login(box, name, password=PASSWORD):
    return await box.services.auth.login(name, password, agent="test", address="192.0.2.1")


async def outcomes(*calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def events(box, **asked):
    return [each.event for each in (await box.services.audit.page(**asked)).events]


# --- the last administrator -----------------------------------------------------------------


@pytest.mark.parametrize("how", ["delete", "disable", "demote"])
async def test_the_last_administrator_stays_one(box, admin, how):
    first, _ = await make(admin, "ada"), await make(admin, "ben", role="user")

    async def end(user_id):
        if how == "delete":
            return await admin.delete(None, user_id, "keep")
        return await admin.change(None, user_id, DISABLE if how == "disable" else DEMOTE)

    with pytest.raises(Conflict, match="last administrator"):
        await end(first)
    second = await make(admin, "eve")
    heard = await outcomes(end(first), end(second))
    assert [type(each) for each in heard].count(Conflict) == 1
    left = [each for each in (await admin.users()).users if each.role == "admin"]
    assert [each.disabled for each in left].count(False) == 1


async def test_one_who_is_disabled_is_no_administrator_to_count_on(box, admin):
    first, second = await make(admin, "ada"), await make(admin, "eve")
    await admin.change(None, second, DISABLE)
    with pytest.raises(Conflict):
        await admin.change(None, first, DEMOTE)
    await admin.change(None, second, AccountChanges(disabled=False))
    assert (await admin.change(None, first, DEMOTE)).role == "user"


# --- what ends logins -----------------------------------------------------------------------


@pytest.mark.parametrize("how", ["delete", "disable", "role"])
async def test_it_ends_every_login_at_once(box, admin, how):
    await make(admin, "ada")
    user_id = await make(admin, "ben", role="user")
    tokens = await login(box, "ben")
    await box.services.auth.authenticate(tokens.access_token)
    if how == "delete":
        await admin.delete(None, user_id, "keep")
    else:
        changes = DISABLE if how == "disable" else AccountChanges(role="admin")
        await admin.change(None, user_id, changes)
    with pytest.raises(NotLoggedIn):
        await box.services.auth.authenticate(tokens.access_token)
    with pytest.raises(NotLoggedIn):
        await box.services.auth.refresh(tokens.refresh_token, agent="test", address=None)
    if how != "role":
        with pytest.raises(BadCredentials):
            await login(box, "ben")


async def test_a_change_of_nothing_ends_no_login(box, admin):
    await make(admin, "ada")
    user_id = await make(admin, "ben", role="user")
    tokens = await login(box, "ben")
    same = AccountChanges(role="user", disabled=False)
    assert (await admin.change(None, user_id, same)).role == "user"
    await box.services.auth.authenticate(tokens.access_token)


# --- reset ----------------------------------------------------------------------------------


async def test_a_code_chooses_a_password_once(box, admin):
    made = await admin.make(None, NewAccountRequest(username="ben"))
    request = ResetRequest(code=made.reset.code, password=PASSWORD)
    with pytest.raises(Invalid):
        await admin.use_reset(ResetRequest(code=made.reset.code, password="short"), address=None)
    heard = await outcomes(*(admin.use_reset(request, address=None) for _ in range(8)))
    assert [each is None for each in heard].count(True) == 1
    assert {type(each) for each in heard} == {type(None), NotAllowed}
    await login(box, "ben")
    with pytest.raises(NotAllowed):
        await admin.use_reset(request, address=None)


async def test_a_code_ends_the_logins_that_there_were(box, admin):
    user_id = await make(admin, "ben", role="user")
    tokens = await login(box, "ben")
    code = (await admin.reset(None, user_id)).code
    await box.services.auth.authenticate(tokens.access_token)  # not before it is used
    await admin.use_reset(ResetRequest(code=code, password=PASSWORD + "!"), address=None)
    with pytest.raises(NotLoggedIn):
        await box.services.auth.authenticate(tokens.access_token)
    with pytest.raises(BadCredentials):
        await login(box, "ben")


@pytest.mark.parametrize("how", ["later", "again", "disabled", "revoked", "unknown", "deleted"])
async def test_a_code_is_void(box, admin, how):
    await make(admin, "ada")
    user_id = await make(admin, "ben", role="user")
    code = (await admin.reset(None, user_id)).code
    if how == "later":
        await ResetRow.all().update(expires_at=datetime.now(UTC))
    elif how == "again":
        await admin.reset(None, user_id)
    elif how == "disabled":
        await admin.change(None, user_id, DISABLE)
        with pytest.raises(Conflict):
            await admin.reset(None, user_id)
        await admin.change(None, user_id, AccountChanges(disabled=False))
    elif how == "revoked":
        await UserRow.filter(id=user_id).update(gen=7)
    elif how == "deleted":
        await admin.delete(None, user_id, "keep")
    else:
        code += "x"
    with pytest.raises(NotAllowed):
        await admin.use_reset(ResetRequest(code=code, password=PASSWORD + "!"), address=None)


async def test_only_a_hash_of_a_code_is_kept(box, admin):
    user_id = await make(admin, "ben", role="user")
    code = (await admin.reset(None, user_id)).code
    (row,) = await ResetRow.all()
    assert code not in str(dict(row))
    assert len(code) >= 22  # 128 bits


# --- invitations ----------------------------------------------------------------------------


async def test_an_invitation_says_who_made_it_and_who_used_it(box, admin):
    ada = await make(admin, "ada")
    used = await admin.invite(ada, InviteRequest(hours=2))
    taken_back = await admin.invite(ada, InviteRequest())
    still_open = await admin.invite(None, InviteRequest(role="admin"))
    request = SignupRequest(username="zoe", password=PASSWORD, invite=used.code)
    await box.services.signups.signup(request)
    await admin.end_invite(ada, int(taken_back.id))
    shown = {each.id: each for each in (await admin.invites()).invites}
    assert set(shown) == {used.id, still_open.id}
    first, second = shown[used.id], shown[still_open.id]
    assert (first.state, first.made_by, first.used_by) == ("used", "ada", "zoe")
    assert (second.state, second.made_by, second.role) == ("open", None, "admin")
    late = Administration(
        signups=box.services.signups,
        passwords=Passwords(rounds=4),
        throttle=Throttle(),
        audit=box.services.audit,
        clock=lambda: datetime.now(UTC) + timedelta(hours=73),
    )
    states = {each.id: each.state for each in (await late.invites()).invites}
    assert states == {used.id: "used", still_open.id: "expired"}


@pytest.mark.parametrize("hours", [0, 721])
async def test_an_invitation_is_good_for_an_hour_to_thirty_days(admin, hours):
    with pytest.raises(Invalid):
        await admin.invite(None, InviteRequest(hours=hours))


async def test_there_is_no_invitation_to_take_back(admin):
    with pytest.raises(NotFound):
        await admin.end_invite(None, 99)


# --- what open sign-ups may take ------------------------------------------------------------


async def test_who_signed_up_uninvited_begins_with_a_quota(box, admin):
    request = SignupRequest(username="zoe", password=PASSWORD)
    zoe = await box.services.signups.signup(request)
    quota = (await admin.user(int(zoe.id))).quota
    assert (quota.torrents, quota.adds_per_hour) == (50, 20)
    ben = await make(admin, "ben", role="user")
    assert (await admin.user(ben)).quota.torrents is None


# --- audit ----------------------------------------------------------------------------------


async def test_what_administrators_do_is_noted(box, admin):
    ada = await make(admin, "ada")
    ben = int((await admin.make(ada, NewAccountRequest(username="ben"))).user.id)
    await admin.change(ada, ben, AccountChanges(role="admin"))
    await admin.change(ada, ben, DISABLE)
    await admin.delete(ada, ben, "remove")
    assert await events(box, user="ben") == [
        "user-deleted",
        "user-changed",
        "role",
        "reset",
        "user-made",
    ]
    (note,) = (await box.services.audit.page(event="user-deleted")).events
    assert (note.by, note.user, note.detail) == ("ada", "ben", "torrents: remove")


async def test_deleting_files_and_adopting_are_noted(box):
    user = await make_user(box)
    source = "a" * 40
    await box.services.jobs.add(user, AddTorrentRequest(source=source))
    await box.services.stewardship.adopt(user, "main", source)
    job = await box.services.jobs.remove(user, source, delete_files=True)
    await box.services.jobs.cancel(user, job.id)
    await box.services.jobs.remove(user, source, delete_files=False)
    page = await box.services.audit.page(user=user.name)
    assert [(each.event, each.by) for each in page.events] == [
        ("delete-files", user.name),
        ("adopted", user.name),
        ("user-made", None),
    ]


@pytest.mark.parametrize("invited", [True, False])
async def test_who_signs_up_is_noted(box, admin, invited):
    ada = await make(admin, "ada")
    code = (await admin.invite(ada, InviteRequest(role="admin"))).code if invited else None
    request = SignupRequest(username="ben", password=PASSWORD, invite=code)
    made = await box.services.signups.signup(request, address="192.0.2.7")
    (note,) = (await box.services.audit.page(user="ben")).events
    detail = "as admin, invited" if invited else "as user, uninvited"
    assert (note.event, note.address, note.detail) == ("user-made", "192.0.2.7", detail)
    assert made.role == ("admin" if invited else "user")


ACTS = {
    "make": lambda admin, _: admin.make(
        None, NewAccountRequest(username="cleo", password=PASSWORD)
    ),
    "role": lambda admin, ben: admin.change(None, ben, AccountChanges(role="admin")),
    "disable": lambda admin, ben: admin.change(None, ben, DISABLE),
    "delete": lambda admin, ben: admin.delete(None, ben, "remove"),
    "reset": lambda admin, ben: admin.reset(None, ben),
    "invite": lambda admin, _: admin.invite(None, InviteRequest()),
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_cannot_be_noted_does_not_happen(box, admin, monkeypatch, act):
    await make(admin, "ada")
    ben = await make(admin, "ben", role="user")

    async def told():
        return await admin.users(), await admin.invites(), await ResetRow.all().count()

    async def crash(*_, **__):
        raise RuntimeError("killed before the note was written")

    before = await told()
    with monkeypatch.context() as patch:
        patch.setattr(Audit, "note", crash)
        with pytest.raises(RuntimeError):
            await ACTS[act](admin, ben)
    assert await told() == before
    await ACTS[act](admin, ben)
    assert await told() != before


async def test_notes_are_read_page_by_page(box):
    for number in range(7):
        await box.services.audit.note("login", by=None, detail=str(number))
    seen, cursor = [], None
    while True:
        page = await box.services.audit.page(limit=3, cursor=cursor)
        seen += [each.detail for each in page.events]
        if page.next is None:
            break
        cursor = int(page.next)
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


async def test_a_storm_of_failed_logins_drives_nothing_else_out(box):
    user = await make_user(box)
    audit = Audit(clock=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    await audit.note("role", by=user.id, user=user.id)
    for number in range(3 * MOST_FAILURES):
        await audit.note("login-failed", by=None, address=f"192.0.{number}.1")
        await audit.note("login-failed", by=None, address=f"2001:db8::{number:x}")
    page = await audit.page()
    assert [each.event for each in page.events[-2:]] == ["role", "user-made"]
    assert len(page.events) == 2 + MOST_FAILURES + 1
    assert sum(each.count for each in page.events) == 2 + 6 * MOST_FAILURES
    rest = [each for each in page.events[:-2] if each.address is None]
    assert [each.count for each in rest] == [6 * MOST_FAILURES - kept(page)]


def kept(page):
    """Return how many failed logins are told apart by their address."""
    return sum(each.count for each in page.events if each.address is not None)


async def test_nobody_drives_out_what_administrators_did(box):
    user = await make_user(box)
    await box.services.audit.note("role", by=user.id + 1, user=user.id, detail="now admin")
    now = datetime.now(UTC)
    values = {"event": "login", "detail": "", "count": 1, "created_at": now, "last_at": now}
    own = [AuditRow(by_id=user.id, user_id=user.id, **values) for _ in range(KEEP_MOST_OWN)]
    strange = [AuditRow(address="192.0.2.1", **values) for _ in range(9)]
    await AuditRow.bulk_create(own + strange, batch_size=500)
    await box.services.audit.note("login", by=user.id, user=user.id)
    assert await events(box, event="role") == ["role"]
    assert await AuditRow.filter(event="login").count() == KEEP_MOST_OWN


async def test_notes_are_kept_for_a_while_and_not_without_end(box):
    now = datetime.now(UTC)
    values = {"event": "login", "detail": "", "count": 1}
    old = [AuditRow(created_at=now, last_at=now - KEEP_FOR, **values)]
    many = [AuditRow(created_at=now, last_at=now, **values) for _ in range(KEEP_MOST)]
    await AuditRow.bulk_create(old + many, batch_size=500)
    await box.services.audit.note("role", by=None)
    assert await AuditRow.all().count() == KEEP_MOST
    assert await events(box, limit=1) == ["role"]


async def test_each_note_is_one_clean_line_of_the_log(box, caplog):
    caplog.set_level(logging.INFO, logger="uuutd.audit")
    await box.services.audit.note("login", by=None, detail="a\nforged line \x1b[31m", address="::1")
    (record,) = caplog.records
    assert record.getMessage() == "login by=None user=None address=::1 a forged line [31m"
    (note,) = (await box.services.audit.page()).events
    assert note.detail == "a forged line [31m"


async def test_the_note_outlives_the_account(box, admin):
    await make(admin, "ada")
    ben = await make(admin, "ben", role="user")
    await admin.delete(None, ben, "keep")
    async with asyncio.timeout(10):
        while await UserRow.exists(id=ben):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)
    assert "user-made" in await events(box, user="ben")
