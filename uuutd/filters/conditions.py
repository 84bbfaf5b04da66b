"""What a filter can ask of a torrent."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import attrs

from ..wire import TorrentReply
from .expressions import Expression
from .text import FilterError


@attrs.frozen(kw_only=True)
class Context:
    """What does not stand in a torrent's row: the time, and what only the viewer knows."""

    now: datetime
    mine: Callable[[TorrentReply], bool] = lambda _: True
    watched: Callable[[TorrentReply], bool] = lambda _: False
    marked: Callable[[TorrentReply], bool] = lambda _: False


Condition = Callable[[TorrentReply, Context], bool]
Compare = Callable[[float, float], bool]

COMPARISONS: Mapping[str, Compare] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_STATES = {
    "down": ("downloading", "metadata"),
    "seed": ("seeding",),
    "error": ("error", "missing"),
    "stalled": ("stalled",),
}
_VIEWERS: Mapping[str, Condition] = {
    "mine": lambda row, context: context.mine(row),
    "marked": lambda row, context: context.marked(row),
    "watched": lambda row, context: context.watched(row),
}

_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s?([kmgt]?)(?:i?b)?", re.ASCII | re.IGNORECASE)
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([smhdw])", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_LEADING_GROUP = re.compile(r"\s*\[([^\[\]]{1,60})\]")
_LAST_GROUP = re.compile(r"-([^\W_]{2,30})(?:\.[a-z0-9]{2,4})?$", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _size(text: str) -> float | None:
    found = _SIZE.fullmatch(text)
    return float(found[1]) * 1024 ** " kmgt".index(found[2].lower() or " ") if found else None


def _time(text: str) -> float | None:
    found = _TIME.fullmatch(text)
    return float(found[1]) * _SECONDS[found[2].lower()] if found else None


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _whole(text: str) -> float | None:
    return int(text) if _WHOLE.fullmatch(text) else None


Values = Callable[[TorrentReply, Context], Sequence[float]]


@attrs.frozen
class Field:
    """Something that is compared: how its value is written, and what a torrent has of it."""

    read: Callable[[str], float | None]
    example: str
    values: Values
    timed: bool = False


def _age(row: TorrentReply, context: Context) -> Sequence[float]:
    return () if row.added_at is None else ((context.now - row.added_at).total_seconds(),)


FIELDS: Mapping[str, Field] = {
    "size": Field(_size, "700M or 1.5G", lambda row, _: (row.size,)),
    "eta": Field(_time, "90s, 10m or 2h", lambda row, _: () if row.eta is None else (row.eta,)),
    "ratio": Field(_number, "2 or 0.5", lambda row, _: (row.ratio,)),
    "added": Field(_time, "12h, 2d or 3w", _age, timed=True),
    "seeds": Field(_whole, "a whole number", lambda row, _: (row.seeders,)),
    "ep": Field(_whole, "a whole number", lambda row, _: [e.episode for e in row.entries]),
}
NAMES = (*FIELDS, "group", "name")


def word(text: str) -> Condition:
    """Return whether a name has *text* in it."""
    wanted = text.casefold()
    return lambda row, _: wanted in row.name.casefold()


def known_word(name: str) -> Condition | None:
    """Return what one of the words of the language asks for; None if it is none of them."""
    if states := _STATES.get(name):
        return lambda row, _: row.state in states
    return _VIEWERS.get(name)


def comparison(name: str, sign: str, text: str, at: int) -> Condition:
    """Return a comparison with the value *text*, which stands *at*; raises `FilterError`."""
    field, compare = FIELDS[name], COMPARISONS[sign]
    wanted = field.read(text)
    if wanted is None:
        raise FilterError(at + 1, f"expected {field.example}")
    if sign == "!=":
        return lambda row, context: wanted not in field.values(row, context)
    return lambda row, context: any(compare(v, wanted) for v in field.values(row, context))


def group(sign: str, text: str) -> Condition:
    """Return whether a release is, or with ``!=`` is not, of a group."""
    wanted = text.casefold()
    return lambda row, _: (_group_in(row.name) == wanted) is (sign == "=")


def _group_in(name: str) -> str:
    """Return the group that a release's name tells, in lower case; "" if it tells none."""
    found = _LEADING_GROUP.match(name) or _LAST_GROUP.search(name)
    return found[1].strip().casefold() if found else ""


def expression(pattern: str, at: int) -> Condition:
    """Return whether a name matches a regular expression, which stands *at*."""
    try:
        found = Expression(pattern)
    except FilterError as error:
        raise FilterError(at + error.position, error.problem) from error
    return lambda row, _: found.found_in(row.name)
