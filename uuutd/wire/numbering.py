"""How an episode is numbered, and why."""

from datetime import datetime
from typing import Literal

import attrs

NumberSource = Literal["own", "chain", "table", "user"]


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
