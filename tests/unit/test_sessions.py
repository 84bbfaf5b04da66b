"""A user's logins: which there are, how they end, and what a change of password leaves of them."""

import asyncio
from datetime import timedelta

import pytest

from uuutd.errors import BadCredentials, Invalid, NotFound, NotLoggedIn
from uuutd.services.auth import GRACE, IDLE, LIFETIME
from uuutd.services.callers import FRESH
from uuutd.store import audit as audit_store
from uuutd.store import sessions
from uuutd.store.tables import SessionRow, UserRow
from uuutd.wire import PasswordRequest, PersonalTokenRequest

from .conftest import PASSWORD, one_database

NEW = "an otter under the bridge"
SECOND = timedelta(seconds=1)


async def login(auth, name="anna", password=PASSWORD, agent="uuut/1", address="192.0.2.1"):
    return await auth.login(name, password, agent=agent, address=address)


async def caller(auth, reply):
    return await auth.authenticate(reply.access_token)


async def change(auth, reply, current=PASSWORD, new=NEW):
    request = PasswordRequest(current=current, new=new)
    await auth.change_password(await caller(auth, reply), request)


async def events(event):
    return [n for n in await audit_store.page(below=2**31 - 1, count=99) if n.event == event]


async def opens(auth, reply):
    """Say what of *reply* still opens something: access, refresh."""
    found = await asyncio.gather(
        auth.authenticate(reply.access_token),
        auth.refresh(reply.refresh_token, agent=""),
        return_exceptions=True,
    )
    for each in found:
        assert not isinstance(each, BaseException) or isinstance(each, NotLoggedIn)
    return [not isinstance(each, NotLoggedIn) for each in found]


# --- which there are ------------------------------------------------------------------------


async def test_logins_do_not_pile_up(auth, signups, anna, clock, monkeypatch):
    """Of those that have ended nothing is kept, and a program that logs in again and again
    does not fill the database."""
    monkeypatch.setattr(sessions, "MOST", 5)
    await signups.add_user("berta", PASSWORD, role="user")
    other = await login(auth, "berta")
    first = await login(auth)
    replies = []
    for _ in range(6):
        clock.now += SECOND
        replies.append(await login(auth))
    assert await opens(auth, first) == [False, False]
    assert [await auth.authenticate(each.access_token) for each in replies[-5:]]
    assert await opens(auth, other) == [True, True]
    await auth.logout(await caller(auth, replies[-1]), everywhere=True)
    last = await login(auth)
    assert await SessionRow.filter(user_id=anna.id).count() == 1
    assert await opens(auth, last) == [True, True]


async def test_sessions_say_when_and_from_where_they_were_used_last(auth, anna, clock):
    began = clock.now
    first = await login(auth)
    clock.now += 60 * SECOND
    second = await login(auth, agent="curl/8", address="2001:db8::1")
    clock.now += 60 * SECOND
    await auth.refresh(first.refresh_token, agent="uuut/2", address="192.0.2.9")
    here = await caller(auth, second)
    found = (await auth.sessions(here)).sessions
    assert [(each.agent, each.address, each.current) for each in found] == [
        ("uuut/2", "192.0.2.9", False),
        ("curl/8", "2001:db8::1", True),
    ]
    assert (found[0].created_at, found[0].used_at) == (began, clock.now)
    assert found[0].expires_at == clock.now + IDLE


async def test_sessions_show_nobody_elses_and_none_that_are_over(auth, signups, anna, clock):
    await signups.add_user("berta", PASSWORD, role="user")
    await login(auth, "berta")
    idle = await login(auth)
    clock.now += IDLE
    out, kept = await login(auth), await login(auth)
    clock.now += SECOND
    await auth.logout(await caller(auth, out), everywhere=False)
    here = await caller(auth, kept)
    assert [each.id for each in (await auth.sessions(here)).sessions] == [here.session_id]
    assert not any(await opens(auth, idle))


@one_database
async def test_what_is_left_of_a_session_is_never_more_than_its_life(auth, anna, clock):
    reply, began = await login(auth), clock.now
    while clock.now < began + LIFETIME - IDLE / 2:
        clock.now += IDLE / 2
        reply = await auth.refresh(reply.refresh_token, agent="")
    (only,) = (await auth.sessions(await caller(auth, reply))).sessions
    assert only.expires_at == began + LIFETIME


async def test_a_session_is_ended_by_its_user_alone(auth, signups, anna):
    await signups.add_user("berta", PASSWORD, role="admin")
    here, there, hers = await login(auth), await login(auth), await login(auth, "berta")
    me, she = await caller(auth, here), await caller(auth, hers)
    other = (await caller(auth, there)).session_id
    for who, which in ((she, other), (me, she.session_id), (me, "0" * 32), (me, "x")):
        with pytest.raises(NotFound, match="You have no such session"):
            await auth.end_session(who, which)
    assert (await caller(auth, there)).session_id == other
    await auth.end_session(me, other, address="192.0.2.1")
    assert await opens(auth, there) == [False, False]
    with pytest.raises(NotFound):
        await auth.end_session(me, other)
    await auth.end_session(me, me.session_id)
    assert await opens(auth, here) == [False, False]
    (last, first) = await events("sessions-ended")
    assert (first.by, first.user, first.address, first.detail) == (
        "anna",
        "anna",
        "192.0.2.1",
        other,
    )
    assert last.detail == me.session_id


@one_database
async def test_a_login_is_fresh_for_a_while_and_not_again_by_being_renewed(auth, anna, clock):
    reply = await login(auth)
    clock.now += FRESH
    assert (await caller(auth, reply)).fresh
    reply = await auth.refresh(reply.refresh_token, agent="")
    clock.now += SECOND
    assert not (await caller(auth, reply)).fresh
    clock.now -= FRESH + FRESH + SECOND  # nor by a clock that is put back
    reply = await auth.refresh((await login(auth)).refresh_token, agent="")
    assert (await caller(auth, reply)).fresh


# --- the password ---------------------------------------------------------------------------


async def test_a_new_password_ends_all_but_the_login_that_changed_it(auth, anna):
    here, there = await login(auth), await login(auth)
    token = await auth.personal_tokens.make(
        (await caller(auth, here)).user, PersonalTokenRequest(name="x", scopes=("torrents:read",))
    )
    await change(auth, here)
    assert await opens(auth, there) == [False, False]
    with pytest.raises(NotLoggedIn):
        await auth.authenticate(token.token)
    assert await opens(auth, here) == [True, True]
    with pytest.raises(BadCredentials):
        await login(auth)
    assert await opens(auth, await login(auth, password=NEW)) == [True, True]
    (note,) = await events("password-changed")
    assert (note.by, note.user, note.detail) == ("anna", "anna", "")


async def test_what_a_changed_password_left_dies_like_any_other(auth, anna):
    """An access token of before the change is good for that one login, and no longer than it."""
    here = await login(auth)
    await change(auth, here)
    after = await login(auth, password=NEW)
    await auth.logout(await caller(auth, after), everywhere=True)
    assert await opens(auth, here) == [False, False]

    here = await login(auth, password=NEW)
    await change(auth, here, NEW, PASSWORD)
    await UserRow.filter(name="anna").update(gen=(await UserRow.get(name="anna")).gen + 1)
    assert await opens(auth, here) == [False, False]


async def test_a_wrong_current_password_changes_nothing(auth, anna):
    here, there = await login(auth), await login(auth)
    with pytest.raises(BadCredentials, match="current password"):
        await change(auth, here, current="not that one at all")
    assert await opens(auth, there) == [True, True]
    assert await login(auth)


@one_database
@pytest.mark.parametrize("new", ["short", "x" * 257, "anna", "a\0" * 10, "\ud800" * 20])
async def test_a_new_password_that_will_not_do_changes_nothing(auth, anna, new):
    here, there = await login(auth), await login(auth)
    with pytest.raises(Invalid) as caught:
        await change(auth, here, new=new)
    assert [problem.path for problem in caught.value.problems] == ["new"]
    assert await opens(auth, there) == [True, True]
    assert await login(auth)


async def test_of_several_new_passwords_at_once_one_counts(auth, anna):
    here = [await login(auth) for _ in range(5)]
    news = [f"{n} otters under the bridge" for n in range(5)]
    found = await asyncio.gather(
        *(change(auth, reply, new=new) for reply, new in zip(here, news, strict=True)),
        return_exceptions=True,
    )
    (winner,) = (n for n, each in enumerate(found) if each is None)
    assert all(isinstance(each, BadCredentials | NotLoggedIn) for each in found if each)
    assert [any(await opens(auth, reply)) for reply in here] == [n == winner for n in range(5)]
    assert await login(auth, password=news[winner])


# --- a stolen refresh token -----------------------------------------------------------------


async def test_a_token_that_comes_again_is_noted_once(auth, anna, metrics, clock):
    first = await login(auth)
    await auth.refresh(first.refresh_token, agent="")
    clock.now += GRACE + SECOND
    found = await asyncio.gather(
        *(auth.refresh(first.refresh_token, agent="", address="192.0.2.66") for _ in range(5)),
        return_exceptions=True,
    )
    assert all(isinstance(each, NotLoggedIn) for each in found)
    (note,) = await events("token-reuse")
    assert (note.by, note.user, note.address) == (None, "anna", "192.0.2.66")
    assert metrics.registry.get_sample_value("uuutd_refresh_reuse_total") == 1


async def test_a_token_of_a_login_that_is_over_is_no_theft(auth, anna, metrics):
    reply = await login(auth)
    await auth.logout(await caller(auth, reply), everywhere=False)
    assert await opens(auth, reply) == [False, False]
    assert metrics.registry.get_sample_value("uuutd_refresh_reuse_total") == 0
