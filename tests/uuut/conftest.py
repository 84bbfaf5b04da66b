"""The fake daemon, and ``uuut`` run against it."""

import io
import socket
import sys
from collections.abc import Callable, Iterator

import attrs
import msgspec
import pytest

from uuutd.remote import Login, Logins
from uuutd.uuut import main

from .fake_daemon import FakeDaemon


@attrs.frozen
class Ended:
    """What a run of ``uuut`` left behind."""

    code: int
    out: str
    words: str

    def json(self) -> dict:
        return msgspec.json.decode(self.out)


Uuut = Callable[..., Ended]


@pytest.fixture
def daemon() -> Iterator[FakeDaemon]:
    with FakeDaemon() as fake:
        yield fake


@pytest.fixture
def logins(tmp_path, daemon, monkeypatch) -> Logins:
    """A user who is logged in at the daemon."""
    monkeypatch.setenv("UUUT_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("UUUT_SERVER", raising=False)
    monkeypatch.delenv("UUUT_TOKEN", raising=False)
    kept = Logins(tmp_path / "config")
    kept.put(
        daemon.url,
        Login(username="aneesh", access_token="access-1", refresh_token="refresh-1"),
    )
    return kept


@pytest.fixture
def uuut(logins, capsys, monkeypatch) -> Uuut:
    def run(*argv: str, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = main(argv)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, words = capsys.readouterr()
        return Ended(code, out, words)

    return run


@pytest.fixture
def unused_server() -> Iterator[str]:
    """An address where nobody listens: the port is ours, and never opened."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
