"""Indexers: where releases are found."""

import abc

from ..domain import Release, Wanted
from .base import Backend, ConfigT


class Indexer(Backend[ConfigT]):
    """A site that lists torrents."""

    @abc.abstractmethod
    async def search(self, wanted: Wanted | str, *, limit: int) -> list[Release]:
        """Return what the site offers for *wanted*; an empty list if that is nothing.

        A text is searched as it is.  What comes back need not fit: the rules of the
        choice decide that.  A site that does not answer raises, and never returns an
        empty list.
        """


class TorrentFileFetcher(abc.ABC):
    """Mixed in by indexers that serve ``.torrent`` files."""

    @abc.abstractmethod
    async def fetch(self, release: Release) -> bytes:
        """Return the file's bytes, unread.  The caller checks them against the info hash."""
