"""Waiting for the file that a torrent brings, and saying how it comes along."""

import asyncio
import functools
import shlex
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..remote import Unreachable
from ..terminal.cells import bar
from ..terminal.console import Console
from ..terminal.words import arrived, duration, percent, rate, size, stage
from ..wire import JobReply, TorrentDetailReply
from .context import Context
from .exits import FAILED, Stop

T = TypeVar("T")

LONGEST_PAUSE = 1.0
PATIENCE = 60.0  # seconds without an answer before the waiting ends
LINE_EVERY = 30.0  # seconds between two lines where no bar can be drawn
LINE_STEP = 0.1
DRY_FOR = 60.0  # seconds without a single byte before something is said about it
BAR_CELLS = 24


async def wait_for_file(context: Context, job: JobReply) -> TorrentDetailReply:
    """Show the progress of a job's torrent until all of it is there."""
    meter = _Meter(context.console)
    drought = _Drought(context, job)
    ask = functools.partial(context.remote.torrent, job.torrent or "")
    while True:
        torrent = await patiently(context.console, ask)
        drought.look(torrent)
        meter.show(torrent)
        if arrived(torrent):
            return torrent
        if torrent.state in ("error", "missing"):
            why = torrent.error or "the torrent client does not have it any more"
            raise Stop(FAILED, f"{torrent.name}: {why}", hint="See: uuut torrents, uuut status")
        await asyncio.sleep(LONGEST_PAUSE)


class _Drought:
    """Says once that nothing has come for a minute, and what can be done about it."""

    def __init__(self, context: Context, job: JobReply) -> None:
        self._console = context.console
        self._title = shlex.quote(context.options.title)
        self._episode = job.episode
        self._had: int | None = None
        self._since = time.monotonic()
        self._said = False

    def look(self, torrent: TorrentDetailReply) -> None:
        """Compare with what was there before."""
        moves = torrent.done_bytes != self._had or torrent.state == "checking"
        if moves or arrived(torrent):
            self._had, self._since = torrent.done_bytes, time.monotonic()
        elif not self._said and time.monotonic() - self._since >= DRY_FOR:
            self._said = True
            self._say(torrent)

    def _say(self, torrent: TorrentDetailReply) -> None:
        nothing = "nothing more has come" if torrent.done_bytes else "nothing has come yet"
        connected = "1 seeder" if torrent.seeders == 1 else f"{torrent.seeders} seeders"
        say, what = self._console.say, f"{self._title} {self._episode}"
        say(f"{nothing} in {DRY_FOR:.0f} s, {connected} connected; still waiting", "bad")
        if torrent.state == "paused":
            say(f"  it is paused: uuut resume {torrent.hash}")
            return
        say(f"  another release: uuut releases {what}, then uuut get {what} --pick N --force")
        say("  to wait only so long: --timeout SECONDS")


class _Meter:
    """A progress bar on a terminal, now and then a line elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: float | None = None
        self._when = 0.0

    def show(self, torrent: TorrentDetailReply) -> None:
        console = self._console
        done = [f"{percent(torrent.progress):>5}", f"of {size(torrent.size)}", torrent.state]
        parts = [stage(torrent)] if stage(torrent) else done
        if torrent.down_rate:
            parts.append(rate(torrent.down_rate))
        if torrent.eta is not None:
            parts.append(f"{duration(torrent.eta)} left")
        text = "  ".join(parts)
        if console.live and not arrived(torrent):
            console.status(f"{bar(torrent.progress, BAR_CELLS, console.symbols)} {text}")
        elif self._is_due(torrent):
            self._said, self._when = torrent.progress, time.monotonic()
            console.say(text)

    def _is_due(self, torrent: TorrentDetailReply) -> bool:
        if self._said is None or torrent.progress >= 1.0 > self._said:
            return True
        moved = torrent.progress - self._said >= LINE_STEP
        return moved or time.monotonic() - self._when >= LINE_EVERY


async def patiently(console: Console, ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again while nobody answers, for a minute: a daemon that restarts keeps its jobs."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await ask()
        except Unreachable as error:
            if time.monotonic() > deadline:
                raise
            console.status(f"{error.detail}; trying again")
            await asyncio.sleep(LONGEST_PAUSE)
