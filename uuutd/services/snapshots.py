"""What the torrent clients have, read by one poller and shared by everybody who looks."""

import asyncio
import logging
import math
from collections.abc import Callable, Collection, Mapping
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
LOOKED_AT_FOR = 5.0
"""For how many seconds after a look somebody counts as watching."""

SHOWS_WITHIN = 2.0
"""Seconds after which the last known state is shown instead of waiting for a client."""

Listener = Callable[[str, Collection[InfoHash]], None]

log = logging.getLogger("uuutd.snapshots")


class Snapshot:
    """The torrents of one client as it last told them.

    *revision* counts the looks that brought something new.
    """

    def __init__(self, client: Instance[TorrentClient[Any]]) -> None:
        self._client = client
        self._rows: dict[InfoHash, Torrent] = {}
        self._cursor: Cursor | None = None
        self._lock = asyncio.Lock()
        self._asked = -math.inf
        self._failed: tuple[float, Error] | None = None
        self._generation = 0
        self._asking_since = math.inf
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

    @property
    def patience(self) -> float:
        """How many more seconds to wait for an answer before showing what is known."""
        if self.synced_at is None:
            return math.inf
        asked_for = asyncio.get_running_loop().time() - self._asking_since
        return max(0.0, SHOWS_WITHIN - max(0.0, asked_for))

    def outdate(self) -> None:
        """Say that we changed something in the client: whoever looks next asks again."""
        self._generation += 1
        self._asked = -math.inf

    async def refresh(self, *, max_age: float = 0.0) -> frozenset[InfoHash]:
        """Look again unless the last look is younger than *max_age* seconds.

        Returns the hashes of what changed.  However many ask at a time, the client is
        asked once, and if it fails they all fail.  What it told before is kept then.
        """
        clock = asyncio.get_running_loop().time
        came = clock()
        async with self._lock:
            if self._asked > came - max_age:
                return frozenset()
            if self._failed is not None and self._failed[0] >= came:
                raise self._failed[1]
            asked, generation = clock(), self._generation
            self._asking_since = asked
            try:
                changes = await self._client.call("changes", lambda c: c.changes(self._cursor))
            except Error as error:
                self._failed = clock(), error
                raise
            finally:
                self._asking_since = math.inf
            self._failed, self.synced_at = None, datetime.now(UTC)
            if generation == self._generation:
                self._asked = asked
            return self._take(changes)

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
    """The snapshots of all clients, and the task that keeps them fresh while somebody looks."""

    def __init__(self, instances: Instances, tasks: Tasks, *, watched: Callable[[], bool]) -> None:
        self._all = {name: Snapshot(client) for name, client in instances.clients.items()}
        self._watched = watched
        self._wake = asyncio.Event()
        self._until = 0.0
        self._listeners: list[Listener] = []
        self._tasks = tasks

    def start(self) -> None:
        """Begin to poll when somebody looks."""
        for snapshot in self._all.values():
            self._tasks.spawn(self._poll(snapshot), name=f"poll {snapshot.name}")

    def listen(self, listener: Listener) -> None:
        """Call *listener* with the client's name and the hashes of what changed in it."""
        self._listeners.append(listener)

    def of(self, client: str) -> Snapshot:
        """Return one client's snapshot."""
        return self._all[client]

    def all(self) -> tuple[Snapshot, ...]:
        """Return all snapshots, in the order of the configuration."""
        return tuple(self._all.values())

    @property
    def revision(self) -> int:
        """A number that grows with every change in any client."""
        return sum(snapshot.revision for snapshot in self._all.values())

    def outdate(self, client: str) -> None:
        """Say that we did something in a client that whoever watches should see soon."""
        if client in self._all:
            self._all[client].outdate()
            self.wake()

    def wake(self) -> None:
        """Say that somebody looks."""
        self._until = asyncio.get_running_loop().time() + LOOKED_AT_FOR
        self._wake.set()

    async def look(self, *, max_age: float = WATCHED_EVERY) -> None:
        """Make all snapshots at most *max_age* seconds old; a client that fails stays as it was.

        A client that takes its time is not waited for if there is something older to show.
        """
        self.wake()
        await asyncio.gather(*(self._look(s, max_age) for s in self._all.values()))

    async def _look(self, snapshot: Snapshot, max_age: float) -> None:
        patience = snapshot.patience
        look = self._tasks.spawn(
            self._refresh(snapshot, max_age=max_age), name=f"look at {snapshot.name}"
        )
        await asyncio.wait([look], timeout=None if patience == math.inf else patience)

    async def refresh(self, snapshot: Snapshot) -> None:
        """Look at one client now, and tell the listeners; raises the client's errors."""
        moved = await snapshot.refresh()
        self._tell(snapshot, moved)

    async def _refresh(self, snapshot: Snapshot, *, max_age: float = 0.0) -> None:
        try:
            moved = await snapshot.refresh(max_age=max_age)
        except Error as error:
            log.debug("%s did not say what it has: %s", snapshot.name, error)
            return
        self._tell(snapshot, moved)

    def _tell(self, snapshot: Snapshot, moved: frozenset[InfoHash]) -> None:
        if moved:
            for listener in self._listeners:
                listener(snapshot.name, moved)

    async def _poll(self, snapshot: Snapshot) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            started = loop.time()
            await self._refresh(snapshot, max_age=WATCHED_EVERY / 2)
            # A client that is slow to answer is asked less often: at most a tenth of the time.
            await asyncio.sleep(max(WATCHED_EVERY, 9 * (loop.time() - started)))
            if loop.time() > self._until and not self._watched():
                self._wake.clear()
