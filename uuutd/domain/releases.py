"""What indexers offer, and what rules and preferences make of it."""

import enum
from datetime import datetime
from typing import Literal

import attrs

from .shows import EntryId, Relation, Work
from .torrents import InfoHash


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
