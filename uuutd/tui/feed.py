"""Keeps the state fed: by the daemon's events, or by asking now and then without them."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

from ..remote import (
    BackendsChanged,
    BadAnswer,
    ProblemError,
    Remote,
    Resync,
    StreamDown,
    StreamUp,
    Unreachable,
    WatchlistChanged,
)
from ..remote import Event as RemoteEvent
from ..wire import JobReply, TorrentsEvent
from .state import Event, Polling, Said

ASK_EVERY = 2.0
ASK_AWAY = 5.0  # while nobody looks at the terminal
READ_ALL_EVERY = 60.0
LONGEST_PAUSE = 30.0


class Feed:
    """Reads from *remote* and gives what it reads to *apply*."""

    def __init__(self, remote: Remote, apply: Callable[[Event], None]) -> None:
        self._remote = remote
        self._apply = apply
        self.looked_at = True
        self._removed: set[str] = set()
        self._revision: int | None = None

    async def read_all(self, *, since: int | None = None) -> None:
        """Read everything that the screen shows, of the torrents what changed *since*."""
        self._apply(await self._remote.about())
        self._apply(await self._remote.me())
        torrents = await self._remote.torrents(since)
        self._revision = torrents.revision
        self._apply(torrents)
        self._apply(await self._remote.jobs())
        await self.read_watchlist()

    async def read_watchlist(self) -> None:
        """Read the watchlist."""
        self._apply(await self._remote.watchlist())

    async def follow(self) -> None:
        """Keep the state up to date for ever.  Raises what only the user can mend."""
        while True:
            try:
                await self._follow_events()
            except (ProblemError, BadAnswer):
                # There are no events, or none that this client understands, or something else
                # answers for the daemon, as a proxy does while it restarts.
                await self._poll()

    async def _follow_events(self) -> None:
        """Take what the daemon sends, until it sends something else."""
        await self._try(self.read_all)
        events: AsyncGenerator[RemoteEvent, None] = self._remote.events()
        async with contextlib.aclosing(events):
            async for event in events:
                await self._take(event)

    async def _take(self, event: RemoteEvent) -> None:
        match event:
            case StreamUp() | Resync():
                if isinstance(event, StreamUp):
                    self._apply(event)
                await self._try(self.read_all)
            case WatchlistChanged():
                await self._try(self.read_watchlist)
            case BackendsChanged():
                pass
            case _:
                self._apply(event)
                if self._moves_a_card(event):
                    await self._try(self.read_watchlist)

    def _moves_a_card(self, event: Event) -> bool:
        """Tell whether *event* changes what the watchlist says of a show."""
        if isinstance(event, JobReply):
            return event.state != "running"
        if not isinstance(event, TorrentsEvent):
            return False
        back = self._removed.intersection(torrent.hash for torrent in event.torrents)
        self._removed.difference_update(back)
        self._removed.update(event.removed)
        return bool(event.removed or back)

    async def _poll(self) -> None:
        """Ask now and then, until there was trouble that is over: there may be events now."""
        pause, trouble = ASK_EVERY, False
        while True:
            try:
                await self.read_all(since=self._revision)
            except (Unreachable, ProblemError, BadAnswer) as error:
                trouble = True
                self._revision = None  # another daemon may answer next, and count anew
                pause = min(pause * 2, LONGEST_PAUSE)
                self._apply(StreamDown(error, pause))
            else:
                if trouble:
                    return
                pause = ASK_EVERY if self.looked_at else ASK_AWAY
                self._apply(Polling())
            await asyncio.sleep(pause)

    async def keep_fresh(self) -> None:
        """Read the watchlist now and then: what airs meanwhile is no event."""
        while True:
            await asyncio.sleep(READ_ALL_EVERY)
            with contextlib.suppress(BadAnswer):  # how old the list is stands above it
                await self._try(self.read_watchlist)

    async def _try(self, read: Callable[[], Awaitable[None]]) -> None:
        """Read; that the daemon does not answer is for the stream to notice."""
        try:
            await read()
        except Unreachable:
            pass
        except ProblemError as error:
            self._apply(Said(error.detail, "bad", until_up=True))
