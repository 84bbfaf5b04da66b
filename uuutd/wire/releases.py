"""Releases, and what the rules and preferences made of them."""

from datetime import datetime

import attrs


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
