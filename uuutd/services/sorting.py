"""In which order a list of torrents stands, and where a page of it ends."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
import msgspec

from ..wire import TorrentReply
from .views import Row

Value = float | str | None
Key = tuple[Any, ...]


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


COLUMNS: Mapping[str, Callable[[TorrentReply], Value]] = {
    "name": lambda row: row.name.casefold(),
    "state": lambda row: row.state,
    "progress": lambda row: row.progress,
    "size": lambda row: row.size,
    "down": lambda row: row.down_rate,
    "up": lambda row: row.up_rate,
    "eta": lambda row: row.eta,
    "ratio": lambda row: row.ratio,
    "seeds": lambda row: row.seeders,
    "added": lambda row: _seconds(row.added_at),
    "completed": lambda row: _seconds(row.completed_at),
    "client": lambda row: row.client,
}
_TEXTS = ("name", "state", "client")
MOST = 5
"""By how many columns a list is sorted at most."""


class Unsortable(ValueError):
    """An order, or a place in it, that cannot be; the text says why."""


class _Mark(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """The last row of a page: the order, and the row's values in it."""

    order: str
    values: list[float | int | str | None]


@attrs.frozen
class Order:
    """An order; without *columns* that of the ownerships, the newest first.

    *text* is how it is written: ``added,-size`` is by when torrents were added, those
    added at a time the largest first.  What has no value stands last.
    """

    text: str
    columns: tuple[tuple[str, bool], ...]

    @classmethod
    def read(cls, text: str | None) -> "Order":
        """Read an order; raises `Unsortable`."""
        columns = []
        for part in text.split(",") if text else ():
            name, falling = part.strip().lstrip("-"), part.strip().startswith("-")
            if name not in COLUMNS:
                raise Unsortable("expected names, with - for falling, of " + ", ".join(COLUMNS))
            columns.append((name, falling))
        if len(columns) > MOST:
            raise Unsortable(f"expected at most {MOST} names")
        return cls(text or "", tuple(columns))

    def sorted(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return *rows*, which stand the newest first, in this order."""
        return sorted(rows, key=self._key_of) if self.columns else rows

    def after(self, rows: Sequence[Row], cursor: str) -> Sequence[Row]:
        """Return the part of *rows*, sorted, that follows a page; raises `Unsortable`."""
        last = self._key(self._read(cursor))
        return [row for row in rows if self._key_of(row) > last]

    def cursor(self, last: Row) -> str:
        """Return what stands for the end of a page whose last row is *last*."""
        data = msgspec.json.encode(_Mark(self.text, list(self._values(last))))
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

    def _values(self, row: Row) -> tuple[Value, ...]:
        return (*(COLUMNS[name](row.reply) for name, _ in self.columns), row.link_id)

    def _key_of(self, row: Row) -> Key:
        return self._key(self._values(row))

    def _key(self, values: Sequence[Value]) -> Key:
        falls = [*(falling for _, falling in self.columns), True]
        return tuple(
            (value is None, _falling(value) if falling else value)
            for value, falling in zip(values, falls, strict=True)
        )

    def _read(self, cursor: str) -> list[Value]:
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            mark = msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=_Mark)
        except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
            raise Unsortable("this is no cursor of ours") from error
        if mark.order != self.text:
            raise Unsortable("this cursor is of a list in another order")
        texts = [*(name in _TEXTS for name, _ in self.columns), False]
        if len(mark.values) != len(texts) or mark.values[-1] is None:
            raise Unsortable("this is no cursor of ours")
        for value, text in zip(mark.values, texts, strict=True):
            if value is not None and isinstance(value, str) is not text:
                raise Unsortable("this is no cursor of ours")
        return list(mark.values)


def _falling(value: Value) -> Any:
    """Return what sorts the other way round."""
    if isinstance(value, str):
        return (*(-ord(character) for character in value), 1)  # the longer one first
    return None if value is None else -value
