"""A list of torrents as one viewer sees it, with the revision at which each row last changed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import attrs
import msgspec

from ..domain import InfoHash
from ..store.records import Link
from ..store.touched import Key
from ..wire import TorrentReply

KEPT = 1000
"""How many removed torrents are remembered for those who ask for changes."""
AT_ONCE = 100
"""How many rows are drawn before others get their turn."""

K = TypeVar("K")

_ENCODER = msgspec.json.Encoder()


@attrs.frozen
class Row:
    """One row, as a value and written as JSON: both are made once for each change."""

    reply: TorrentReply
    data: bytes
    link_id: int


@attrs.frozen
class Change:
    """The rows that changed, and the hashes of the torrents that left the list."""

    rows: Sequence[Row]
    removed: tuple[InfoHash, ...]


def key_of(link: Link) -> Key:
    """Return which torrent a link is about."""
    return link.client, link.info_hash


class View:
    """The torrents of one viewer.

    *draw* makes the row of a torrent; a row is drawn when somebody asks, and again only
    after it was touched.  *revision* is that of the newest change, *floor* the oldest since
    which all changes are known.
    """

    def __init__(
        self, links: Iterable[Link], draw: Callable[[Link], TorrentReply], revision: int
    ) -> None:
        self._links = {key_of(link): link for link in links}
        self._draw = draw
        self._rows: dict[Key, Row] = {}
        self._moved: dict[Key, int] = {}
        self._gone: dict[InfoHash, int] = {}
        self._order: tuple[Key, ...] | None = None
        self._all: list[Row] | None = None
        self.revision = self.floor = revision

    @property
    def keys(self) -> Iterable[Key]:
        """All torrents of the list."""
        return self._links.keys()

    @property
    def links(self) -> list[Link]:
        """All ownerships, the newest first."""
        return [self._links[key] for key in self._ordered()]

    def link(self, key: Key) -> Link | None:
        """Return the ownership of a torrent; None if it is not on the list."""
        return self._links.get(key)

    def put(self, link: Link, revision: int) -> None:
        """Put a torrent on the list, or replace what is known of its ownership."""
        self._links[key_of(link)] = link
        # Whoever has not heard that it left may have it from another client: only all of the
        # list tells them that it is gone from there.
        self.floor = max(self.floor, self._gone.pop(link.info_hash, self.floor))
        self._order = None
        self.touch(key_of(link), revision)

    def drop(self, key: Key, revision: int) -> None:
        """Take a torrent off the list."""
        self._links.pop(key, None)
        self._rows.pop(key, None)
        self._moved.pop(key, None)
        self._order = self._all = None
        self.revision = revision
        _, info_hash = key
        if any(other == info_hash for _, other in self._links):
            # Another client has the same torrent: its hash cannot tell which one left.
            self.floor = revision
            return
        self._gone.pop(info_hash, None)
        self._gone[info_hash] = revision
        if len(self._gone) > KEPT:
            self.floor = self._gone.pop(next(iter(self._gone)))

    def touch(self, key: Key, revision: int) -> None:
        """Say that a torrent does not look any more as it did."""
        if key in self._links:
            self._all = None
            self._rows.pop(key, None)
            self._moved.pop(key, None)
            self._moved[key] = revision
            self.revision = revision

    async def prepare(self) -> None:
        """Draw what is missing, with pauses for others; `rows` takes no time afterwards."""
        for number, key in enumerate(self._ordered() if self._all is None else (), 1):
            if key in self._links:
                self._row(key)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def rows(self) -> Sequence[Row]:
        """Return all rows, the newest ownership first."""
        if self._all is None:
            self._all = [self._row(key) for key in self._ordered()]
        return self._all

    def row(self, key: Key) -> Row | None:
        """Return the row of a torrent; None if it is not on the list."""
        return self._row(key) if key in self._links else None

    def since(self, revision: int) -> Change | None:
        """Return what changed after *revision*; None if that is not known any more."""
        if revision < self.floor:
            return None
        moved = _newest(self._moved, revision)
        removed = tuple(_newest(self._gone, revision))
        return Change([self._row(key) for key in moved], removed)

    def repeats(self, rows: Sequence[Row]) -> bool:
        """Whether one of these torrents is on the list more than once, from another client."""
        hashes, seen = {row.reply.hash for row in rows}, set[InfoHash]()
        for _, info_hash in self._links:
            if info_hash in hashes:
                if info_hash in seen:
                    return True
                seen.add(info_hash)
        return False

    def _row(self, key: Key) -> Row:
        row = self._rows.get(key)
        if row is None:
            link = self._links[key]
            reply = self._draw(link)
            row = self._rows[key] = Row(reply, _ENCODER.encode(reply), link.id)
        return row

    def _ordered(self) -> tuple[Key, ...]:
        if self._order is None:
            newest = sorted(self._links.items(), key=lambda each: each[1].id, reverse=True)
            self._order = tuple(key for key, _ in newest)
        return self._order


def _newest(changed: dict[K, int], revision: int) -> list[K]:
    """Return what changed after *revision*; in *changed* the newest stand last."""
    found = []
    for key, number in reversed(changed.items()):
        if number <= revision:
            break
        found.append(key)
    return found
