"""Every JSON request and reply of the API, as attrs classes.

The daemon checks requests against these, builds its replies from them and describes
them in ``/openapi.json``; `uuutd.remote` reads replies into them.  A field that a
reply may lack has a default.  Times are UTC, sizes bytes, rates bytes per second,
progress 0 to 1.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

StepName = Literal["resolve", "search", "choose", "add", "link", "wait", "unlink", "remove"]
StepState = Literal["waiting", "running", "done", "failed", "cancelled"]
JobKind = Literal["get", "add", "remove", "sync"]
JobState = Literal["running", "done", "failed", "cancelled"]
EntryState = Literal["ready", "downloading", "on_disk", "unaired", "none", "late", "done"]
EpisodeState = Literal["watched", "ready", "downloading", "on_disk", "unaired"]


# --- errors ---------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class ProblemItem:
    """One thing wrong with a request: where it stands, and what is wrong."""

    path: str
    detail: str


@attrs.frozen(kw_only=True)
class FailureReply:
    """Something that failed inside an answer or a job: the parts of a problem that are not HTTP.

    *releases* lists, when nothing fits, all that was found with the reasons against it.
    """

    code: str
    title: str
    detail: str
    step: str | None = None
    backend: str | None = None
    hint: str | None = None
    retry_after: float | None = None
    releases: tuple["ReleaseReply", ...] | None = None


@attrs.frozen(kw_only=True)
class ProblemReply:
    """A problem document (RFC 9457): the whole answer to a request that failed."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    step: str | None = None
    backend: str | None = None
    hint: str | None = None
    retry_after: float | None = None
    request_id: str | None = None
    job: str | None = None
    problems: tuple[ProblemItem, ...] | None = None
    releases: tuple["ReleaseReply", ...] | None = None


# --- accounts -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SignupRequest:
    """A new account.  *invite* or *setup_code* as the daemon's sign-up setting asks."""

    username: str
    password: str
    invite: str | None = None
    setup_code: str | None = None


@attrs.frozen(kw_only=True)
class UserReply:
    """Somebody's account."""

    id: str
    username: str
    role: Literal["user", "admin"]


@attrs.frozen(kw_only=True)
class TokenRequest:
    """The OAuth 2 password grant, or the exchange of a refresh token."""

    grant_type: Literal["password", "refresh_token"]
    username: str | None = None
    password: str | None = None
    refresh_token: str | None = None


@attrs.frozen(kw_only=True)
class TokenReply:
    """A session's tokens; *expires_in* is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a word of OAuth


@attrs.frozen(kw_only=True)
class LogoutRequest:
    """Which sessions to end: this one, or all of the user's."""

    everywhere: bool = False


@attrs.frozen(kw_only=True)
class LinkReply:
    """A watchlist that the user has linked."""

    provider: str
    account: str
    state: Literal["ok", "read-only", "expired"]
    expires_at: datetime | None = None


@attrs.frozen(kw_only=True)
class MeReply:
    """Who is logged in, with their watchlists."""

    id: str
    username: str
    role: Literal["user", "admin"]
    links: tuple[LinkReply, ...] = ()


@attrs.frozen(kw_only=True)
class LinkFieldReply:
    """One thing to fill in when linking."""

    name: str
    label: str
    secret: bool = False


@attrs.frozen(kw_only=True)
class LinkPromptReply:
    """Where to go and what to fill in, any of *fields*."""

    url: str | None
    instructions: str
    fields: tuple[LinkFieldReply, ...]


@attrs.frozen(kw_only=True)
class LinkRequest:
    """What the user filled in."""

    fields: Mapping[str, str]


# --- watchlist ------------------------------------------------------------------------------


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


@attrs.frozen(kw_only=True)
class ReasonReply:
    """Points, and what they are for."""

    text: str
    points: int


@attrs.frozen(kw_only=True)
class RejectionReply:
    """A rule that the release breaks."""

    code: str
    text: str


@attrs.frozen(kw_only=True)
class ReleaseReply:
    """One release with what the rules and preferences made of it."""

    id: str
    title: str
    info_hash: str | None
    indexer: str
    size: int | None = None
    seeders: int | None = None
    leechers: int | None = None
    published_at: datetime | None = None
    trusted: bool = False
    page_url: str | None = None
    score: int = 0
    reasons: tuple[ReasonReply, ...] = ()
    rejections: tuple[RejectionReply, ...] = ()


@attrs.frozen(kw_only=True)
class WantedReply:
    """The episode that was looked for."""

    provider: str
    entry: str
    work: str
    title: str
    episode: int


@attrs.frozen(kw_only=True)
class ChoiceReply:
    """All releases found, the best first and the rejected last; *best* is the one to take."""

    wanted: WantedReply
    best: str | None
    releases: tuple[ReleaseReply, ...]
    queries: tuple[str, ...] = ()
    failures: tuple[FailureReply, ...] = ()


@attrs.frozen(kw_only=True)
class SearchReply:
    """Raw releases for a text, not judged against anything."""

    releases: tuple[ReleaseReply, ...]
    failures: tuple[FailureReply, ...] = ()


@attrs.frozen(kw_only=True)
class DownloadRequest:
    """Get an episode; without *episode* the next one.

    *release* takes one of a choice by its id, *force* also one that breaks a rule, an
    episode that has not aired, or another release of an episode already there.
    """

    entry: str
    episode: int | None = None
    provider: str | None = None
    release: str | None = None
    force: bool = False
    client: str | None = None


# --- torrents -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class TorrentEntryReply:
    """An episode that a torrent serves for the user."""

    provider: str
    id: str
    work: str
    episode: int


@attrs.frozen(kw_only=True)
class TorrentReply:
    """One torrent of the user.

    *owners* counts the users who have it, the asking one among them.
    """

    hash: str
    name: str
    state: str
    progress: float
    size: int
    done_bytes: int
    down_rate: int
    up_rate: int
    ratio: float
    client: str
    eta: int | None = None
    seeders: int = 0
    leechers: int = 0
    added_at: datetime | None = None
    completed_at: datetime | None = None
    save_path: str | None = None
    entries: tuple[TorrentEntryReply, ...] = ()
    owners: int = 1
    owner_names: tuple[str, ...] | None = None
    foreign: bool = False
    error: str | None = None


@attrs.frozen(kw_only=True)
class TorrentFileReply:
    """One file of a torrent."""

    index: int
    path: str
    size: int
    done_bytes: int
    wanted: bool


@attrs.frozen(kw_only=True)
class TorrentDetailReply(TorrentReply):
    """One torrent with its files."""

    files: tuple[TorrentFileReply, ...] = ()


@attrs.frozen(kw_only=True)
class ClientReply:
    """A torrent client as the list saw it: *synced_at* is when it last answered."""

    name: str
    state: str
    synced_at: datetime | None = None


@attrs.frozen(kw_only=True)
class TorrentsReply:
    """The user's torrents."""

    torrents: tuple[TorrentReply, ...]
    revision: int
    clients: tuple[ClientReply, ...] = ()


@attrs.frozen(kw_only=True)
class AddTorrentRequest:
    """A magnet link or an info hash, and what it is for if anything."""

    source: str
    client: str | None = None
    provider: str | None = None
    entry: str | None = None
    episode: int | None = None


@attrs.frozen(kw_only=True)
class FilesRequest:
    """Which files of a torrent to download: those with these indexes, and no others."""

    wanted: tuple[int, ...]


# --- jobs -----------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class StepReply:
    """One step of a job; *ms* is how long it took."""

    name: StepName
    state: StepState
    ms: int | None = None
    detail: str | None = None


@attrs.frozen(kw_only=True)
class JobReply:
    """Work that the daemon does for a user, step by step."""

    id: str
    kind: JobKind
    state: JobState
    steps: tuple[StepReply, ...]
    created_at: datetime
    follows: str | None = None
    provider: str | None = None
    entry: str | None = None
    title: str | None = None
    episode: int | None = None
    release: ReleaseReply | None = None
    torrent: str | None = None
    client: str | None = None
    problem: FailureReply | None = None


@attrs.frozen(kw_only=True)
class JobsReply:
    """The user's jobs, the newest first."""

    jobs: tuple[JobReply, ...]


# --- backends and the daemon ----------------------------------------------------------------


@attrs.frozen(kw_only=True)
class BackendReply:
    """One configured backend and how it is."""

    kind: Literal["watchlist", "indexer", "client"]
    name: str
    type: str
    state: str
    version: str | None = None
    can: tuple[str, ...] = ()
    problem: str | None = None
    retry_at: datetime | None = None


@attrs.frozen(kw_only=True)
class BackendsReply:
    """All configured backends."""

    backends: tuple[BackendReply, ...]


@attrs.frozen(kw_only=True)
class AboutReply:
    """What a client must know before anybody logs in."""

    version: str
    api: int
    signup: Literal["closed", "invite", "open"]
    setup_needed: bool
    time: datetime


@attrs.frozen(kw_only=True)
class HealthReply:
    """The process is alive."""

    status: Literal["ok"] = "ok"


@attrs.frozen(kw_only=True)
class ReadyReply:
    """Whether the daemon can do its work."""

    ready: bool
    database: bool
    clients: bool


@attrs.frozen(kw_only=True)
class TorrentsEvent:
    """What changed among the user's torrents."""

    revision: int
    torrents: tuple[TorrentReply, ...] = ()
    removed: tuple[str, ...] = ()
    full: bool = False


Json = Mapping[str, Any]
