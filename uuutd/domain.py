"""The words of the trade, as frozen values.

Everything that travels between modules is one of these.  Times are aware and in
UTC, sizes are bytes, rates bytes per second, progress runs from 0 to 1.
"""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, NewType

import attrs
from attrs import validators

InfoHash = NewType("InfoHash", str)
"""An info hash in its one canonical spelling: lower-case hex, 40 digits (v1) or 64 (v2).

Made only by `uuutd.magnets.info_hash`.
"""

EntryId = NewType("EntryId", str)
"""What a watchlist provider calls one show: AniList's media id, as text."""

WorkId = NewType("WorkId", str)
"""One show, whichever list it stands on; opaque, made by `uuutd.services.works`."""

Kind = Literal["watchlist", "indexer", "client"]
"""The three kinds of backends."""


class Secret:
    """A text that is never shown: not by `repr`, not by `str`, not in a log or a traceback."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text; call this only where it leaves for its destination."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __bool__(self) -> bool:
        return bool(self._text)


# --- watchlists -----------------------------------------------------------------------------


class Format(enum.Enum):
    """What kind of show it is, in AniList's words."""

    TV = "TV"
    TV_SHORT = "TV_SHORT"
    MOVIE = "MOVIE"
    SPECIAL = "SPECIAL"
    OVA = "OVA"
    ONA = "ONA"
    MUSIC = "MUSIC"


class Airing(enum.Enum):
    """Where a show is in its life, in AniList's words."""

    FINISHED = "FINISHED"
    RELEASING = "RELEASING"
    NOT_YET_RELEASED = "NOT_YET_RELEASED"
    CANCELLED = "CANCELLED"
    HIATUS = "HIATUS"


class ListStatus(enum.Enum):
    """Which of the user's lists an entry stands on, in AniList's words."""

    CURRENT = "CURRENT"
    PLANNING = "PLANNING"
    COMPLETED = "COMPLETED"
    DROPPED = "DROPPED"
    PAUSED = "PAUSED"
    REPEATING = "REPEATING"


@attrs.frozen
class Titles:
    """The official titles of a show; any of them may be missing, not all."""

    romaji: str | None = None
    english: str | None = None
    native: str | None = None

    def all(self) -> tuple[str, ...]:
        """Return those that are there, in the order romaji, english, native."""
        return tuple(t for t in (self.romaji, self.english, self.native) if t)

    def __str__(self) -> str:
        return next(iter(self.all()), "?")


@attrs.frozen(kw_only=True)
class Work:
    """One show as a provider knows it: what numbering and choice need, and nothing of any user.

    *episodes* is the number of episodes, None while nobody knows.
    """

    id: EntryId
    titles: Titles
    synonyms: tuple[str, ...] = ()
    format: Format | None = None
    airing: Airing | None = None
    episodes: int | None = None
    season_year: int | None = None
    start_date: date | None = None
    ids: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def finished(self) -> bool:
        """Whether no further episode will come."""
        return self.airing in (Airing.FINISHED, Airing.CANCELLED)


@attrs.frozen(kw_only=True)
class Entry:
    """One show on one user's watchlist.

    *progress* is the last watched episode.  *aired* is the number of the last episode
    known to have aired, None when the provider does not say.  *airs_at* is when the
    one after it airs.  *ids* of the work hold the same show's numbers elsewhere
    (``anilist``, ``mal``, ``kitsu``).
    """

    work: Work
    status: ListStatus
    progress: int = 0
    aired: int | None = None
    airs_at: datetime | None = None
    site_url: str | None = None
    cover_url: str | None = None
    updated_at: datetime | None = None

    @property
    def id(self) -> EntryId:
        """The show's id at the provider."""
        return self.work.id

    @property
    def next_episode(self) -> int | None:
        """The first unwatched episode; None once all are watched."""
        number = self.progress + 1
        if self.work.episodes is not None and number > self.work.episodes:
            return None
        return number

    def has_aired(self, episode: int) -> bool | None:
        """Say whether *episode* has aired; None when nobody knows."""
        if self.work.airing is Airing.FINISHED:
            return self.work.episodes is None or episode <= self.work.episodes
        if self.work.airing is Airing.NOT_YET_RELEASED:
            return False
        return None if self.aired is None else episode <= self.aired


class RelationKind(enum.Enum):
    """How another show relates to this one; what a provider calls otherwise is OTHER."""

    PREQUEL = "PREQUEL"
    SEQUEL = "SEQUEL"
    PARENT = "PARENT"
    SIDE_STORY = "SIDE_STORY"
    SPIN_OFF = "SPIN_OFF"
    ALTERNATIVE = "ALTERNATIVE"
    SUMMARY = "SUMMARY"
    OTHER = "OTHER"


@attrs.frozen
class Relation:
    """*work* is the *kind* of the show that was asked about.

    *distance* counts the steps of a chain: the direct prequel is 1, its prequel 2.
    """

    kind: RelationKind
    work: Work
    distance: int = 1


@attrs.frozen(kw_only=True)
class Account:
    """A user's tie to a provider: what its `link` returned, kept for the calls that follow.

    *credentials* is kept encrypted; a provider reads its own keys from it and nobody
    else looks inside.  Without *writable* only reading works.
    """

    id: str
    name: str
    credentials: Mapping[str, Secret] = attrs.field(factory=dict)
    expires_at: datetime | None = None
    writable: bool = False


@attrs.frozen
class LinkField:
    """One thing that a user is asked for when linking a watchlist."""

    name: str
    label: str
    secret: bool = False


@attrs.frozen
class LinkPrompt:
    """What to tell a user who wants to link: where to go and what to fill in, any of *fields*."""

    url: str | None
    instructions: str
    fields: tuple[LinkField, ...]


# --- releases -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Redirect:
    """Numbers that groups write after the titles of one show, and what they mean.

    *first* to *last* (None: without an end) behind a title of *source* are the episodes of
    *target* from *start* on, with *single* all of them the episode *start*.  *target* None
    is a show that is no known relative.  *text* is the rule as its table has it.
    """

    source: EntryId
    first: int
    last: int | None
    target: EntryId | None
    start: int
    single: bool = False
    text: str = ""

    def meaning(self, number: int) -> int | None:
        """Return which episode of *target* a number is; None if this says nothing of it."""
        if number < self.first or (self.last is not None and number > self.last):
            return None
        return self.start if self.single else self.start + number - self.first


@attrs.frozen(kw_only=True)
class Wanted:
    """The episode that is looked for, with all that tells it from its relatives.

    *episode* counts in the show's own numbering.  *prequels* runs from the direct
    prequel backwards; *related* holds sequels, spin-offs, films and the like.
    *redirects* are of the show and its relatives, and *counts_from* is the number that
    the groups give to its first episode, if the user said so: it wins over everything.
    *batch* says what to look for, as in `Taste`: the episode, packs that hold it, or both.
    """

    work: Work
    episode: int
    prequels: tuple[Work, ...] = ()
    related: tuple[Relation, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    counts_from: int | None = None
    batch: Literal["never", "allow", "only"] = "never"


class Language(enum.Enum):
    """What an indexer's category promises about a release's language."""

    ENGLISH = "english"
    FOREIGN = "foreign"
    RAW = "raw"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Release:
    """One offer of an indexer.

    *info_hash* may be unknown (private indexers); then *torrent_url* must be there.
    *is_anime_video* is False for what the indexer files under music, books and so on.
    *seeders* None means that the indexer does not say.  *indexer* is the instance that found it.
    """

    title: str
    info_hash: InfoHash | None
    indexer: str
    size: int | None = None
    seeders: int | None = None
    leechers: int | None = None
    downloads: int | None = None
    published_at: datetime | None = None
    language: Language = Language.UNKNOWN
    is_anime_video: bool = True
    trusted: bool = False
    remake: bool = False
    trackers: tuple[str, ...] = ()
    page_url: str | None = None
    torrent_url: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class Taste:
    """A user's preferences among releases; the hard rules are not among them.

    *resolutions* and *groups* are in order of preference.  *batch* says whether a
    release of several episodes may be taken: never, if no single fits, or only such a one.
    *earlier_group* made the episodes of the show that the user has already, and is liked
    before *groups*; None if there is none, or if *keep_group* is off.  With ``wait`` no
    other group's release is taken until *keep_group_hours* have passed.  *upgrades* says
    whether to tell of a newer version of an episode that is there; none is ever taken unasked.
    """

    resolutions: tuple[str, ...] = ("1080p", "720p", "480p")
    groups: tuple[str, ...] = ()
    codec: str | None = None
    language: str = "en"
    audio: Literal["sub", "dub"] = "sub"
    batch: Literal["never", "allow", "only"] = "never"
    min_seeders: int = 1
    min_size: int = 40 * 1024 * 1024
    keep_group: Literal["off", "on", "wait"] = "on"
    keep_group_hours: int = 48
    upgrades: Literal["notify", "off"] = "notify"
    earlier_group: str | None = None


@attrs.frozen
class Reason:
    """Why a release stands where it stands; the points of all reasons add up to the score."""

    text: str
    points: int


@attrs.frozen
class Rejection:
    """Why a release must not be taken: *code* for programs (``R1`` ...), *text* for people."""

    code: str
    text: str


@attrs.frozen
class Adjustment:
    """What a judge plugin says of one release: points, or a refusal, and why.

    *points* count at most 10 either way.
    """

    points: int = 0
    reason: str = ""
    refuse: bool = False


@attrs.frozen(kw_only=True)
class Verdict:
    """What the rules and preferences made of one release.

    *episodes* are the numbers it holds, in the wanted show's own numbering.
    """

    release: Release
    score: int = 0
    reasons: tuple[Reason, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    episodes: tuple[int, ...] = ()
    group: str | None = None
    resolution: str | None = None

    @property
    def fits(self) -> bool:
        """Whether no rule forbids it."""
        return not self.rejections


@attrs.frozen(kw_only=True)
class Choice:
    """All releases found for one wanted episode, the best first and the rejected last."""

    wanted: Wanted
    verdicts: tuple[Verdict, ...]

    @property
    def best(self) -> Verdict | None:
        """The release to take, None if nothing fits."""
        return self.verdicts[0] if self.verdicts and self.verdicts[0].fits else None


# --- torrents -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Source:
    """What a torrent client is given: an info hash with trackers, or a ``.torrent`` file's bytes.

    Never a URL, and never a magnet as somebody else wrote it: `magnet` builds a new one.
    *aliases* are other hashes of the same torrent, only those that its file proves.
    """

    info_hash: InfoHash
    name: str
    trackers: tuple[str, ...] = ()
    aliases: tuple[InfoHash, ...] = ()
    metainfo: bytes | None = attrs.field(default=None, repr=False)


_LIMIT = validators.optional(validators.ge(1))


class TorrentState(enum.Enum):
    """What a torrent is doing, in the words people see."""

    METADATA = "metadata"
    QUEUED = "queued"
    CHECKING = "checking"
    DOWNLOADING = "downloading"
    STALLED = "stalled"
    SEEDING = "seeding"
    PAUSED = "paused"
    ERROR = "error"
    MISSING = "missing"


@attrs.frozen
class Limits:
    """The most bytes per second to receive and to send; None for no limit.

    A client counts in units of its own: what it tells may be up to 1,024 bytes off what it
    was told.
    """

    down: int | None = attrs.field(default=None, validator=_LIMIT)
    up: int | None = attrs.field(default=None, validator=_LIMIT)


@attrs.frozen(kw_only=True)
class Torrent:
    """One torrent as its client sees it now.

    *eta* is in seconds, None when there is none.  *seeders* and *leechers* are those
    connected.  *error* is set with `TorrentState.ERROR` and says why in plain words.
    *finished* tells whether every wanted file is there, whatever the torrent does now.
    *private* and *limits* are what the client tells beside the rest, and else their defaults.
    *content* is the absolute path, as the client calls it, of the file or folder that has all of
    it, spelled as on the disk; *name* may be a claim of whoever added the torrent.  It is None
    while the files are not known, and if the client does not tell.
    """

    info_hash: InfoHash
    name: str
    state: TorrentState
    progress: float = 0.0
    size: int = 0
    done_bytes: int = 0
    down_rate: int = 0
    up_rate: int = 0
    uploaded: int = 0
    eta: int | None = None
    seeders: int = 0
    leechers: int = 0
    ratio: float = 0.0
    added_at: datetime | None = None
    completed_at: datetime | None = None
    save_path: str | None = None
    content: str | None = None
    label: str | None = None
    error: str | None = None
    private: bool = False
    limits: Limits = Limits()

    @property
    def finished(self) -> bool:
        """Whether everything that was wanted is on the disk."""
        return self.progress >= 1.0 and self.state in (TorrentState.SEEDING, TorrentState.PAUSED)


@attrs.frozen(kw_only=True)
class TorrentFile:
    """One file of a torrent; *path* is relative to the save path, with ``/`` between parts."""

    index: int
    path: str
    size: int
    done_bytes: int = 0
    wanted: bool = True


class TrackerState(enum.Enum):
    """What comes of a tracker: OFF is one that is not asked at all, WAITING one not asked yet."""

    WORKING = "working"
    UPDATING = "updating"
    WAITING = "waiting"
    ERROR = "error"
    OFF = "off"


@attrs.frozen(kw_only=True)
class Tracker:
    """One tracker of a torrent, and how it answers.

    *url* is whole, with the passkey that may be in it: nobody is shown it like that.
    *message* is what the tracker said last.  *seeders* and *leechers* are those in the
    whole swarm, None when the tracker does not say.
    """

    url: str = attrs.field(repr=False)
    state: TrackerState
    message: str | None = None
    seeders: int | None = None
    leechers: int | None = None


@attrs.frozen(kw_only=True)
class Peer:
    """Somebody a torrent is connected to: *address* is ``1.2.3.4:6881`` or ``[2001:db8::1]:6881``.

    *client* is the program by its own word, empty while it has not said.
    """

    address: str
    client: str
    progress: float
    down_rate: int
    up_rate: int


Cursor = NewType("Cursor", str)
"""How far a client's changes have been read; only that client knows what it means."""


@attrs.frozen(kw_only=True)
class Changes:
    """What moved in a client: with *full* everything it has, else only what changed since."""

    cursor: Cursor
    full: bool
    torrents: tuple[Torrent, ...] = ()
    removed: tuple[InfoHash, ...] = ()
