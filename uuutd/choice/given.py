"""Reading plain JSON values; what cannot be read raises a ValueError that names the field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

T = TypeVar("T")

_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?", re.ASCII)


class Given:
    """An object of JSON; *path* is what its errors call it.

    Every method takes a field's name and returns None, or nothing, where the field is missing
    or null: what has no value is not known, and what has a wrong one is a mistake.
    """

    def __init__(self, values: object, path: str) -> None:
        if not isinstance(values, dict | Mapping):  # a plain dict is told more quickly
            # As for every other field: a caller has one kind of error to expect.
            raise ValueError(f"{path} must be an object, got {values!r:.80}")  # noqa: TRY004
        self._values: Mapping[str, Any] = values
        self.path = path

    def wrong(self, name: str, expected: str) -> ValueError:
        """Return the error of a field that is not as *expected*."""
        got = self._values.get(name)
        return ValueError(f"{self.path}.{name} must be {expected}, got {got!r:.80}")

    def text(self, name: str) -> str | None:
        """Return a text; an empty one counts as missing."""
        value = self._values.get(name)
        if value is None or (isinstance(value, str) and value and not value.isspace()):
            return value
        if not isinstance(value, str):
            raise self.wrong(name, "a text")
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._values.get(name) or ()
        if isinstance(values, str) or not isinstance(values, Sequence):
            raise self.wrong(name, "a list of texts")
        if not all(isinstance(each, str) and each.strip() for each in values):
            raise self.wrong(name, "a list of texts")
        return tuple(values)

    def number(self, name: str, least: int) -> int | None:
        """Return a whole number that is not smaller than *least*."""
        value = self._values.get(name)
        if value is None or (type(value) is int and value >= least):
            return value
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.wrong(name, f"a whole number of {least} or more")
        return value

    def flag(self, name: str) -> bool:
        """Return whether something is so; what is missing is not."""
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.wrong(name, "true or false")

    def one_of(self, name: str, words: Mapping[object, T]) -> T | None:
        """Return what *words* has for a value; texts are looked up as they are written there."""
        value = self._values.get(name)
        if value is None:
            return None
        for word, meaning in words.items():
            # 0 is not False here, nor 1 True.
            if type(word) is type(value) and word == value:
                return meaning
        raise self.wrong(name, f"one of {', '.join(map(repr, words))}")

    def object(self, name: str) -> "Given | None":
        """Return an object in this one."""
        value = self._values.get(name)
        return None if value is None else Given(value, f"{self.path}.{name}")

    def objects(self, name: str) -> "Iterator[Given]":
        """Yield the objects of a list."""
        values = self._values.get(name) or ()
        if isinstance(values, str | Mapping) or not isinstance(values, Sequence):
            raise self.wrong(name, "a list of objects")
        for index, value in enumerate(values):
            yield Given(value, f"{self.path}.{name}[{index}]")

    def day(self, name: str) -> date | None:
        """Return a date: ``2023-10-22``, ``2023-10``, ``2023`` or ``{year, month, day}``.

        Where the day or the month is not known it is the first that it can be.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return None
        try:
            if isinstance(value, Mapping):
                return _day_of_parts(Given(value, f"{self.path}.{name}"))
            if partial := _PARTIAL_DATE.fullmatch(value):
                return date(int(partial[1]), int(partial[2] or 1), 1)
            return datetime.fromisoformat(value).date()
        except (TypeError, ValueError) as error:
            expected = "a date such as 2023-10-22, 2023-10 or {year, month, day}"
            raise self.wrong(name, expected) from error

    def time(self, name: str) -> datetime | None:
        """Return a time by ISO 8601 or RFC 822; one without a zone is in UTC."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.wrong(name, "a time by ISO 8601 or RFC 822")
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                time = read(value)
            except ValueError:
                continue
            return time if time.tzinfo else time.replace(tzinfo=UTC)
        raise self.wrong(name, "a time by ISO 8601 or RFC 822")


def _day_of_parts(parts: Given) -> date | None:
    year = parts.number("year", 1)
    month, day = parts.number("month", 1), parts.number("day", 1)
    if year is None:
        return None
    return date(year, month or 1, day or 1 if month else 1)
