"""The watchlist: shows, episodes, and where the entries are from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs

from .problems import FailureReply

EntryState = Literal["ready", "downloading", "on_disk", "unaired", "none", "late", "done"]
EpisodeState = Literal["watched", "ready", "downloading", "on_disk", "unaired"]


@attrs.frozen(kw_only=True)
class TitleReply:
    """The official titles; any may be missing."""

    romaji: str | None = None
    english: str | None = None
    native: str | None = None


@attrs.frozen(kw_only=True)
class EntryFields:
    """What is said of a show wherever one is shown.

    *available* tells whether the next episode has aired, null if nobody knows.
    *torrent* is the info hash of the one that holds the next episode.
    """

    provider: str
    id: str
    work: str
    ids: Mapping[str, str]
    title: TitleReply
    synonyms: tuple[str, ...]
    format: str | None
    status: str
    airing: str | None
    season_year: int | None
    progress: int
    next_episode: int | None
    available: bool | None
    state: EntryState
    airs_at: datetime | None = None
    torrent: str | None = None
    site_url: str | None = None
    cover_url: str | None = None
    updated_at: datetime | None = None


@attrs.frozen(kw_only=True)
class EntryReply(EntryFields):
    """One show on the user's watchlist and what is next; *episodes* is how many it has."""

    episodes: int | None


@attrs.frozen(kw_only=True)
class SourceReply:
    """One linked watchlist: how fresh its entries are, and what is wrong with it if anything."""

    provider: str
    state: Literal["ok", "stale", "expired"]
    synced_at: datetime | None = None
    problem: FailureReply | None = None


@attrs.frozen(kw_only=True)
class WatchlistReply:
    """The user's watchlist, all linked providers together."""

    entries: tuple[EntryReply, ...]
    sources: tuple[SourceReply, ...]
    synced_at: datetime | None = None


@attrs.frozen(kw_only=True)
class EpisodeReply:
    """One episode of a show; *state* is ``watched``, ``unaired`` or as for an entry."""

    number: int
    aired: bool | None
    state: EpisodeState
    airs_at: datetime | None = None
    torrent: str | None = None


@attrs.frozen(kw_only=True)
class EntryDetailReply(EntryFields):
    """One show with its episodes one by one; *episode_count* is how many it has."""

    episodes: tuple[EpisodeReply, ...]
    episode_count: int | None


@attrs.frozen(kw_only=True)
class ProgressRequest:
    """Mark *episode* as the last one watched; *provider* may be left out if only one is linked."""

    entry: str
    episode: int
    provider: str | None = None
