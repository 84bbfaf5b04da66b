"""Which releases there are for an episode, which one is taken, and why."""

from datetime import datetime
from typing import Literal

import attrs

from .problems import FailureReply
from .releases import ReadingReply, ReasonReply, RejectionReply, ReleaseReply


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
