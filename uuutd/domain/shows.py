"""Shows, and the lists that people keep of them."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import NewType

import attrs

from .secrets import Secret

EntryId = NewType("EntryId", str)
"""What a watchlist provider calls one show: AniList's media id, as text."""

WorkId = NewType("WorkId", str)
"""One show, whichever list it stands on; opaque, made by `uuutd.services.works`."""


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
