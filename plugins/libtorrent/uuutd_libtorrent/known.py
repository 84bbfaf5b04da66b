"""The torrents of the session, and what moved since when."""

import asyncio
import collections
import secrets
from collections.abc import Iterable, Iterator

import attrs
import libtorrent as lt

from uuutd.domain import Changes, Cursor, InfoHash, Torrent, TorrentState
from uuutd.magnets import info_hash

from .layout import Layout

MOST_GONE = 1000
"""How many removed torrents are remembered for those who ask what changed."""


@attrs.define(eq=False, kw_only=True)
class Known:
    """One torrent, and what libtorrent does not keep for us.

    *handle* is None if its saved state is damaged.  *wanted* None stands for all files,
    and *layout* is None until the metadata are there.  *problem* is what we hold against
    it, *complaint* what libtorrent last said.  *flushed* is False from the moment the last
    piece has arrived until everything is on the disk, and *rechecking* True while a check
    that somebody asked for is on its way.  *moved_at* is the loop's time
    of the last byte.
    """

    info_hash: InfoHash
    save_path: str
    label: str = ""
    name: str = ""
    handle: lt.torrent_handle | None = None
    wanted: frozenset[int] | None = None
    layout: Layout | None = None
    status: lt.torrent_status | None = None
    problem: str | None = None
    complaint: str | None = None
    flushed: bool = True
    rechecking: bool = False
    moved_at: float = 0.0
    revision: int = 0
    shown: Torrent = attrs.field()
    saving: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    def learn_layout(self, layout: Layout) -> None:
        """Take in what the torrent is made of; wanted files that it does not have are dropped."""
        self.layout = layout
        if self.wanted is not None:
            self.wanted &= frozenset(range(len(layout.native)))

    @shown.default
    def _first_shown(self) -> Torrent:
        return Torrent(
            info_hash=self.info_hash,
            name=self.name or self.info_hash,
            state=TorrentState.QUEUED,
            save_path=self.save_path,
            label=self.label or None,
        )


def spellings(hashes: lt.info_hash_t) -> tuple[InfoHash, ...]:
    """Return all hashes by which a torrent may be asked for: v1, v2 and the shortened v2."""
    found = []
    if hashes.has_v1():
        found.append(str(hashes.v1))
    if hashes.has_v2():
        found += [str(hashes.v2), str(hashes.v2)[:40]]
    return tuple(map(info_hash, found))


class Registry:
    """All torrents by their hashes, and a counter that says when each of them changed."""

    def __init__(self) -> None:
        self._known: dict[InfoHash, Known] = {}
        self._aliases: dict[InfoHash, InfoHash] = {}
        self._gone: collections.OrderedDict[InfoHash, int] = collections.OrderedDict()
        self._epoch = secrets.token_hex(4)
        self._revision = 0
        self._oldest = 0

    def __iter__(self) -> Iterator[Known]:
        return iter(tuple(self._known.values()))

    def find(self, digits: InfoHash) -> Known | None:
        """Return the torrent, by whichever of its hashes."""
        return self._known.get(self._aliases.get(digits, digits))

    def named(self, hashes: lt.info_hash_t) -> Known | None:
        """Return the torrent that libtorrent means, None if it is not ours any more."""
        found = (self.find(digits) for digits in spellings(hashes))
        return next((known for known in found if known is not None), None)

    def insert(self, known: Known) -> None:
        """Take the torrent in, in the place of a damaged one."""
        self._known[known.info_hash] = known
        self._gone.pop(known.info_hash, None)
        self._touch(known)

    def learn(self, known: Known, hashes: Iterable[InfoHash]) -> None:
        """Find the torrent by these hashes, too."""
        for digits in hashes:
            self._aliases.setdefault(digits, known.info_hash)

    def discard(self, known: Known) -> None:
        """Forget the torrent."""
        if self._known.get(known.info_hash) is not known:
            return
        del self._known[known.info_hash]
        self._aliases = {a: k for a, k in self._aliases.items() if k != known.info_hash}
        self._revision += 1
        self._gone[known.info_hash] = self._revision
        while len(self._gone) > MOST_GONE:
            _, self._oldest = self._gone.popitem(last=False)

    def show(self, known: Known, torrent: Torrent) -> None:
        """Record how the torrent is now."""
        if torrent != known.shown:
            known.shown = torrent
            self._touch(known)

    def _touch(self, known: Known) -> None:
        self._revision += 1
        known.revision = self._revision

    def changes(self, since: Cursor | None) -> Changes:
        """Return what changed since *since*, or everything if that is too long ago."""
        seen = self._read(since)
        full = seen is None
        last = 0 if seen is None else seen
        return Changes(
            cursor=Cursor(f"{self._epoch}.{self._revision}"),
            full=full,
            torrents=tuple(k.shown for k in self._known.values() if full or k.revision > last),
            removed=() if full else tuple(h for h, at in self._gone.items() if at > last),
        )

    def _read(self, cursor: Cursor | None) -> int | None:
        epoch, _, digits = (cursor or "").partition(".")
        if epoch != self._epoch or not digits.isdecimal():
            return None
        revision = int(digits)
        return revision if self._oldest <= revision <= self._revision else None
