"""Logging in by hand: what is asked, what is shown, and what a daemon that has enough says."""

import os
import pty
import select
import subprocess
import sys
import termios
import time

import attrs
import pytest

from uuutd.wire import ResetRequest, SignupRequest

from .fake_daemon import problem_reply

LONGEST = 30.0


def test_who_has_to_wait_hears_how_long(uuut, daemon):
    daemon.problems["POST", "auth/token"] = problem_reply(
        429,
        "throttled",
        "Too many tries: the next one is possible in 64 s.",
        retry_after=64,
        hint="If you did not try that often, somebody is guessing: tell the administrator.",
    )
    done = uuut("login", "--username", "aneesh", "--password-stdin", stdin="wrong\n")
    assert done.code == 1
    assert "the next one is possible in 64 s" in done.words
    assert "another try makes sense in 1m04" in done.words
    assert "tell the administrator" in done.words
    assert daemon.requests.count(("POST", "auth/token")) == 1


def test_the_password_is_asked_for_without_showing_it(daemon, tmp_path):
    child, keyboard = _on_terminal(
        tmp_path, "--server", daemon.url, "login", "--username", "aneesh"
    )
    shown = _answer(keyboard, "password: ", "correct horse")
    shown += _read(keyboard, "(user)")
    assert child.wait(LONGEST) == 0
    os.close(keyboard)
    assert "aneesh (user)" in shown
    assert "correct horse" not in shown


@pytest.mark.parametrize(
    ("words", "question", "sent"),
    [
        (("login", "--signup", "--username", "ada", "--setup-code"), "set-up code: ", "signup"),
        (("login", "--signup", "--username", "ada", "--invite"), "invitation: ", "signup"),
        (("login", "--signup", "--username", "ada", "--invite", "-"), "invitation: ", "signup"),
        (("reset",), "code: ", "reset"),
    ],
)
def test_codes_are_asked_for_without_showing_them(daemon, tmp_path, words, question, sent):
    child, keyboard = _on_terminal(tmp_path, "--server", daemon.url, *words)
    shown = _answer(keyboard, question, "c0dec0de")
    for again in ("password: ", "once more: "):
        shown += _answer(keyboard, again, "correct horse")
    assert child.wait(LONGEST) == 0
    os.close(keyboard)
    assert "c0dec0de" not in shown
    kind = {"signup": SignupRequest, "reset": ResetRequest}[sent]
    given = daemon.body("POST", f"auth/{sent}", kind)
    assert "c0dec0de" in attrs.astuple(given)


def test_the_end_of_the_input_is_no_password(daemon, tmp_path):
    child, keyboard = _on_terminal(tmp_path, "--server", daemon.url, "login", "--username", "ada")
    _read(keyboard, "password: ")
    os.write(keyboard, b"\x04")
    assert "no password given" in _read(keyboard, "given")
    assert child.wait(LONGEST) == 2
    os.close(keyboard)
    assert not daemon.requests


def _on_terminal(folder, *words):
    """Start ``uuut`` on a terminal of its own that shows what is typed."""
    keyboard, line = pty.openpty()
    settings = termios.tcgetattr(line)
    settings[3] |= termios.ECHO
    termios.tcsetattr(line, termios.TCSANOW, settings)
    child = subprocess.Popen(
        (sys.executable, "-m", "uuutd.uuut", *words),
        stdin=line,
        stdout=line,
        stderr=line,
        env={**os.environ, "UUUT_CONFIG_DIR": str(folder), "TERM": "xterm"},
        start_new_session=True,  # not the terminal of whoever runs the tests
    )
    os.close(line)
    return child, keyboard


def _answer(keyboard: int, question: str, text: str) -> str:
    """Type *text* when *question* is there, and return what was shown until then."""
    shown = _read(keyboard, question)
    os.write(keyboard, f"{text}\n".encode())
    return shown


def _read(keyboard: int, until: str) -> str:
    """Return what the terminal shows up to and with *until*."""
    shown, ends = "", time.monotonic() + LONGEST
    while until not in shown:
        ready, _, _ = select.select([keyboard], [], [], ends - time.monotonic())
        assert ready, f"nothing more came after {shown!r}"
        shown += os.read(keyboard, 1024).decode()
    return shown
