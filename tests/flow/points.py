"""The moments at which a daemon is killed, and what holds it there.

They are the twelve of a download: K1 before the job is recorded, K2 after; K3 during the
search, K4 after it; K5 after the one transaction that records the choice; K6 before the
client is told, K7 meanwhile, K8 when it has the torrent and nobody has recorded that; K9
after that is recorded, K10 before the link is live; K11 after, before the answer; K12
during recovery.

Some of them are one moment here (docs/decisions/0001-exactly-once.md):

- nothing happens between K5 and K6;
- there is no record between K8 and the live link, so K9 and K10 are one: the open
  transaction that makes the job done and the link live;
- the embedded client takes a torrent with a single write to its folder: K7 cannot be told
  from K6, nor K8 from K9.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Literal

import attrs

from .harness import Box
from .outside import EmbeddedFiles, Moment, eventually
from .shows import Show

Remote = Literal["qbittorrent", "transmission"]
"""The clients that are programs of their own."""
Reached = Callable[[], Awaitable[None]]
Holding = Callable[[Box, Show], AbstractAsyncContextManager[Reached]]
WITHIN = 15.0


@attrs.frozen(kw_only=True)
class Point:
    """One moment: what *holds* the daemon there, and how things stand.

    *recorded* is the job's state in the database, None if it is not there.  *has* tells
    whether the client has the torrent, None if it may or may not.
    """

    name: str
    client: Literal["libtorrent", "qbittorrent", "transmission"]
    hold: Holding
    recorded: str | None
    has: bool | None


# --- what holds -----------------------------------------------------------------------------


def database(moment: Moment) -> Holding:
    """Hold a transaction before it is committed."""

    @asynccontextmanager
    async def hold(box: Box, _: Show) -> AsyncIterator[Reached]:
        async with box.database.hold(moment) as held:
            yield held.reached

    return hold


@asynccontextmanager
async def watchlist(box: Box, show: Show) -> AsyncIterator[Reached]:
    """Let AniList hang when it is asked for relatives, the second question about a new show."""
    box.town.anilist.fail("slow", seconds=0)
    box.town.anilist.fail("hang")

    async def waits() -> bool:
        asked = box.town.anilist.requests[-1]
        return asked.fault == "hang" and asked.fields == ("Media",) and await recorded(box, show)

    yield lambda: eventually(waits, seconds=WITHIN, what="the question for relatives")


async def recorded(box: Box, show: Show) -> bool:
    """Whether a job for the show is in the database."""
    return bool(await box.intents(show))


@asynccontextmanager
async def indexer(box: Box, _: Show) -> AsyncIterator[Reached]:
    """Let Nyaa hang when it is asked for a feed."""
    nyaa = box.town.nyaa
    before = len(nyaa.requests)
    nyaa.fail("hang")

    async def asked() -> bool:
        return len(nyaa.requests) > before

    yield lambda: eventually(asked, seconds=WITHIN, what="the search")


ADDS: Mapping[Remote, str] = {"qbittorrent": "torrents/add", "transmission": "torrent-add"}
LOOKS: Mapping[Remote, str] = {"qbittorrent": "torrents/info", "transmission": "torrent-get"}
"""The requests by which a client is given a torrent, and asked for what it has."""


def web(client: Remote, when: Literal["before", "after"]) -> Holding:
    """Hold the request that adds the torrent to the client, before or after it arrived."""

    @asynccontextmanager
    async def hold(box: Box, _: Show) -> AsyncIterator[Reached]:
        assert box.gate is not None
        async with box.gate.hold(ADDS[client], when) as held:
            yield lambda: asyncio.wait_for(_set(held.came), WITHIN)

    return hold


async def _set(event: asyncio.Event) -> None:
    await event.wait()


def look_afterwards(client: Remote) -> Holding:
    """Hold the question whether the client shows the torrent that it has just taken."""

    @asynccontextmanager
    async def hold(box: Box, _: Show) -> AsyncIterator[Reached]:
        gate = box.gate
        assert gate is not None
        async with AsyncExitStack() as stack:
            added = await stack.enter_async_context(gate.hold(ADDS[client], "after"))

            async def reached() -> None:
                await asyncio.wait_for(added.came.wait(), WITHIN)
                asked = await stack.enter_async_context(gate.hold(LOOKS[client]))
                added.free.set()
                await asyncio.wait_for(asked.came.wait(), WITHIN)

            yield reached

    return hold


@asynccontextmanager
async def resume_file(box: Box, show: Show) -> AsyncIterator[Reached]:
    """Hold the write by which the embedded client takes a torrent: a pipe that nobody reads."""
    client = box.client
    assert isinstance(client, EmbeddedFiles)
    os.mkfifo(client.part(show.info_hash))

    async def chosen() -> bool:
        return [state for _, state in await box.intents(show)] == ["chosen"]

    yield lambda: eventually(chosen, seconds=WITHIN, what="the choice")


@asynccontextmanager
async def answer(box: Box, _: Show) -> AsyncIterator[Reached]:
    """Catch the answer on its way to the user."""
    assert box.door is not None
    async with box.door.hold("watchlist/download", "after") as held:
        yield lambda: asyncio.wait_for(_set(held.came), WITHIN)


# --- the moments ----------------------------------------------------------------------------


def _embedded() -> tuple[Point, ...]:
    def point(name: str, hold: Holding, recorded: str | None, *, has: bool) -> Point:
        return Point(name=name, client="libtorrent", hold=hold, recorded=recorded, has=has)

    return (
        point("K1", database("insert"), None, has=False),
        point("K2", watchlist, "new", has=False),
        point("K3", indexer, "new", has=False),
        point("K4", database("chosen"), "new", has=False),
        point("K5+K6+K7", resume_file, "chosen", has=False),
        point("K8+K9+K10", database("done"), "chosen", has=True),
        point("K11", answer, "done", has=True),
    )


def _remote(client: Remote) -> tuple[Point, ...]:
    def point(name: str, hold: Holding, recorded: str | None, *, has: bool | None) -> Point:
        return Point(name=name, client=client, hold=hold, recorded=recorded, has=has)

    return (
        point("K1", database("insert"), None, has=False),
        point("K2", watchlist, "new", has=False),
        point("K3", indexer, "new", has=False),
        point("K4", database("chosen"), "new", has=False),
        point("K5+K6", web(client, "before"), "chosen", has=False),
        point("K7", web(client, "after"), "chosen", has=None),
        point("K8", look_afterwards(client), "chosen", has=True),
        point("K9+K10", database("done"), "chosen", has=True),
        point("K11", answer, "done", has=True),
    )


POINTS = (*_embedded(), *_remote("qbittorrent"), *_remote("transmission"))


def points_of(client: str) -> list[Point]:
    """Return the moments that can be held with one kind of client, in their order."""
    return [point for point in POINTS if point.client == client]


def before_the_client(client: str) -> Point:
    """Return the moment when a job is chosen and the client has not been told."""
    return next(point for point in points_of(client) if point.name.startswith("K5"))
