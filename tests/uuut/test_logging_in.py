"""Logging in by hand: what is asked, what is shown, and what a daemon that has enough says."""

import os
import pty
import select
import subprocess
import sys
import termios
import time

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
    keyboard, line = pty.openpty()
    settings = termios.tcgetattr(line)
    settings[3] |= termios.ECHO
    termios.tcsetattr(line, termios.TCSANOW, settings)
    words = ("--server", daemon.url, "login", "--username", "aneesh")
    environ = {**os.environ, "UUUT_CONFIG_DIR": str(tmp_path), "TERM": "xterm"}
    child = subprocess.Popen(
        (sys.executable, "-m", "uuutd.uuut", *words),
        stdin=line,
        stdout=line,
        stderr=line,
        env=environ,
        start_new_session=True,  # not the terminal of whoever runs the tests
    )
    os.close(line)
    shown = _read(keyboard, "password: ")
    os.write(keyboard, b"correct horse\n")
    shown += _read(keyboard, "(user)")
    assert child.wait(LONGEST) == 0
    os.close(keyboard)
    assert "aneesh (user)" in shown
    assert "correct horse" not in shown


def _read(keyboard: int, until: str) -> str:
    """Return what the terminal shows up to and with *until*."""
    shown, ends = "", time.monotonic() + LONGEST
    while until not in shown:
        ready, _, _ = select.select([keyboard], [], [], ends - time.monotonic())
        assert ready, f"nothing more came after {shown!r}"
        shown += os.read(keyboard, 1024).decode()
    return shown
