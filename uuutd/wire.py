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
import msgspec

StepName = Literal["resolve", "search", "choose", "add", "link", "wait", "unlink", "remove"]
StepState = Literal["waiting", "running", "done", "failed", "cancelled"]
JobKind = Literal["get", "add", "remove", "sync"]
JobState = Literal["running", "done", "failed", "cancelled"]
EntryState = Literal["ready", "downloading", "on_disk", "unaired", "none", "late", "done"]
EpisodeState = Literal["watched", "ready", "downloading", "on_disk", "unaired"]
NumberSource = Literal["own", "chain", "table", "user"]
PreferenceOrigin = Literal["show", "user", "configuration", "default"]


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
class ReadingReply:
    """How a release's name was read; null, false or empty where it says nothing.

    *season* and *part* are as they are written.  *episodes* are the first and the last that
    it holds, in the show's own numbering; null if it holds none, or if that cannot be told.
    *languages* are those of the subtitles, as ISO 639-1 codes; *multi* promises several
    without naming them.  *dub* is the language of an only audio track that is not the
    original one, *dual* tells that there are both.
    """

    group: str | None = None
    resolution: str | None = None
    codec: str | None = None
    source: str | None = None
    season: int | None = None
    part: int | None = None
    version: int = 1
    episodes: tuple[int, int] | None = None
    languages: tuple[str, ...] = ()
    multi: bool = False
    dub: str | None = None
    dual: bool = False
    raw: bool = False


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
    group: str | None = None
    reading: ReadingReply | None = None


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
    """All releases found, the best first and the rejected last; *best* is the one to take.

    *upgrade* is a newer version of the release that the user has of the episode; null if
    there is none, or if they do not want to know.
    """

    wanted: WantedReply
    best: str | None
    releases: tuple[ReleaseReply, ...]
    queries: tuple[str, ...] = ()
    failures: tuple[FailureReply, ...] = ()
    upgrade: str | None = None


@attrs.frozen(kw_only=True)
class VerdictReply:
    """What the rules and preferences made of a release."""

    score: int
    reasons: tuple[ReasonReply, ...]
    rejections: tuple[RejectionReply, ...]
    reading: ReadingReply | None


@attrs.frozen(kw_only=True)
class DifferenceReply:
    """A release of which today's rules make something else than was made of it."""

    id: str
    title: str
    before: VerdictReply
    after: VerdictReply


@attrs.frozen(kw_only=True)
class ReplayReply:
    """A stored search, judged by today's rules; *best* is the release that they would take.

    *same* tells that every release is judged as it was, and stands where it stood.
    """

    best: str | None
    same: bool
    differences: tuple[DifferenceReply, ...]


@attrs.frozen(kw_only=True)
class WhyReply(ChoiceReply):
    """The last search for an episode, as it was judged then.

    *rules* tells whether the rules that judged are those of today, *job* which one asked,
    null if somebody only looked, and *taken* the release that it took.  *found* counts all
    releases: at most 300 are kept, the best of them.
    """

    searched_at: datetime
    rules: Literal["same", "changed"]
    found: int
    job: str | None = None
    taken: str | None = None
    replay: ReplayReply | None = None


@attrs.frozen(kw_only=True)
class HeldReleaseReply:
    """The release that serves an episode for the user, as far as its name tells what it is.

    *serves* is how many episodes of theirs it serves: if more than one, it is not replaced.
    """

    title: str
    info_hash: str
    group: str | None = None
    version: int | None = None
    serves: int = 1


@attrs.frozen(kw_only=True)
class UpgradeReply:
    """What the user has of an episode, and a newer version of it; null if none was found.

    *failures* are the indexers that did not answer: they may have one.
    """

    provider: str
    entry: str
    title: str
    episode: int
    current: HeldReleaseReply
    available: ReleaseReply | None
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


# --- numbering ------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class LineShowReply:
    """One show of the line that is counted through, prequels first.

    *offset* is how many episodes come before it, null while nobody knows, and *wanted*
    marks the show that was asked about.
    """

    id: str
    title: str
    season: int
    part: int
    episodes: int | None
    offset: int | None
    wanted: bool


@attrs.frozen(kw_only=True)
class NumberReply:
    """One number under which an episode is accepted, and where that is from, in *text* for people.

    *behind* is the title that a name has to carry for it; null for a season's number, which
    counts behind every title of the line.
    """

    number: int
    season: int | None
    behind: str | None
    source: NumberSource
    text: str


@attrs.frozen(kw_only=True)
class NumberingRuleReply:
    """A rule of the public table that concerns the show or its line.

    *text* says what it means, *rule* is how the table writes it.
    """

    text: str
    rule: str


@attrs.frozen(kw_only=True)
class NumberingReply:
    """How an episode is numbered, and why.

    *counts_from* is the number that the user gave to the show's first episode.  *table_at*
    is when the public table was last known to be the newest, null if there is none.
    """

    provider: str
    entry: str
    work: str
    title: str
    episode: int
    season: int
    part: int
    counts_from: int | None
    line: tuple[LineShowReply, ...]
    numbers: tuple[NumberReply, ...]
    rules: tuple[NumberingRuleReply, ...]
    table_at: datetime | None


# --- preferences ----------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class UserPreferences:
    """What a user wants of the releases of all shows; what is null is not said.

    The words are those of ``[choice]`` in the configuration.  *codec* may be ``any``: none
    is liked better than another.
    """

    resolutions: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    codec: str | None = None
    language: str | None = None
    audio: Literal["sub", "dub"] | None = None
    batch: Literal["never", "allow", "only"] | None = None
    min_seeders: int | None = None
    min_size: int | None = None
    keep_group: Literal["off", "on", "wait"] | None = None
    keep_group_hours: int | None = None
    upgrades: Literal["notify", "off"] | None = None


@attrs.frozen(kw_only=True)
class ShowPreferences(UserPreferences):
    """What a user wants for one show.

    *counts_from* is the number that the groups give to its first episode.
    """

    counts_from: int | None = None


@attrs.frozen(kw_only=True)
class EffectivePreferences:
    """What counts, all levels together; *codec* is null if none is liked better than another."""

    resolutions: tuple[str, ...]
    groups: tuple[str, ...]
    codec: str | None
    language: str
    audio: Literal["sub", "dub"]
    batch: Literal["never", "allow", "only"]
    min_seeders: int
    min_size: int
    keep_group: Literal["off", "on", "wait"]
    keep_group_hours: int
    upgrades: Literal["notify", "off"]
    counts_from: int | None


class PreferencesReply(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What is said at one level, what counts there, and where each of those values is from.

    A class of msgspec's, as no other can have a field called ``from``.
    """

    set: ShowPreferences
    effective: EffectivePreferences
    from_: Mapping[str, PreferenceOrigin]


class UserPreferencesReply(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The same of all shows: *set* has only what can be said of all of them."""

    set: UserPreferences
    effective: EffectivePreferences
    from_: Mapping[str, PreferenceOrigin]


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


@attrs.frozen(kw_only=True)
class NoticeEvent:
    """Something that the user may want to know: *text* for people, *code* for programs.

    With ``upgrade`` it is about a newer version, *release*, of an episode that they have.
    """

    code: Literal["upgrade"]
    text: str
    provider: str
    entry: str
    episode: int
    release: str


Json = Mapping[str, Any]
