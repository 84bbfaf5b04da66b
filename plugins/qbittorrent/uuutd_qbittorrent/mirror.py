"""What qBittorrent has, kept up to date from the differences that it sends.

``sync/maindata`` tells what changed since the last time that the same session asked, and
everything once the session is a new one.
"""

from collections.abc import Mapping
from typing import Any

from uuutd.backends import Differences
from uuutd.domain import Changes, Cursor, InfoHash

from .states import Row, torrent


class Mirror:
    """The torrents as last told.

    *free* are the bytes that are free at the default save path, None until told.
    """

    def __init__(self) -> None:
        self.rid = 0
        self.free: int | None = None
        self._raw: dict[str, dict[str, Any]] = {}
        self._hashes: dict[str, InfoHash] = {}
        self._keys: dict[InfoHash, str] = {}
        self._differences = Differences()

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
        self._differences.begin()
        for key, fields in moved.items():
            self._raw.setdefault(key, {"hash": key}).update(fields)
            self._show(key)
        for key in gone:
            self._raw.pop(key, None)
            if (info_hash := self._hashes.pop(key, None)) is not None:
                self._lose(info_hash, key)

    def find(self, info_hash: InfoHash) -> Row | None:
        """Return what qBittorrent says of a torrent; it may have it under another id."""
        return self._raw.get(self._keys.get(info_hash, ""))

    def changes(self, since: Cursor | None) -> Changes:
        """Return what changed since a cursor; everything if it is none of ours, or too old."""
        return self._differences.since(since)

    def _show(self, key: str) -> None:
        row = torrent(self._raw[key])
        before = self._hashes.get(key, row.info_hash)
        self._hashes[key], self._keys[row.info_hash] = row.info_hash, key
        if before != row.info_hash:
            # A magnet of version 2 turned out to be a hybrid, which is known by its v1 hash.
            self._lose(before, key)
        self._differences.put(row)

    def _lose(self, info_hash: InfoHash, key: str) -> None:
        """Take note that a torrent is not under an id any more; it may be under another one.

        A hybrid that came as a magnet changes its id once its metadata are there.
        """
        if self._keys.get(info_hash, key) == key:
            self._keys.pop(info_hash, None)
            self._differences.drop(info_hash)
