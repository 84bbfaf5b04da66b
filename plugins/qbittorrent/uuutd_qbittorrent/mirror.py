"""What qBittorrent has, kept up to date from the differences that it sends.

``sync/maindata`` tells what changed since the last time that the same session asked, and
everything once the session is a new one.  A reader of ours may come with any earlier
cursor: so the differences are kept here, by a count of our own.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from uuutd.domain import Changes, Cursor, InfoHash, Torrent

from .states import Row, torrent

REMEMBERED = 1_000
"""How many removed torrents are remembered for readers who come late."""


class Mirror:
    """The torrents as last told, each with the count at which it last changed.

    *free* are the bytes that are free at the default save path, None until told.
    """

    def __init__(self) -> None:
        self.rid = 0
        self.free: int | None = None
        self._raw: dict[str, dict[str, Any]] = {}
        self._shown: dict[str, tuple[Torrent, int]] = {}
        self._keys: dict[InfoHash, str] = {}
        self._gone: dict[InfoHash, int] = {}
        self._count = 0
        self._oldest = 0
        self._name = secrets.token_hex(4)

    def apply(self, data: Mapping[str, Any]) -> None:
        """Take in an answer of ``sync/maindata`` to a request with `rid`."""
        self.rid = int(data.get("rid", 0))
        free = data.get("server_state", {}).get("free_space_on_disk", self.free)
        self.free = None if free is None or free < 0 else free
        moved: Mapping[str, Mapping[str, Any]] = data.get("torrents", {})
        gone = set(data.get("torrents_removed", ()))
        if data.get("full_update"):
            gone = set(self._raw) - set(moved)
            self._raw, self._keys = {}, {}
        self._count += 1
        for key, fields in moved.items():
            self._raw.setdefault(key, {"hash": key}).update(fields)
            self._show(key)
        for key in gone:
            self._forget(key)

    def find(self, info_hash: InfoHash) -> Row | None:
        """Return what qBittorrent says of a torrent; it may have it under another id."""
        return self._raw.get(self._keys.get(info_hash, ""))

    def _show(self, key: str) -> None:
        before = self._shown.get(key)
        row = torrent(self._raw[key])
        self._keys[row.info_hash] = key
        if before is not None and before[0].info_hash != row.info_hash:
            # A magnet of version 2 turned out to be a hybrid, which is known by its v1 hash.
            self._lose(before[0].info_hash, key)
        # Much of what it reports is nothing to us: how long a torrent has been active, say.
        if key not in self._shown or self._shown[key][0] != row:
            self._shown[key] = row, self._count
            self._gone.pop(row.info_hash, None)

    def _forget(self, key: str) -> None:
        self._raw.pop(key, None)
        if key in self._shown:
            row, _ = self._shown.pop(key)
            self._lose(row.info_hash, key)

    def _lose(self, info_hash: InfoHash, key: str) -> None:
        """Take note that a torrent is not under an id any more; it may be under another one.

        A hybrid that came as a magnet changes its id once its metadata are there.
        """
        if self._keys.get(info_hash, key) != key:
            return
        self._keys.pop(info_hash, None)
        self._gone[info_hash] = self._count
        while len(self._gone) > REMEMBERED:
            self._oldest = self._gone.pop(next(iter(self._gone)))

    def changes(self, since: Cursor | None) -> Changes:
        """Return what changed since a cursor; everything if it is none of ours, or too old."""
        count = self._known(since)
        return Changes(
            cursor=Cursor(f"{self._name}-{self._count}"),
            full=count is None,
            torrents=tuple(
                row for row, changed in self._shown.values() if count is None or changed > count
            ),
            removed=()
            if count is None
            else tuple(key for key, changed in self._gone.items() if changed > count),
        )

    def _known(self, since: Cursor | None) -> int | None:
        name, _, digits = (since or "").partition("-")
        if name != self._name or not digits.isdecimal():
            return None
        return int(digits) if self._oldest <= int(digits) <= self._count else None
