"""What plugin authors implement: three kinds of backends."""

from .base import Backend, Host
from .client import TorrentClient
from .indexer import Indexer, TorrentFileFetcher
from .watchlist import ProgressWriter, RelationReader, TitleSearcher, WatchlistProvider

__all__ = [
    "Backend",
    "Host",
    "Indexer",
    "ProgressWriter",
    "RelationReader",
    "TitleSearcher",
    "TorrentClient",
    "TorrentFileFetcher",
    "WatchlistProvider",
]
