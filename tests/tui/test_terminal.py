"""The real program on a real pseudo-terminal: it starts, survives, and leaves it as it was."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import attrs
import pytest

PATIENCE = 20.0


@attrs.define
class Terminal:
    """``uuut`` without arguments, on a pseudo-terminal of its own."""

    process: subprocess.Popen[bytes]
    keys: int
    line: int
    seen: bytes = b""

    def read_until(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in self.seen:
            ready, _, _ = select.select([self.keys], [], [], deadline - time.monotonic())
            assert ready, f"{text!r} never came: {self.seen[-2000:]!r}"
            self.seen += os.read(self.keys, 65536)

    def press(self, keys: bytes) -> None:
        self.seen = b""
        os.write(self.keys, keys)

    def resize(self, cells: int, rows: int) -> None:
        self.seen = b""
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cells, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def end(self) -> int:
        """Wait for the end, reading on, because a full terminal would hold the program."""
        deadline = time.monotonic() + PATIENCE
        while (code := self.process.poll()) is None:
            assert time.monotonic() < deadline, "it did not end"
            if select.select([self.keys], [], [], 0.05)[0]:
                self.seen += os.read(self.keys, 65536)
        return code


@pytest.fixture
def terminal(daemon, logins, tmp_path):
    keys, line = pty.openpty()
    fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(line)
    environ = os.environ | {
        "UUUT_CONFIG_DIR": str(logins.path.parent),
        "UUUT_SERVER": daemon.url,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "uuutd.uuut"],
        stdin=line,
        stdout=line,
        stderr=line,
        env=environ,
        start_new_session=True,
    )
    opened = Terminal(process, keys, line)
    try:
        opened.read_until("READY")
        yield opened
        assert termios.tcgetattr(line) == before
        assert not (tmp_path / "state" / "uuut" / "uuut.log").exists()
    finally:
        process.kill()
        process.wait()
        os.close(keys)
        os.close(line)


def test_a_terminal_that_draws_nothing_gets_lines(daemon, logins, tmp_path):
    keys, line = pty.openpty()
    environ = os.environ | {
        "UUUT_CONFIG_DIR": str(logins.path.parent),
        "UUUT_SERVER": daemon.url,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TERM": "dumb",
    }
    command = [sys.executable, "-m", "uuutd.uuut"]
    with subprocess.Popen(command, stdin=line, stdout=line, stderr=line, env=environ) as process:
        opened = Terminal(process, keys, line)
        try:
            opened.read_until("seedbox")
            assert opened.end() == 0
        finally:
            process.kill()
            os.close(keys)
            os.close(line)
    assert b"\x1b[?" not in opened.seen


def test_q_leaves_the_terminal_as_it_was(terminal):
    terminal.press(b"q")
    assert terminal.end() == 0
    assert b"\x1b[?1049l" in terminal.seen  # back from the alternate screen
    assert b"\x1b[?2004l" in terminal.seen  # and from bracketed paste


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_signals_end_it_cleanly(terminal, number, code):
    terminal.process.send_signal(number)
    assert terminal.end() == code
    assert b"Traceback" not in terminal.seen


def test_any_window_size_and_back(terminal):
    for cells, rows in ((3, 3), (1, 1), (200, 60), (30, 8)):
        terminal.resize(cells, rows)
        terminal.press(b"j")
    terminal.resize(80, 24)
    terminal.read_until("READY")
    terminal.press(b"q")
    assert terminal.end() == 0


def test_a_pasted_magnet_runs_no_commands(terminal, daemon):
    terminal.press(b"\x1b[200~magnet:?xt=urn:btih:q+Rq&dn=x\n\x1b[201~")
    terminal.read_until("Add")
    assert terminal.process.poll() is None
    assert not any(method == "POST" for method, _ in daemon.requests)
    terminal.press(b"\x1b")
    terminal.read_until("watched")
    terminal.press(b"q")
    assert terminal.end() == 0


def test_the_whole_job_by_keys(terminal, daemon):
    terminal.press(b"\r")
    terminal.read_until("ep 9 downloading")
    assert daemon.called("POST", "watchlist/download")
    terminal.press(b"q")
    assert terminal.end() == 0


def test_keys_are_answered_while_the_daemon_is_not_there(terminal, daemon):
    terminal.press(b"2")
    terminal.read_until("2 of 2")
    daemon.answers.clear()
    try:
        terminal.press(b"p")
        daemon.wait_for_call("POST", f"torrents/{'a' * 40}/pause")
        terminal.press(b"j")
        terminal.read_until("2/2")
    finally:
        daemon.answers.set()
    terminal.read_until("paused")
    terminal.press(b"q")
    assert terminal.end() == 0


def test_a_removal_by_keys_and_its_undoing(terminal, daemon):
    terminal.press(b"2")
    terminal.read_until("2 of 2")
    terminal.press(b"dy")
    terminal.read_until("undoes it")
    terminal.press(b"u")
    terminal.read_until("undone")
    assert daemon.called("POST", "jobs/job-remove/cancel")
    terminal.press(b"q")
    assert terminal.end() == 0
