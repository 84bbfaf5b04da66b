"""From the text of a filter to what it asks for."""

import re
from collections.abc import Sequence

import attrs

from . import conditions
from .conditions import FIELDS, NAMES, Condition
from .text import FilterError, Text

LONGEST = 500
"""Characters of a filter."""
DEEPEST = 20
"""How many parentheses may be open at a time."""

_FIELD = re.compile(r"([a-z]+)(>=|<=|!=|=|>|<|~)", re.ASCII | re.IGNORECASE)
_BARE = re.compile(r"[^\s()|\"]+")


@attrs.frozen(kw_only=True)
class Filter:
    """What a list is to show.

    *timed* tells that what fits changes with time alone, *words* which words of the language
    stand in it, those that only a viewer can answer among them, and *costly* that it has a
    regular expression.
    """

    matches: Condition
    timed: bool
    costly: bool
    words: frozenset[str]


def parse(text: str) -> Filter:
    """Read a filter; raises `FilterError`.  An empty one fits everything."""
    return _Parser(text).read()


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise FilterError(LONGEST + 1, f"a filter may have {LONGEST} characters")
        self._text = Text(text)
        self._words: set[str] = set()
        self._depth = 0
        self._timed = self._costly = False

    def read(self) -> Filter:
        """Read all of it."""
        self._text.spaces()
        matches = conditions.word("") if self._text.ended else self._either()
        if not self._text.ended:
            raise self._text.error("this ) closes nothing")
        return Filter(
            matches=matches,
            timed=self._timed,
            costly=self._costly,
            words=frozenset(self._words),
        )

    def _either(self) -> Condition:
        parts = [self._all()]
        while self._text.skip("|"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else _any(parts)

    def _all(self) -> Condition:
        parts = []
        while True:
            self._text.spaces()
            if self._text.peek() in ("", "|", ")"):
                break
            parts.append(self._maybe_not())
        if not parts:
            raise self._text.error("a condition is missing here")
        return parts[0] if len(parts) == 1 else _every(parts)

    def _maybe_not(self) -> Condition:
        wanted = True
        while self._text.skip("!"):
            wanted = not wanted
            self._text.spaces()
        found = self._one()
        return found if wanted else _not(found)

    def _one(self) -> Condition:
        text, start = self._text, self._text.at
        if text.skip("("):
            self._depth += 1
            if self._depth > DEEPEST:
                raise text.error("this is nested too deeply", start)
            found = self._either()
            self._depth -= 1
            if not text.skip(")"):
                raise text.error("the ) that belongs to this one is missing", start)
            return found
        if text.skip('"'):
            return conditions.word(text.until('"'))
        if field := text.take(_FIELD):
            return self._field(field[1].lower(), field[2], start)
        bare = text.take(_BARE)
        if bare is None:
            raise text.error("a condition is missing here")
        return self._word(bare[0])

    def _word(self, found: str) -> Condition:
        name = found.lower()
        known = conditions.known_word(name)
        if known is None:
            return conditions.word(found)
        self._words.add(name)
        return known

    def _field(self, name: str, sign: str, start: int) -> Condition:
        text, at = self._text, self._text.at
        if name not in NAMES:
            known = ", ".join(NAMES)
            raise text.error(f"expected one of {known}, or quotes around a word", start)
        if (sign == "~") is not (name == "name"):
            raise text.error("write name~/.../ for a regular expression", start)
        if name == "name":
            if not text.skip("/"):
                raise text.error("expected / and a regular expression")
            self._costly = True
            return conditions.expression(text.until("/"), at + 1)
        value = self._value()
        if name == "group":
            if sign not in ("=", "!="):
                raise text.error("a group is compared with = or !=", start)
            return conditions.group(sign, value)
        self._timed = self._timed or FIELDS[name].timed
        return conditions.comparison(name, sign, value, at)

    def _value(self) -> str:
        text = self._text
        if text.skip('"'):
            return text.until('"')
        found = text.take(_BARE)
        if found is None:
            raise text.error("a value is missing here")
        return found[0]


def _any(parts: Sequence[Condition]) -> Condition:
    return lambda row, context: any(part(row, context) for part in parts)


def _every(parts: Sequence[Condition]) -> Condition:
    return lambda row, context: all(part(row, context) for part in parts)


def _not(part: Condition) -> Condition:
    return lambda row, context: not part(row, context)
