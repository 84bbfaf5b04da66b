"""``uuut password``, ``sessions`` and ``tokens``: what they ask, send and show."""

from datetime import UTC, datetime, timedelta

import pytest

from uuutd.wire import PasswordRequest, PersonalTokenRequest

from .fake_daemon import problem_reply

PASSWORD = "auth/password"
TOKENS = "auth/tokens"


def test_the_password_is_changed_by_two_lines(uuut, daemon, logins):
    done = uuut("password", "--password-stdin", stdin="old one\nnew  one \n")
    assert done.code == 0
    assert daemon.body("POST", PASSWORD, PasswordRequest) == PasswordRequest(
        current="old one", new="new  one "
    )
    assert "one" not in done.out + done.words.replace("one,", "")
    assert logins.get(daemon.url) is not None


@pytest.mark.parametrize("stdin", ["", "only the current one\n"])
def test_half_of_what_is_needed_changes_nothing(uuut, daemon, stdin):
    assert uuut("password", "--password-stdin", stdin=stdin).code == 2
    assert uuut("password").code == 2  # nobody to ask
    assert not daemon.called("POST", PASSWORD)


def test_a_wrong_password_is_tried_once_and_ends_no_login(uuut, daemon, logins):
    daemon.problems["POST", PASSWORD] = problem_reply(
        401, "bad-credentials", "The current password is wrong."
    )
    done = uuut("password", "--password-stdin", stdin="a\nb\n")
    assert done.code == 4
    assert "current password is wrong" in done.words
    assert daemon.requests.count(("POST", PASSWORD)) == 1
    assert not daemon.called("POST", "auth/token")
    assert logins.get(daemon.url) is not None


def test_sessions_are_shown_and_ended(uuut, daemon):
    done = uuut("sessions")
    assert done.code == 0
    head, here, there = [line.split("\t") for line in done.out.splitlines()]
    assert head == ["SESSION", "LAST USED", "FROM", "PROGRAM", "SINCE"]
    assert here[:4] == ["0b" * 16, "this one", "-", "-"]
    assert (there[0], there[2], there[3]) == ("0a" * 16, "192.0.2.7", "uuut/1.2")
    assert uuut("sessions", "--json").json()["sessions"][0]["current"] is True
    assert uuut("sessions", "--end", "0a" * 16).code == 0
    assert daemon.called("DELETE", f"auth/sessions/{'0a' * 16}")


def test_a_token_is_made_shown_and_ended(uuut, daemon):
    assert "no tokens yet" in uuut("tokens").words
    done = uuut(*("tokens", "--new", "a script", "--scope", "torrents:read", "--days", "7"))
    assert done.code == 0
    assert done.out == "uuut_once\n"  # and nothing else, so that it can be piped on
    asked = daemon.body("POST", TOKENS, PersonalTokenRequest)
    assert (asked.name, asked.scopes) == ("a script", ("torrents:read",))
    assert abs(asked.expires_at - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=5)
    head, row = [line.split("\t") for line in uuut("tokens").out.splitlines()]
    assert head == ["TOKEN", "NAME", "SCOPES", "LAST USED", "UNTIL"]
    assert row[:4] == ["c" * 16, "a script", "torrents:read", "never"]
    assert uuut("tokens", "--end", "c" * 16).code == 0
    assert daemon.called("DELETE", f"{TOKENS}/{'c' * 16}")


def test_without_days_the_daemon_says_how_long(uuut, daemon):
    scopes = ("--scope", "watchlist:read", "--scope", "admin", "--scope", "watchlist:read")
    shown = uuut("tokens", "--new", "x", *scopes, "--json").json()
    assert (shown["token"], shown["scopes"]) == ("uuut_once", ["watchlist:read", "admin"])
    assert daemon.body("POST", TOKENS, PersonalTokenRequest).expires_at is None


@pytest.mark.parametrize(
    "argv",
    [
        ("--new", "x"),
        ("--new", "x", "--scope", "everything"),
        ("--new", "x", "--end", "y"),
        ("--scope", "admin"),
        ("--days", "3"),
        ("--new", "x", "--scope", "admin", "--days", "0"),
    ],
)
def test_what_makes_no_sense_makes_no_token(uuut, daemon, argv):
    assert uuut("tokens", *argv).code == 2
    assert not daemon.called("POST", TOKENS)


def test_a_token_of_the_environment_is_never_renewed(uuut, daemon, monkeypatch):
    monkeypatch.setenv("UUUT_TOKEN", "uuut_over")
    done = uuut("sessions")
    assert done.code == 4
    assert not daemon.called("POST", "auth/token")
