"""Lists of torrents as they are asked for: all, what changed, what fits a filter, page by page."""

import asyncio
from collections.abc import Sequence

import attrs
import msgspec

from ..domain import InfoHash
from ..errors import Invalid, Problem
from ..filters import Context, Filter, FilterError, parse
from ..wire import ClientReply, TorrentReply
from .sorting import Order, Unsortable
from .views import Row, View

MOST = 10_000
"""Rows of a page."""
AT_ONCE = 500
AT_ONCE_COSTLY = 50
"""How many rows are looked at before others get their turn."""

_ENCODER = msgspec.json.Encoder()


@attrs.frozen(kw_only=True)
class Ask:
    """What somebody wants to see: the parameters as they were sent.

    *since* is the revision of an earlier answer, *cursor* the end of an earlier page.
    """

    since: int | None = None
    filter: str | None = None
    sort: str | None = None
    limit: int | None = None
    cursor: str | None = None


ALL = Ask()


@attrs.frozen(kw_only=True)
class Question:
    """The same, understood."""

    since: int | None
    filter: Filter | None
    order: Order
    limit: int | None
    cursor: str | None
    digest: str

    @classmethod
    def read(cls, ask: Ask) -> "Question":
        """Understand *ask*; raises `uuutd.errors.Invalid` with all that is wrong."""
        problems: list[Problem] = []
        order, found = Order("", ()), None
        try:
            order = Order.read(ask.sort)
        except Unsortable as error:
            problems.append(Problem("sort", str(error)))
        try:
            found = parse(ask.filter) if ask.filter else None
            if found is not None and "marked" in found.words:
                problems.append(Problem("filter", "only the terminal client knows what is marked"))
        except FilterError as error:
            problems.append(Problem("filter", str(error)))
        if ask.limit is not None and not 1 <= ask.limit <= MOST:
            problems.append(Problem("limit", f"expected a whole number from 1 to {MOST}"))
        if ask.since is not None and (ask.limit is not None or ask.cursor is not None):
            problems.append(Problem("since", "what changed does not come in pages"))
        if problems:
            raise Invalid("The query is not valid: " + "; ".join(map(str, problems)), problems)
        return cls(
            since=ask.since,
            filter=found,
            order=order,
            limit=ask.limit,
            cursor=ask.cursor,
            digest=f"{hash(ask) % 2**64:x}",
        )

    @property
    def is_fixed(self) -> bool:
        """Whether the rows alone, and not the time, say what fits."""
        return self.filter is None or not (self.filter.timed or "watched" in self.filter.words)


@attrs.frozen(kw_only=True)
class Listing:
    """An answer to who asked for torrents.

    *tag* stays the same as long as the same question has the same answer, but for when the
    clients were looked at last; None if that cannot be told.  *joined* are the *rows* as
    JSON, if they were written before.
    """

    rows: Sequence[Row]
    revision: int
    clients: tuple[ClientReply, ...]
    full: bool = True
    removed: tuple[InfoHash, ...] = ()
    cursor: str | None = None
    tag: str | None = None
    joined: bytes | None = attrs.field(default=None, repr=False)

    @property
    def torrents(self) -> tuple[TorrentReply, ...]:
        """The rows as values."""
        return tuple(row.reply for row in self.rows)

    @property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        """A `uuutd.wire.TorrentsReply` as JSON; the big one in the middle may be shared."""
        rest = {
            "revision": self.revision,
            "full": self.full,
            "removed": self.removed,
            "clients": self.clients,
            "cursor": self.cursor,
        }
        return (
            b'{"torrents":[',
            join(self.rows) if self.joined is None else self.joined,
            b"]," + _ENCODER.encode(rest)[1:],
        )


def join(rows: Sequence[Row]) -> bytes:
    """Return rows as JSON."""
    return b",".join([row.data for row in rows])


@attrs.frozen(kw_only=True)
class Picked:
    """The rows that answer a question."""

    rows: Sequence[Row]
    full: bool = True
    removed: tuple[InfoHash, ...] = ()
    cursor: str | None = None


async def pick(question: Question, view: View, newest: int, context: Context) -> Picked:
    """Choose from *view* what answers *question*; *newest* is the revision of now.

    Which rows there are is settled before anything is awaited.
    """
    change = None
    if question.since is not None and question.since <= newest and question.is_fixed:
        change = view.since(question.since)
    if change is not None and question.filter and view.repeats(change.rows):
        change = None  # a hash cannot tell which of two clients' rows does not fit any more
    if change is not None:
        fits = await _fitting(change.rows, question.filter, context)
        unfit = {row.reply.hash for row in change.rows} - {row.reply.hash for row in fits}
        removed = (*change.removed, *map(InfoHash, sorted(unfit)))
        return Picked(rows=question.order.sorted(fits), full=False, removed=removed)
    rows = await _fitting(view.rows(), question.filter, context)
    rows = question.order.sorted(rows)
    if question.cursor is not None:
        try:
            rows = question.order.after(rows, question.cursor)
        except Unsortable as error:
            problem = Problem("cursor", str(error))
            raise Invalid(f"The query is not valid: {problem}", [problem]) from error
    if question.limit is None or len(rows) <= question.limit:
        return Picked(rows=rows)
    rows = rows[: question.limit]
    return Picked(rows=rows, cursor=question.order.cursor(rows[-1]))


async def _fitting(rows: Sequence[Row], wanted: Filter | None, context: Context) -> Sequence[Row]:
    if wanted is None:
        return rows
    found = []
    at_once = AT_ONCE_COSTLY if wanted.costly else AT_ONCE
    for number, row in enumerate(rows, 1):
        if wanted.matches(row.reply, context):
            found.append(row)
        if number % at_once == 0:
            await asyncio.sleep(0)
    return found
