"""``uuut admin`` and ``uuut reset``: what they ask, send and show."""

from datetime import timedelta

import pytest

from uuutd.wire import (
    AccountChanges,
    AccountReply,
    AccountsReply,
    AuditEventReply,
    AuditReply,
    DeletionReply,
    InviteReply,
    InviteRequest,
    InvitesReply,
    NewAccountReply,
    NewAccountRequest,
    NewInviteReply,
    QuotaSetting,
    ResetReply,
    ResetRequest,
)

from .fake_daemon import now, problem_reply

MIKA = AccountReply(
    id="2",
    username="Mika",
    role="user",
    disabled=False,
    created_at=now(),
    torrents=3,
    quota=QuotaSetting(torrents=50, adds_per_hour=None),
)
CODE = ResetReply(code="c0de", expires_at=now() + timedelta(hours=24))


@pytest.fixture
def accounts(daemon):
    daemon.accounts["GET", "users"] = AccountsReply(users=(MIKA,))
    daemon.accounts["PATCH", "users/2"] = MIKA
    return daemon.accounts


def test_accounts_are_shown(uuut, accounts):
    done = uuut("admin", "users")
    assert done.code == 0
    head, row = [line.split("\t") for line in done.out.splitlines()]
    assert head == ["NAME", "ROLE", "STATE", "TORRENTS", "LAST LOGIN", "MOST", "PER HOUR"]
    assert row == ["Mika", "user", "ok", "3", "never", "50", "-"]
    assert uuut("admin", "users", "--json").json()["users"][0]["username"] == "Mika"
    assert uuut("admin", "users", "mika", "--json").json()["quota"]["torrents"] == 50


@pytest.mark.parametrize(
    ("argv", "changes"),
    [
        (("--disable",), AccountChanges(disabled=True)),
        (("--enable",), AccountChanges(disabled=False)),
        (("--admin",), AccountChanges(role="admin")),
        (
            ("--torrents", "none", "--user"),
            AccountChanges(role="user", quota=QuotaSetting(torrents=None, adds_per_hour=None)),
        ),
        (
            ("--adds-per-hour", "5"),
            AccountChanges(quota=QuotaSetting(torrents=50, adds_per_hour=5)),
        ),
    ],
)
def test_an_account_is_changed_as_far_as_asked(uuut, daemon, accounts, argv, changes):
    assert uuut("admin", "users", "mika", *argv).code == 0
    assert daemon.body("PATCH", "admin/users/2", AccountChanges) == changes


def test_an_account_is_made_with_a_code(uuut, daemon, accounts):
    accounts["POST", "users"] = NewAccountReply(user=MIKA, reset=CODE)
    done = uuut("admin", "users", "Mika", "--add")
    assert (done.code, done.out) == (0, "c0de\n")
    asked = daemon.body("POST", "admin/users", NewAccountRequest)
    assert asked == NewAccountRequest(username="Mika")


def test_a_code_is_made_for_somebody(uuut, accounts):
    accounts["POST", "users/2/reset"] = CODE
    assert uuut("admin", "users", "Mika", "--reset").out == "c0de\n"
    assert uuut("admin", "users", "Mika", "--reset", "--json").json()["code"] == "c0de"


def test_an_account_is_deleted_only_with_a_fate(uuut, daemon, accounts):
    accounts["DELETE", "users/2"] = DeletionReply(
        id="2", username="Mika", torrents="remove", removed=2, kept=0, shared=1
    )
    assert uuut("admin", "users", "Mika", "--delete").code == 2
    assert not daemon.called("DELETE", "admin/users/2")
    done = uuut("admin", "users", "Mika", "--delete", "--remove")
    assert done.code == 0
    assert "2 torrents are removed" in done.words
    assert daemon.queries[-1] == {"torrents": "remove"}


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("--disable",), 2),
        (("nobody", "--disable"), 3),
        (("Mika", "--disable", "--remove"), 2),
        (("Mika", "--disable", "--enable"), 2),
        (("Mika", "--torrents", "-1"), 2),
    ],
)
def test_what_makes_no_sense_changes_nothing(uuut, daemon, accounts, argv, code):
    assert uuut("admin", "users", *argv).code == code
    assert not daemon.called("PATCH", "admin/users/2")


def test_who_is_no_administrator_is_told(uuut, daemon):
    daemon.problems["GET", "admin/users"] = problem_reply(
        403, "not-allowed", "Only administrators may do this."
    )
    done = uuut("admin", "users")
    assert done.code == 4
    assert "Only administrators" in done.words


def test_invitations_are_made_shown_and_taken_back(uuut, daemon, accounts):
    accounts["POST", "invites"] = NewInviteReply(
        id="7", code="inv1te", role="admin", expires_at=now()
    )
    done = uuut("admin", "invites", "--new", "--admin", "--hours", "2")
    assert done.out == "inv1te\n"
    asked = daemon.body("POST", "admin/invites", InviteRequest)
    assert asked == InviteRequest(role="admin", hours=2)
    accounts["GET", "invites"] = InvitesReply(
        invites=(
            InviteReply(
                id="7", role="admin", state="open", created_at=now(), expires_at=now(), made_by="a"
            ),
        )
    )
    row = uuut("admin", "invites").out.splitlines()[1].split("\t")
    assert row[:3] + row[4:] == ["7", "admin", "open", "a", "-"]
    assert uuut("admin", "invites", "--end", "7").code == 0
    assert daemon.called("DELETE", "admin/invites/7")
    assert uuut("admin", "invites", "--hours", "2").code == 2


def test_what_happened_is_read_page_by_page(uuut, daemon, accounts):
    event = AuditEventReply(
        id="9",
        event="login-failed",
        at=now(),
        last_at=now(),
        count=12,
        by=None,
        user="Mika",
        address="192.0.2.7",
        detail="\x1b[31m",
    )
    accounts["GET", "audit"] = AuditReply(events=(event,) * 2, next="9")
    done = uuut("admin", "audit", "--limit", "3", "--event", "login-failed", "--user", "Mika")
    rows = [line.split("\t") for line in done.out.splitlines()[1:]]
    assert rows[0][1:6] == ["login-failed", "12", "-", "Mika", "192.0.2.7"]
    assert daemon.queries[-2:] == [
        {"limit": "3", "event": "login-failed", "user": "Mika"},
        {"limit": "1", "cursor": "9", "event": "login-failed", "user": "Mika"},
    ]
    assert "\x1b" not in done.out


def test_a_code_chooses_a_password_without_a_login(uuut, daemon, logins):
    daemon.access.clear()
    done = uuut("reset", "c0de", "--password-stdin", stdin="a new  password \n")
    assert done.code == 0
    asked = daemon.body("POST", "auth/reset", ResetRequest)
    assert asked == ResetRequest(code="c0de", password="a new  password ")
    assert "a new" not in done.out + done.words
    assert uuut("reset", "c0de").code == 2  # nobody to ask
    assert uuut("reset", "--password-stdin", stdin="c0de\npassword").code == 2


def test_a_code_need_not_stand_on_the_command_line(uuut, daemon):
    assert uuut("reset", "-", "--password-stdin", stdin="c0de\na new password\n").code == 0
    asked = daemon.body("POST", "auth/reset", ResetRequest)
    assert asked == ResetRequest(code="c0de", password="a new password")
