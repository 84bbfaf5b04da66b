"""The lists of torrents that somebody looks at, kept up to date in memory.

A list is read from the database once.  Afterwards the looks at the clients say which rows
changed, and `uuutd.store.touched` which ownerships to read again.
"""

import asyncio
import logging
import math
from collections.abc import Collection, Iterable

import attrs
import msgspec

from ..domain import InfoHash
from ..errors import Error
from ..store import links, touched
from ..store.records import Link
from ..store.touched import Key
from ..tasks import Tasks
from ..wire import TorrentReply
from .events import Delta, Events
from .rows import Rows
from .snapshots import Snapshots
from .strangers import Strangers, is_stranger
from .views import View, key_of

EVENTS_EVERY = 1.0
"""Seconds between two events about torrents."""
EVERYBODY = -1
"""Stands for all users where their ids stand."""
KEPT_DELTAS = 8
"""How many deltas are kept: all who watch the same list are told the same at the same time."""

log = logging.getLogger("uuutd.board")


class Board:
    """Every viewer's list, and what changed in it since when."""

    def __init__(self, snapshots: Snapshots, rows: Rows, events: Events, tasks: Tasks) -> None:
        self._rows = rows
        self._events = events
        self._sequence = events.sequence
        self._tasks = tasks
        self._views: dict[int, View] = {}
        self._viewers: dict[Key, set[int]] = {}
        self._owners: dict[Key, tuple[int, ...]] = {}
        self._names: dict[int, str] = {}
        self._strangers = Strangers(snapshots)
        self._since: dict[Key, float] = {}
        self._doubtful: dict[str, set[Key]] = {}
        self._position = touched.position()
        self._lock = asyncio.Lock()
        self._failed: tuple[float, Error | None] = (-math.inf, None)
        self._dirty: set[int] = set()
        self._telling: asyncio.Task[None] | None = None
        self._told = -math.inf
        self._deltas: dict[tuple[int, int, int], bytes] = {}
        snapshots.listen(self._looked)
        events.torrents = self.delta

    @property
    def revision(self) -> int:
        """The number of the newest change anywhere."""
        return self._sequence.last

    async def of(self, user_id: int) -> View:
        """Return the list of a user, or of `EVERYBODY`, as it is recorded now.

        Those who wait in line for a database that does not answer are told so together.
        """
        if touched.position() != self._position or user_id not in self._views:
            clock = asyncio.get_running_loop().time
            began = clock()
            async with self._lock:
                failed_at, failure = self._failed
                if failure is not None and failed_at >= began:
                    raise failure
                try:
                    await self._refresh()
                    if user_id not in self._views:
                        await self._load(user_id)
                except Error as error:
                    self._failed = clock(), error
                    raise
        view = self._views[user_id]
        while user_id == EVERYBODY and self._sort_out():  # noqa: ASYNC110 - it is what it does itself
            await asyncio.sleep(0)
        return self._views.get(user_id, view)

    # --- what is recorded -------------------------------------------------------------------

    async def _load(self, user_id: int) -> None:
        now = asyncio.get_running_loop().time()
        if user_id == EVERYBODY:
            owned, draw = await self._read_all(), self._draw_for_all
        else:
            owned, draw = await links.of_user(user_id), self._draw
        view = self._views[user_id] = View(owned, draw, self.revision)
        for key in view.keys:
            self._viewers.setdefault(key, set()).add(user_id)
            self._since.setdefault(key, now)
        if user_id == EVERYBODY:
            await self._strangers.load(self._owners.keys())
            self._sort_out()

    async def _read_all(self) -> Iterable[Link]:
        """Return of each torrent the newest ownership, and note all of its owners."""
        newest: dict[Key, Link] = {}
        owners: dict[Key, set[int]] = {}
        for link in await links.everybody():
            newest.setdefault(key_of(link), _for_all(link))
            owners.setdefault(key_of(link), set()).add(link.user_id)
        self._owners = {key: tuple(sorted(ids)) for key, ids in owners.items()}
        await self._learn_names({user_id for ids in owners.values() for user_id in ids})
        return newest.values()

    async def _learn_names(self, user_ids: Collection[int]) -> None:
        if unknown := set(user_ids) - set(self._names):
            self._names.update(await links.owner_names(unknown))

    async def _refresh(self) -> None:
        """Read again what was written to since the last time."""
        position = touched.position()
        keys = touched.since(self._position)
        if keys is None:
            self._views.clear()
            self._viewers.clear()
        elif self._views:
            for key in keys:
                await self._own(key, await links.of_torrent(*key))
        self._position = position
        self._sort_out()

    async def _own(self, key: Key, owned: Collection[Link]) -> None:
        """Bring the lists in step with who owns a torrent now."""
        wanted = {link.user_id: link for link in owned if link.user_id in self._views}
        if EVERYBODY in self._views and owned:
            await self._learn_names([link.user_id for link in owned])
            wanted[EVERYBODY] = _for_all(max(owned, key=lambda link: link.id))
            self._strangers.owned(key)
        elif EVERYBODY in self._views:
            known = self._views[EVERYBODY].link(key)
            now = asyncio.get_running_loop().time()
            await self._strangers.left(
                key, was_foreign=known is not None and known.foreign, now=now
            )
        owners = tuple(sorted(link.user_id for link in owned))
        others = self._owners.get(key) != owners
        self._owners[key] = owners
        viewers = self._viewers.setdefault(key, set())
        revision, changed = self._sequence.next(), set()
        for viewer in viewers | wanted.keys():
            view, link = self._views[viewer], wanted.get(viewer)
            if view.link(key) == link and not (others and viewer == EVERYBODY):
                continue
            changed.add(viewer)
            if link is None:
                view.drop(key, revision)
                viewers.discard(viewer)
                continue
            before = view.link(key)
            if before is None or before.state is not link.state:
                self._since[key] = asyncio.get_running_loop().time()
            view.put(link, revision)
            viewers.add(viewer)
        if not owned:
            self._owners.pop(key, None)
            self._since.pop(key, None)
            self._viewers.pop(key, None)
        self._tell_soon(changed)

    # --- what the clients show --------------------------------------------------------------

    def _looked(self, client: str, hashes: Collection[InfoHash]) -> None:
        keys = {(client, info_hash) for info_hash in hashes} | self._doubtful.pop(client, set())
        self._part(keys)
        revision, changed = 0, set[int]()
        for key in keys:
            for viewer in self._viewers.get(key, ()):
                revision = revision or self._sequence.next()
                self._views[viewer].touch(key, revision)
                changed.add(viewer)
        self._tell_soon(changed)
        self._sort_out()
        if touched.position() != self._position:
            self.stir()

    def _part(self, keys: Collection[Key]) -> None:
        """Take strangers that have left their client off the list, and suspect new ones."""
        if (view := self._views.get(EVERYBODY)) is None:
            return
        self._strangers.suspect(key for key in keys if view.link(key) is None)
        gone = [k for k in keys if is_stranger(view.link(k)) and self._strangers.shown(k) is None]
        for key in gone:
            view.drop(key, self._sequence.next())
            self._viewers.pop(key, None)
        self._tell_soon({EVERYBODY} if gone else ())

    def _sort_out(self) -> bool:
        """Put strangers on everybody's list, some at a time; tell whether there are more.

        While something may be owned since, it waits.
        """
        if EVERYBODY not in self._views or touched.position() != self._position:
            return False
        if strangers := self._strangers.found():
            view, revision = self._views[EVERYBODY], self._sequence.next()
            for link in strangers:
                view.put(link, revision)
                self._viewers.setdefault(key_of(link), set()).add(EVERYBODY)
            self._tell_soon({EVERYBODY})
        return self._strangers.more

    def _draw(self, link: Link) -> TorrentReply:
        since = self._since.get(key_of(link), -math.inf)
        if not self._rows.is_settled(link, since=since):
            self._doubtful.setdefault(link.client, set()).add(key_of(link))
        return self._rows.draw(link, since=since)

    def _draw_for_all(self, link: Link) -> TorrentReply:
        owners = self._owners.get(key_of(link), ())
        names = tuple(sorted(self._names.get(user_id, "?") for user_id in owners))
        return attrs.evolve(self._draw(link), owner_names=names)

    # --- telling ----------------------------------------------------------------------------

    def stir(self) -> None:
        """Say that what is recorded may have changed: those who watch are told soon."""
        if self._events.watchers and (self._telling is None or self._telling.done()):
            self._telling = self._tasks.spawn(self._tell(), name="torrent events")

    def _tell_soon(self, users: Collection[int]) -> None:
        if users and self._events.watchers:
            self._dirty.update(users)
            self.stir()

    async def _tell(self) -> None:
        """Let those who watch know that there is something new, at most once a second."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self._told + EVENTS_EVERY - clock())
        self._told = clock()
        try:
            async with self._lock:
                await self._refresh()
                for user_id in self._events.watching - self._views.keys():
                    await self._load(user_id)
                    self._dirty.add(user_id)
        except Error as error:
            log.info("what is recorded is read later: %s", error)
        users, self._dirty = self._dirty, set()
        self._events.torrents_moved(users)

    async def delta(self, user_id: int, since: int) -> Delta:
        """Return what changed in a user's list since a revision, as an event's JSON."""
        view = await self.of(user_id)
        change = view.since(since) if since <= self.revision else None
        if change is None:
            await view.prepare()
        revision = self.revision
        if change is not None and not (change.rows or change.removed):
            return Delta(revision, None)
        known = (user_id, since, view.revision)
        if known not in self._deltas:
            if len(self._deltas) >= KEPT_DELTAS:
                self._deltas.pop(next(iter(self._deltas)))
            rows = view.rows() if change is None else change.rows
            self._deltas[known] = b'{"revision":%d,"full":%s,"removed":%s,"torrents":[%s]}' % (
                revision,
                b"true" if change is None else b"false",
                msgspec.json.encode(change.removed if change else ()),
                b",".join(row.data for row in rows),
            )
        return Delta(revision, self._deltas[known])


def _for_all(link: Link) -> Link:
    """Return an ownership as everybody's list has it: labels are their owner's alone."""
    return attrs.evolve(link, labels=())
