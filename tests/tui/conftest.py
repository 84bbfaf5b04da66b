"""The screen of ``uuut`` without a terminal, on the fake daemon."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import attrs
import pytest
import urwid
import urwid.testing

from uuutd.remote import Login, Logins, Remote
from uuutd.terminal.cells import UNICODE
from uuutd.tui.app import App

from ..uuut.fake_daemon import FakeDaemon

PATIENCE = 10.0


@attrs.define
class Pilot:
    """Presses keys on *app* and looks at what it shows."""

    app: App
    screen: urwid.testing.ScriptedScreen
    copied: list[str]

    def press(self, *keys: str) -> None:
        given = self.app.main_loop.input_filter(list(keys), [])
        self.app.main_loop.process_input(given)

    def resize(self, cells: int, rows: int) -> None:
        self.screen.size = (cells, rows)
        self.app.main_loop.screen_size = None

    def lines(self) -> list[str]:
        self.app.main_loop.draw_screen()
        return self.screen.last_text

    def text(self) -> str:
        return "\n".join(self.lines())

    async def until(self, *parts: str) -> str:
        """Wait until all *parts* are on the screen."""
        return await self.wait(lambda: all(part in self.text() for part in parts), parts)

    async def wait(self, met: Callable[[], bool], what: object = "") -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                while not met():  # noqa: ASYNC110 - the screen has no event to wait for
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pytest.fail(f"{what} never came:\n{self.text()}")
        return self.text()


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Do what the program does each second more often."""
    monkeypatch.setattr("uuutd.tui.actions.LOOK_EVERY", 0.01)
    monkeypatch.setattr("uuutd.tui.torrent_desk.LOOK_EVERY", 0.01)
    monkeypatch.setattr("uuutd.tui.feed.ASK_EVERY", 0.05)
    monkeypatch.setattr("uuutd.tui.app.REST", 0.0)
    monkeypatch.setattr("uuutd.remote.events.FIRST_PAUSE", 0.05)
    urwid.set_encoding("utf-8")


@pytest.fixture
def daemon() -> Iterator[FakeDaemon]:
    with FakeDaemon() as fake:
        yield fake


@pytest.fixture
def logins(tmp_path, daemon) -> Logins:
    kept = Logins(tmp_path / "config")
    kept.put(
        daemon.url, Login(username="aneesh", access_token="access-1", refresh_token="refresh-1")
    )
    return kept


@contextlib.asynccontextmanager
async def piloted(url: str, logins: Logins, size: tuple[int, int]) -> AsyncIterator[Pilot]:
    screen = urwid.testing.ScriptedScreen(size=size)
    async with Remote(url, logins) as remote:
        copied: list[str] = []
        app = App(remote, screen, UNICODE, copied.append)
        screen.start()
        app.connect()
        try:
            yield Pilot(app, screen, copied)
        finally:
            await app.close()


@pytest.fixture
async def pilot(daemon, logins) -> AsyncIterator[Pilot]:
    """The program after its first reading, at 80x24."""
    async with piloted(daemon.url, logins, (80, 24)) as opened:
        await opened.until("Sousou no Frieren S2", "✓")
        yield opened
