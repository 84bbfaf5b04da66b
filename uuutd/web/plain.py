"""JSON and forms into plain data, refusing what is unclear or made to do harm."""

import json
import math
from typing import NoReturn
from urllib.parse import parse_qsl

from ..errors import Invalid, Problem
from .errors import Unreadable

MAX_DEPTH = 32
MAX_DIGITS = 18
MAX_FIELDS = 100
"""How many fields a form or a query may have."""


def parse_json(data: bytes) -> object:
    """Read JSON; raises `Unreadable` for what is none, and for what is made to do harm."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise Unreadable("The body is not UTF-8.") from error
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"The body is not JSON: {error.msg} at {place}.") from error
    _check_depth(value, MAX_DEPTH)
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Unreadable("The body is not clear: an object in it has the same key twice.")
    return made


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise Unreadable(f"The body holds a number of more than {MAX_DIGITS} digits.")
    return int(digits)


def _decimal(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Unreadable("The body holds a number that is too large.")
    return number


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"The body is not JSON: it has no {name}.")


def _check_depth(value: object, left: int) -> None:
    if isinstance(value, dict | list):
        if left == 0:
            raise _too_deep()
        for inner in value.values() if isinstance(value, dict) else value:
            _check_depth(inner, left - 1)


def _too_deep() -> Unreadable:
    return Unreadable(f"The body is nested deeper than {MAX_DEPTH} levels.")


def parse_form(text: str) -> dict[str, str]:
    """Read a form or a query; raises `Unreadable`, or `Invalid` if a field is there twice."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Unreadable("The form or the query is not well-formed.") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise invalid(name[:80], "given twice")
        found[name] = value
    return found


def invalid(path: str, detail: str) -> Invalid:
    """Return the error for one thing that is wrong."""
    problem = Problem(path, detail)
    return Invalid(f"The request is not valid: {problem}", [problem])
