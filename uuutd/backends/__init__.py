"""What plugin authors implement: three kinds of backends, and what helps."""

from .base import Backend, Host
from .client import TorrentClient
from .differences import Differences
from .indexer import Indexer, TorrentFileFetcher
from .settings import needs, web_address
from .watchlist import (
    CredentialRefresher,
    ProgressWriter,
    RelationReader,
    TitleSearcher,
    WatchlistProvider,
)

__all__ = [
    "Backend",
    "CredentialRefresher",
    "Differences",
    "Host",
    "Indexer",
    "ProgressWriter",
    "RelationReader",
    "TitleSearcher",
    "TorrentClient",
    "TorrentFileFetcher",
    "WatchlistProvider",
    "needs",
    "web_address",
]
