"""Torrents in the clients that nobody here has: administrators see them, nobody acts on them."""

import math
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from itertools import islice

from ..domain import Torrent
from ..store import links
from ..store.records import Link, LinkState
from ..store.touched import Key
from .snapshots import Snapshots

AT_ONCE = 500
"""How many torrents are looked at before others get their turn."""
_BELOW_ALL = -(1 << 62)
_HASH_DIGITS = 8
_MINUTE = 64
"""Seconds of one step of the order; within one the hash decides."""


class Strangers:
    """Tells which of the torrents that the clients show are nobody's here.

    What we remove is on nobody's list, and ours until its client has let go of it: not a
    stranger, not even for the moment between the two.
    """

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = {each.name: each for each in snapshots.all()}
        self._leaving: set[Key] = set()
        self._freed: dict[Key, float] = {}
        self._suspects: set[Key] = set()
        self._unsure: set[Key] = set()

    async def load(self, owned: Collection[Key]) -> None:
        """Begin anew, with everything in the clients but what is *owned*."""
        self._leaving = await links.leaving()
        self._freed.clear()
        self._unsure.clear()
        self._suspects = {
            (client, info_hash)
            for client, snapshot in self._snapshots.items()
            for info_hash in snapshot.rows
            if (client, info_hash) not in owned
        }

    def suspect(self, keys: Iterable[Key]) -> None:
        """Take note of what a new look at a client shows and nobody is known to own."""
        self._suspects.update(self._unsure, keys)
        self._unsure.clear()

    async def left(self, key: Key, *, was_foreign: bool, now: float) -> None:
        """Take note at *now* that nobody owns a torrent any more.

        What was ours may still show in the last look at its client: a later one counts.
        """
        if await links.is_ours(*key):
            self._leaving.add(key)
            return
        self._leaving.discard(key)
        if not was_foreign:
            self._freed[key] = now
        self._suspects.add(key)

    def owned(self, key: Key) -> None:
        """Take note that somebody owns a torrent."""
        for known in (self._leaving, self._suspects, self._unsure):
            known.discard(key)
        self._freed.pop(key, None)

    @property
    def more(self) -> bool:
        """Whether there are suspects that `found` has not looked at."""
        return bool(self._suspects)

    def found(self) -> list[Link]:
        """Return those of the next `AT_ONCE` suspects that are strangers, each once."""
        strangers = []
        batch = set(islice(self._suspects, AT_ONCE))
        self._suspects -= batch
        for key in batch - self._leaving:
            torrent = self.shown(key)
            if torrent is None:
                self._freed.pop(key, None)
            elif self._snapshots[key[0]].seen < self._freed.get(key, -math.inf):
                self._unsure.add(key)
            else:
                self._freed.pop(key, None)
                strangers.append(_stranger(key[0], torrent))
        return strangers

    def shown(self, key: Key) -> Torrent | None:
        """Return a torrent as its client showed it last; None if it did not, or is unknown."""
        client, info_hash = key
        snapshot = self._snapshots.get(client)
        return None if snapshot is None else snapshot.rows.get(info_hash)


def is_stranger(link: Link | None) -> bool:
    """Whether what stands for an ownership is none."""
    return link is not None and link.owners == 0


def _stranger(client: str, torrent: Torrent) -> Link:
    """Return what stands in a list for the ownership of a torrent that nobody owns.

    Its id puts it below all that is owned, those added last first, the same after a restart:
    a page of a list ends at an id.
    """
    added_at = torrent.added_at or datetime.fromtimestamp(0, UTC)
    minute = max(int(added_at.timestamp()), 0) // _MINUTE
    return Link(
        id=_BELOW_ALL + (minute << 4 * _HASH_DIGITS) + int(torrent.info_hash[:_HASH_DIGITS], 16),
        user_id=0,
        torrent_id=0,
        client=client,
        info_hash=torrent.info_hash,
        name=torrent.name or torrent.info_hash,
        foreign=True,
        state=LinkState.LIVE,
        wants_pause=False,
        added_at=added_at,
        owners=0,
    )
