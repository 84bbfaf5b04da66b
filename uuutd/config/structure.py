"""Plain tables into attrs classes, with every problem found in one go.

The types are checked as strictly as those of requests (`uuutd.strict`).  What is added
here: secrets, paths, values from the environment, the nearest known key beside an
unknown one, and the validators of all fields, not only of the first that fails.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import IterableValidationError, IterableValidationNote

from .. import strict
from ..domain import Secret
from ..errors import Problem
from . import disk
from .model import Address
from .sources import FromEnvironment

T = TypeVar("T")

LONGEST_SECRET = 64 * 1024
_LISTS: dict[Any, type[Collection[Any]]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    Sequence: tuple,
}
_FAILURES = (
    cattrs.BaseValidationError,
    cattrs.errors.StructureHandlerNotFoundError,
    ValueError,
    TypeError,
)


class Flaws(ValueError):
    """Everything that is wrong with a value; the paths begin at the value."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("not valid")
        self.problems = tuple(problems)


class _Seen:
    """Settings of which some are *wrong*: for a validator those are not there at all."""

    def __init__(self, made: object, wrong: Collection[str]) -> None:
        self._made = made
        self._wrong = wrong

    def __getattr__(self, name: str) -> Any:
        if name in self._wrong:
            raise AttributeError(name)
        return getattr(self._made, name)


class Reader:
    """Makes settings of plain values; relative paths begin at *folder*.

    With *on_disk* it is a problem, too, if a folder that we write to cannot be written.
    """

    def __init__(self, folder: Path, *, on_disk: bool = False) -> None:
        self._folder = folder
        self._on_disk = on_disk
        made = self._converter = strict.converter()
        made.register_structure_hook(Secret, self._secret)
        made.register_structure_hook(Address, lambda value, _: _address(value))
        made.register_structure_hook(Path, self._path)
        made.register_structure_hook(PurePath, self._path)
        made.register_structure_hook_func(lambda kind: get_origin(kind) in _LISTS, self._list)
        made.register_structure_hook_func(attrs.has, self.table)

    def table(self, value: object, kind: type[T], also: Collection[str] = ()) -> T:
        """Return *value* as a *kind*; raises `Flaws`.  *also* are known keys read elsewhere."""
        if not isinstance(value, dict):
            raise strict.expected("a table", value)
        fields = settings(kind)
        problems: list[Problem] = []
        given: dict[str, Any] = {}
        wrong: list[str] = []
        unfolded = _unfold_files(value, fields)
        for key, item in unfolded.items():
            if key not in fields:
                problems.append(Problem(key, f"no such setting{did_you_mean(key, fields, also)}"))
                continue
            try:
                given[key] = self._item(item, fields[key].type)
            except _FAILURES as error:
                problems.extend(flaws(error, key))
                wrong.append(fields[key].name)
        required = [key for key, each in fields.items() if each.default is attrs.NOTHING]
        problems.extend(Problem(key, "is missing") for key in required if key not in unfolded)
        made: T | None = None
        if given.keys() >= set(required):
            with attrs.validators.disabled():
                made = kind(**given)
        problems.extend(_invalid(made, fields, given, wrong))
        if self._on_disk:
            problems.extend(self._unwritable(fields, given, unfolded))
        if made is None or problems:
            raise Flaws(problems)
        return made

    def _unwritable(
        self,
        fields: Mapping[str, "attrs.Attribute[Any]"],
        given: Mapping[str, Any],
        written: Collection[str],
    ) -> Iterator[Problem]:
        for key, field in fields.items():
            if field.metadata.get("writable") and (key in given or key not in written):
                path = given.get(key, field.default)
                if isinstance(path, Path) and (detail := disk.unwritable(self._folder / path)):
                    yield Problem(key, detail)

    def _item(self, value: Any, kind: Any) -> Any:
        if isinstance(value, FromEnvironment):
            value = _understood(value, kind)
        return value if kind is None else self._converter.structure(value, kind)

    def _list(self, value: Any, kind: Any) -> Collection[Any]:
        if type(value) is not list:
            raise strict.expected("a list", value)
        problems: list[Problem] = []
        items: list[Any] = []
        for number, each in enumerate(value):
            try:
                items.append(self._item(each, get_args(kind)[0]))
            except _FAILURES as error:
                problems.extend(flaws(error, f"[{number}]"))
        if problems:
            raise Flaws(problems)
        return _LISTS[get_origin(kind)](items)  # type: ignore[call-arg]  # all of them take it

    def _path(self, value: Any, kind: type[PurePath]) -> PurePath:
        if type(value) is not str or not value:
            raise strict.expected("a path", value)
        return self._folder / Path(value).expanduser() if kind is Path else kind(value)

    def _secret(self, value: Any, _: Any) -> Secret:
        if type(value) is str:
            return Secret(value)
        if type(value) is not dict or value.keys() != {"file"} or type(value["file"]) is not str:
            raise strict.Unfit('expected a text, or { file = "..." }')
        path = self._folder / Path(value["file"]).expanduser()
        try:
            with path.open(encoding="utf-8") as file:
                text = file.read(LONGEST_SECRET).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise strict.Unfit(f"{path} cannot be read: {why}") from error
        if not text:
            raise strict.Unfit(f"{path} is empty")
        return Secret(text)


def flaws(error: BaseException, path: str) -> Iterator[Problem]:
    """Give one problem for each leaf of *error*, which happened at *path*."""
    if isinstance(error, Flaws):
        for each in error.problems:
            yield Problem(join(path, each.path), each.detail)
    elif isinstance(error, IterableValidationError):
        for inner in error.exceptions:
            notes = getattr(inner, "__notes__", ())
            keys = (str(each.index) for each in notes if isinstance(each, IterableValidationNote))
            yield from flaws(inner, join(path, next(keys, "")))
    else:
        yield Problem(path, str(error))


def settings(kind: type[Any]) -> dict[str, "attrs.Attribute[Any]"]:
    """Return the fields of an attrs class that can be set, by the name that they have in a file."""
    fields = attrs.fields(attrs.resolve_types(kind))
    return {each.alias or each.name: each for each in fields if each.init}


def join(path: str, inner: str) -> str:
    """Return the path of what stands at *inner* inside of *path*."""
    return path + inner if not (path and inner) or inner.startswith("[") else f"{path}.{inner}"


def plain_union(kind: Any) -> Any:
    """Return X of ``X | None``, and anything else as it is."""
    if get_origin(kind) in (Union, UnionType):
        members = [each for each in get_args(kind) if each is not NoneType]
        return members[0] if len(members) == 1 else kind
    return kind


def _address(value: object) -> Address:
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise strict.Unfit('expected "host:port", such as "127.0.0.1:8484"')
    if ":" in bare and host == bare:
        raise strict.Unfit('an IPv6 address stands in brackets, such as "[::1]:8484"')
    return Address(bare, int(port))


def _unfold_files(value: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Make ``{ file = ... }`` of what the environment calls ``..._FILE``."""
    unfolded: dict[str, Any] = {}
    for key, item in value.items():
        short = key.removesuffix("_file")
        if isinstance(item, FromEnvironment) and key not in fields and short in fields:
            unfolded[short] = {"file": str(item)}
        else:
            unfolded[key] = item
    return unfolded


def _understood(text: FromEnvironment, kind: Any) -> Any:
    """Read *text* as *kind* if it can be; else leave it, for the type check to refuse."""
    kind = plain_union(kind)
    if get_origin(kind) in _LISTS:
        return [FromEnvironment(each.strip()) for each in text.split(",") if each.strip()]
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), str(text))
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            return str(text)
    return str(text)


def did_you_mean(text: str, *known: Iterable[str]) -> str:
    """Return the one of *known* that is most like *text*, as the end of a sentence."""
    near = difflib.get_close_matches(text, [each for some in known for each in some], n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _invalid(
    made: Any,
    fields: Mapping[str, "attrs.Attribute[Any]"],
    given: Mapping[str, Any],
    wrong: Collection[str],
) -> Iterator[Problem]:
    """Run the validators of what is *given*; *made* is None while something else is missing."""
    seen = _Seen(made, wrong) if wrong else made
    for key, value in given.items():
        field = fields[key]
        checked = value if made is None else getattr(made, field.name)
        try:
            if field.validator is not None:
                field.validator(seen, field, checked)
        except AttributeError:
            if seen is made and made is not None:
                raise  # else it looked at other settings: its turn comes when those are good
        except (ValueError, TypeError) as error:
            yield Problem(key, _in_plain_words(error, field.name))


def _in_plain_words(error: Exception, name: str) -> str:
    """Return the text of a validator as a part of a sentence: attrs puts the name before it."""
    text = str(error.args[0] if error.args else error).removeprefix(f"'{name}' ")
    text = re.sub(r"^(must be (?:[<>]=?) \S+): (.*)$", r"\1, got \2", text)
    return re.sub(r" \(got (.*)\)$", r", got \1", text)
