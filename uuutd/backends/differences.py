"""What changed in a torrent client since any earlier look at it."""

import secrets

from ..domain import Changes, Cursor, InfoHash, Torrent

REMEMBERED = 1_000
"""How many removed torrents are remembered for readers who come late."""


class Differences:
    """Torrents as last told, each with the count at which it last changed.

    Programs tell what changed since one earlier answer; a reader of ours may come with any
    earlier cursor.  So a plugin takes in each answer, after `begin`, with `put` and `drop`.
    """

    def __init__(self) -> None:
        self._shown: dict[InfoHash, tuple[Torrent, int]] = {}
        self._gone: dict[InfoHash, int] = {}
        self._count = 0
        self._oldest = 0
        self._name = secrets.token_hex(4)

    def begin(self) -> None:
        """Count one further: what follows is newer than all cursors handed out."""
        self._count += 1

    def put(self, torrent: Torrent) -> None:
        """Take in a torrent as it is now; one that is as it was did not change."""
        key = torrent.info_hash
        if key not in self._shown or self._shown[key][0] != torrent:
            self._shown[key] = torrent, self._count
            self._gone.pop(key, None)

    def drop(self, key: InfoHash) -> None:
        """Take note that a torrent is gone."""
        if self._shown.pop(key, None) is not None:
            self._gone[key] = self._count
        while len(self._gone) > REMEMBERED:
            self._oldest = self._gone.pop(next(iter(self._gone)))

    def keep_only(self, keys: set[InfoHash]) -> None:
        """Take note that everything else is gone."""
        for key in set(self._shown) - keys:
            self.drop(key)

    def since(self, cursor: Cursor | None) -> Changes:
        """Return what changed since a cursor; everything if it is none of ours, or too old."""
        count = self._known(cursor)
        rows = (row for row, changed in self._shown.values() if count is None or changed > count)
        gone = (key for key, at in self._gone.items() if count is not None and at > count)
        return Changes(
            cursor=Cursor(f"{self._name}-{self._count}"),
            full=count is None,
            torrents=tuple(rows),
            removed=tuple(gone),
        )

    def _known(self, cursor: Cursor | None) -> int | None:
        name, _, digits = (cursor or "").partition("-")
        if name != self._name or not digits.isdecimal():
            return None
        return int(digits) if self._oldest <= int(digits) <= self._count else None
