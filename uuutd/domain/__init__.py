"""The words of the trade, as frozen values.

Everything that travels between modules is one of these.  Times are aware and in
UTC, sizes are bytes, rates bytes per second, progress runs from 0 to 1.
"""

from typing import Literal

from .releases import (
    Adjustment,
    Choice,
    Language,
    Reason,
    Redirect,
    Rejection,
    Release,
    Taste,
    Verdict,
    Wanted,
)
from .secrets import Secret
from .shows import (
    Account,
    Airing,
    Entry,
    EntryId,
    Format,
    LinkField,
    LinkPrompt,
    ListStatus,
    Relation,
    RelationKind,
    Titles,
    Work,
    WorkId,
)
from .torrents import (
    Changes,
    Cursor,
    InfoHash,
    Limits,
    Peer,
    Source,
    Torrent,
    TorrentFile,
    TorrentState,
    Tracker,
    TrackerState,
)

Kind = Literal["watchlist", "indexer", "client"]
"""The three kinds of backends."""

__all__ = [
    "Account",
    "Adjustment",
    "Airing",
    "Changes",
    "Choice",
    "Cursor",
    "Entry",
    "EntryId",
    "Format",
    "InfoHash",
    "Kind",
    "Language",
    "Limits",
    "LinkField",
    "LinkPrompt",
    "ListStatus",
    "Peer",
    "Reason",
    "Redirect",
    "Rejection",
    "Relation",
    "RelationKind",
    "Release",
    "Secret",
    "Source",
    "Taste",
    "Titles",
    "Torrent",
    "TorrentFile",
    "TorrentState",
    "Tracker",
    "TrackerState",
    "Verdict",
    "Wanted",
    "Work",
    "WorkId",
]
