"""Plain data into attrs classes, strictly, or every reason why not.

Left to itself cattrs makes 7 of ``"7"``, 1 of ``true`` and three texts of ``"abc"``.
Here a value must have the type that its field asks for, and no field may be there
that the class does not have.
"""

import enum
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import GenericAlias
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn

from .errors import Invalid, Problem

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]

INT64 = range(-(2**63), 2**63)
_KINDS = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a decimal number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


class Unfit(ValueError):
    """A value that does not fit its field; the text says why."""


def expected(what: str, value: object) -> Unfit:
    """Say that *what* was expected and what came instead; the value itself is not repeated."""
    return Unfit(f"expected {what}, got {_KINDS.get(type(value), type(value).__name__)}")


def converter(*, integers: range = INT64) -> cattrs.Converter:
    """Return a strict converter; integers outside of *integers* are refused."""

    def integer(value: Any, _: Any) -> int:
        if type(value) is not int:
            raise expected("a whole number", value)
        if value not in integers:
            raise Unfit(f"expected a whole number from {integers.start} to {integers.stop - 1}")
        return value

    made = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    made.register_structure_hook(int, integer)
    made.register_structure_hook(str, _text)
    made.register_structure_hook(bool, _boolean)
    made.register_structure_hook(datetime, _time)
    made.register_structure_hook(float, _number)
    made.register_structure_hook_func(_is_literal, _literal)
    made.register_structure_hook_func(_is_enum, _member)
    made.register_structure_hook_factory(_is_tuple, _tuple_hook)
    made.register_structure_hook_factory(_is_mapping, _mapping_hook)
    made.register_structure_hook_factory(attrs.has, _class_hook)
    return made


def structure(value: object, kind: type[T], using: cattrs.Converter, *, what: str) -> T:
    """Make a *kind* of plain data.

    Raises `Invalid` with everything that is wrong, each with its path; *what* names
    the data in its text ("The body", "The query").
    """
    try:
        return using.structure(value, kind)
    except (cattrs.BaseValidationError, ValueError) as error:
        problems = tuple(_problems(error, ""))
        first = "; ".join(str(problem) for problem in problems[:3])
        raise Invalid(f"{what} is not valid: {first}", problems) from error


def _text(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise expected("a text", value)
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise Unfit("a text must not contain NUL or half of a character")
    return value


def _boolean(value: Any, _: Any) -> bool:
    if type(value) is not bool:
        raise expected("true or false", value)
    return value


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float):
        raise expected("a number", value)
    return float(value)


def _time(value: Any, _: Any) -> datetime:
    """Read a time (RFC 3339), which must say its offset, as UTC."""
    try:
        found = datetime.fromisoformat(_text(value, None))
        if found.tzinfo is None:
            raise Unfit("a time needs its offset, as in 2027-01-31T12:00:00Z")
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit("expected a time, as in 2027-01-31T12:00:00Z") from error


def _is_literal(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _literal(value: Any, kind: Any) -> Any:
    choices = get_args(kind)
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return choice
    raise Unfit("expected one of " + ", ".join(str(choice) for choice in choices))


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


def _member(value: Any, kind: type[enum.Enum]) -> enum.Enum:
    for member in kind:
        if type(member.value) is type(value) and member.value == value:
            return member
    raise Unfit("expected one of " + ", ".join(str(member.value) for member in kind))


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[1:] == (...,)


def _tuple_hook(kind: Any, made: cattrs.Converter) -> Hook:
    items: Any = GenericAlias(list, get_args(kind)[:1])

    def hook(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise expected("a list", value)
        return tuple(made.structure(value, items))

    return hook


def _is_mapping(kind: Any) -> bool:
    return get_origin(kind) is Mapping


def _mapping_hook(kind: Any, made: cattrs.Converter) -> Hook:
    plain: Any = GenericAlias(dict, get_args(kind))

    def hook(value: Any, _: Any) -> dict[Any, Any]:
        if type(value) is not dict:
            raise expected("an object", value)
        return dict(made.structure(value, plain))

    return hook


def _class_hook(kind: type[Any], made: cattrs.Converter) -> Hook:
    fields = make_dict_structure_fn(
        kind, made, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True
    )

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise expected("an object", value)
        return fields(value, kind)

    return hook


def _problems(error: BaseException, path: str) -> Iterator[Problem]:
    """Walk the tree of what cattrs found, down to one problem for each leaf."""
    if isinstance(error, ClassValidationError | IterableValidationError):
        for inner in error.exceptions:
            yield from _problems(inner, _place(inner, path))
    elif isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            yield Problem(_join(path, name), "there is no such field")
    elif isinstance(error, KeyError):
        yield Problem(path, "this field is required")
    else:
        yield Problem(path, str(error))


def _place(error: BaseException, path: str) -> str:
    """Return the path of what went wrong inside of *path*."""
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return _join(path, note.name)
        if isinstance(note, IterableValidationNote):
            inside = note.index
            return f"{path}[{inside}]" if isinstance(inside, int) else _join(path, inside)
    return path


def _join(path: str, name: str) -> str:
    """Add *name*, which may come from anybody, to *path*."""
    shown = name[:80].encode("utf-8", "replace").decode("utf-8")
    return f"{path}.{shown}" if path else shown
