"""Torrent clients: what downloads."""

import abc
from collections.abc import Collection
from pathlib import PurePath
from typing import ClassVar

from ..domain import (
    Changes,
    Cursor,
    InfoHash,
    Limits,
    Peer,
    Source,
    Torrent,
    TorrentFile,
    Tracker,
)
from .base import Backend, ConfigT


class TorrentClient(Backend[ConfigT]):
    """A program that downloads torrents.

    Every method takes canonical info hashes.  A hash that the client does not have
    raises `uuutd.errors.NotFound`, except from `torrents`, which leaves it out, and
    from `remove`, for which gone is gone.
    """

    keeps_labels: ClassVar[bool] = True
    """Whether `torrents` tells the label of `add`: then what bears none was not added by us."""

    @abc.abstractmethod
    async def add(
        self,
        source: Source,
        *,
        label: str,
        folder: PurePath,
        wanted: Collection[int] | None = None,
        paused: bool = False,
    ) -> InfoHash:
        """Make sure that the client has the torrent, and return its info hash.

        Adding twice is adding once.  *folder* is relative to the client's configured
        save path.  *label* marks the torrent as ours where the client keeps labels.
        *wanted* are the indexes of the files to download, None for all of them.  The
        torrent need not be listed yet when this returns.
        """

    @abc.abstractmethod
    async def torrents(self, hashes: Collection[InfoHash]) -> list[Torrent]:
        """Return those of *hashes* that the client has, in one call; no hashes, no torrents."""

    @abc.abstractmethod
    async def changes(self, since: Cursor | None) -> Changes:
        """Return what moved since *since*; everything for None or for a cursor it no longer knows.

        Only the daemon's one poller calls this.
        """

    @abc.abstractmethod
    async def files(self, info_hash: InfoHash) -> list[TorrentFile]:
        """Return the torrent's files; empty while a magnet's metadata are on the way."""

    @abc.abstractmethod
    async def set_wanted(self, info_hash: InfoHash, wanted: Collection[int]) -> None:
        """Download these files of the torrent and no others."""

    @abc.abstractmethod
    async def pause(self, info_hash: InfoHash) -> None:
        """Stop transfers of the torrent."""

    @abc.abstractmethod
    async def resume(self, info_hash: InfoHash) -> None:
        """Start transfers of the torrent again."""

    @abc.abstractmethod
    async def remove(self, info_hash: InfoHash, *, delete_files: bool) -> None:
        """Forget the torrent, with its files if so asked."""

    @abc.abstractmethod
    async def recheck(self, info_hash: InfoHash) -> None:
        """Begin to verify the torrent's files; what is wrong counts as missing afterwards.

        A paused torrent is paused again when that is done.
        """

    @abc.abstractmethod
    async def limit(self, info_hash: InfoHash, limits: Limits) -> None:
        """Set the limits of the one torrent, both of them."""

    @abc.abstractmethod
    async def limits(self) -> Limits:
        """Return the limits of the whole client."""

    @abc.abstractmethod
    async def set_limits(self, limits: Limits) -> None:
        """Set the limits of the whole client, both of them; they survive a restart."""

    @abc.abstractmethod
    async def trackers(self, info_hash: InfoHash) -> list[Tracker]:
        """Return the torrent's trackers, their addresses whole."""

    @abc.abstractmethod
    async def peers(self, info_hash: InfoHash) -> list[Peer]:
        """Return those whom the torrent is connected to now."""

    @abc.abstractmethod
    async def free_bytes(self, folder: PurePath) -> int | None:
        """Return the space that is free where *folder*, as in `add`, is; None if unknown."""
