"""What the torrent clients have, read by one poller each and shared by everybody who looks."""

import asyncio
import logging
import math
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from ..backends import TorrentClient
from ..domain import Changes, Cursor, InfoHash, Torrent
from ..errors import Error
from ..instances import Instance, Instances
from ..tasks import Tasks

WATCHED_EVERY = 1.0
"""Seconds between two looks at a client while somebody watches."""
SOONEST = 0.5
"""Seconds between two looks after we changed something in the client."""
SHARE = 10
"""How many times as long as a client takes to answer it is left alone, from look to look."""
MOST_BLAMED = 1.0
"""Seconds that count of a look that failed: a client that hung once is not left for minutes."""
LOOKED_AT_FOR = 5.0
"""For how many seconds after a look somebody counts as watching."""
SHOWS_WITHIN = 2.0
"""Seconds after which the last known state is shown instead of waiting for a client."""
SHOWS_FIRST_WITHIN = 12.0
"""The same of a client that has not told anything yet: longer than one call may take."""

Listener = Callable[[str, Collection[InfoHash]], None]

log = logging.getLogger("uuutd.snapshots")


def _now() -> float:
    return asyncio.get_running_loop().time()


class Snapshot:
    """The torrents of one client as it last told them.

    *revision* counts the looks that brought something new.  Times are the event loop's.
    """

    def __init__(self, client: Instance[TorrentClient[Any]]) -> None:
        self._client = client
        self._rows: dict[InfoHash, Torrent] = {}
        self._cursor: Cursor | None = None
        self._lock = asyncio.Lock()
        self._took = 0.0
        self._began = -math.inf
        self._outdated = -math.inf
        self._acted: dict[int | None, float] = {}
        self._behind_since: float | None = None
        self._next: asyncio.Future[None] | None = None
        self.tried = -math.inf
        """When the last look began, whether the client answered it or not."""
        self.seen = -math.inf
        """When the last look began that the client answered."""
        self.synced_at: datetime | None = None
        self.revision = 0

    @property
    def name(self) -> str:
        """The client's name in the configuration."""
        return self._client.name

    @property
    def state(self) -> str:
        """How the client is."""
        return self._client.state

    @property
    def rows(self) -> Mapping[InfoHash, Torrent]:
        """The torrents by info hash; as old as `synced_at` says."""
        return MappingProxyType(self._rows)

    def outdate(self, user_id: int | None) -> None:
        """Say that we changed something in the client for a user, or for everybody.

        They want a newer look when they look next; others wait for nobody else's doing.
        """
        self._outdated = self._acted[user_id] = _now()

    @property
    def due(self) -> float:
        """When the poller may look next.  A client slow to answer is asked less often."""
        every = SOONEST if self._outdated > self.tried else WATCHED_EVERY
        return self._began + max(every, SHARE * self._took)

    def wanted(self, user_id: int | None) -> float:
        """Return since when a look must have begun to be shown to a user without waiting."""
        oldest = _now() - 1.5 * max(WATCHED_EVERY, SHARE * self._took)
        return max(oldest, *(self._acted.get(each, -math.inf) for each in (None, user_id)))

    async def wait(self, since: float) -> None:
        """Wait for a look that began at *since* or later, answered or not.

        All who wait do so for `SHOWS_WITHIN` together, and then show what is older.
        """
        while self.tried < since:
            self._behind_since = began = self._behind_since or _now()
            patience = SHOWS_FIRST_WITHIN if self.synced_at is None else SHOWS_WITHIN
            left = began + patience - _now()
            if left <= 0:
                return
            if self._next is None:
                self._next = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._next], timeout=left)

    async def refresh(self) -> frozenset[InfoHash]:
        """Look now, and return the hashes of what changed.

        However many ask at a time, the client is asked once at a time.  What it told before
        is kept if it fails: raises its error.
        """
        async with self._lock:
            self._began = began = _now()
            longest = MOST_BLAMED
            try:
                changes = await self._client.call("changes", lambda c: c.changes(self._cursor))
                self.seen, self.synced_at = began, datetime.now(UTC)
                longest = math.inf
                return self._take(changes)
            finally:
                self.tried, self._took = began, min(_now() - began, longest)
                self._behind_since = None
                if self._next is not None:
                    self._next.cancel()
                    self._next = None

    def _take(self, changes: Changes) -> frozenset[InfoHash]:
        self._cursor = changes.cursor
        fresh = {torrent.info_hash: torrent for torrent in changes.torrents}
        gone = set(self._rows) - set(fresh) if changes.full else set(changes.removed)
        moved = {key for key, row in fresh.items() if self._rows.get(key) != row}
        moved |= gone & set(self._rows)
        for key in gone:
            self._rows.pop(key, None)
        self._rows.update(fresh)
        self.revision += bool(moved)
        return frozenset(moved)


class Snapshots:
    """The snapshots of all clients, and the tasks that keep them fresh while somebody looks.

    Only those tasks look, and reconciliation once a minute: what a client is asked does not
    depend on how many watch.
    """

    def __init__(self, instances: Instances, tasks: Tasks, *, watched: Callable[[], bool]) -> None:
        self._all = {name: Snapshot(client) for name, client in instances.clients.items()}
        self._watched = watched
        self._wake = asyncio.Event()
        self._hurry = {name: asyncio.Event() for name in self._all}
        self._until = 0.0
        self._listeners: list[Listener] = []
        self._tasks = tasks

    def start(self) -> None:
        """Begin to poll when somebody looks."""
        for snapshot in self._all.values():
            self._tasks.spawn(self._poll(snapshot), name=f"poll {snapshot.name}")

    def listen(self, listener: Listener) -> None:
        """Call *listener* after each look, with the client's name and the hashes that changed."""
        self._listeners.append(listener)

    def of(self, client: str) -> Snapshot:
        """Return one client's snapshot."""
        return self._all[client]

    def all(self) -> tuple[Snapshot, ...]:
        """Return all snapshots, in the order of the configuration."""
        return tuple(self._all.values())

    def outdate(self, client: str, user_id: int | None = None) -> None:
        """Say that we did something in a client that whoever watches should see soon.

        The user for whom it was done sees it when they look next.
        """
        if client in self._all:
            self._all[client].outdate(user_id)
            self._hurry[client].set()
            self.wake()

    def wake(self) -> None:
        """Say that somebody looks."""
        self._until = _now() + LOOKED_AT_FOR
        self._wake.set()

    async def look(self, user_id: int | None = None) -> None:
        """Let the pollers work, and wait until what they know is fresh enough for a user.

        A client that takes its time is not waited for if there is something older to show.
        """
        self.wake()
        wanted = ((each, each.wanted(user_id)) for each in self.all())
        behind = [(each, since) for each, since in wanted if each.tried < since]
        if behind:
            await asyncio.gather(*(each.wait(since) for each, since in behind))

    async def look_anew(self, client: str, user_id: int) -> None:
        """Wait for a look at one client that begins after this; not for ever, as `look`."""
        self.outdate(client, user_id)
        await self.look(user_id)

    async def refresh(self, snapshot: Snapshot) -> None:
        """Look at one client now, and tell the listeners; raises the client's errors."""
        moved = await snapshot.refresh()
        for listener in self._listeners:
            listener(snapshot.name, moved)

    async def _poll(self, snapshot: Snapshot) -> None:
        hurry = self._hurry[snapshot.name]
        while True:
            await self._wake.wait()
            while (wait := snapshot.due - _now()) > 0:
                hurry.clear()
                # wait_for of Python 3.11 may lose a cancellation that comes with the event.
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await hurry.wait()
            try:
                await self.refresh(snapshot)
            except Error as error:
                log.debug("%s did not say what it has: %s", snapshot.name, error)
            if _now() > self._until and not self._watched():
                self._wake.clear()
