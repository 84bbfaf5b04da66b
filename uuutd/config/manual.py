"""The manual of all settings, made from the classes that check them."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

import attrs

from ..domain import Kind, Secret
from ..plugins import Plugins
from .fetching import Fetch
from .model import SECTIONS, Address, Auth, Choice, Core, Database, Numbering
from .structure import plain_union, settings
from .upkeep import Disk, Stalled

_WORDS: Mapping[Any, str] = MappingProxyType(
    {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        Secret: 'text or { file = "..." }',
        Address: "host:port",
    }
)
_NEXT = {
    "watchlist": "Where users say what they watch.",
    "indexer": "Where releases are found.",
    "client": "What downloads; the first one is used unless a user says otherwise.",
}


def reference(plugins: Plugins) -> str:
    """Return the manual page: every setting of the core and of all loaded plugins."""
    lines = [
        "Settings of uuutd.toml",
        "",
        "Each can be set by the environment, too: UUUTD_DATABASE__URL is url of [database].",
        "A secret can stand in a file: password = { file = ... }, or UUUTD_..._PASSWORD_FILE.",
        "Paths begin at the folder of the file.",
        "",
        *_table("", Core),
        *_table("[database]", Database),
        *_table("[auth]", Auth),
        *_table("[choice]", Choice),
        *_table("[numbering]", Numbering),
        *_table("[stalled]", Stalled),
        *_table("[disk]", Disk),
        *_table("[fetch]", Fetch),
    ]
    for kind, section in SECTIONS.items():
        lines += [f"[{section}.NAME]", f"    {_NEXT[kind]}", *_type(plugins, kind), ""]
        for name, backend in sorted(plugins.classes(kind).items()):
            lines += _table(f'[{section}.NAME], type = "{name}" ({backend.title})', backend.Config)
    return "\n".join(lines).rstrip() + "\n"


def _type(plugins: Plugins, kind: Kind) -> Iterator[str]:
    yield "type (text, default: NAME)"
    yield f"    Which one: {', '.join(sorted(plugins.classes(kind))) or 'none is installed'}."


def _table(title: str, kind: type[Any]) -> Iterator[str]:
    if title:
        yield title
    for key, field in settings(kind).items():
        if plain_union(field.type) in _WORDS or not attrs.has(plain_union(field.type)):
            yield f"{key} ({_words(field.type)}, {_default(field)})"
            yield f"    {field.metadata.get('help', '')}".rstrip()
    yield ""


def _words(kind: Any) -> str:
    kind = plain_union(kind)
    if kind in _WORDS:
        return _WORDS[kind]
    if get_origin(kind) is Literal:
        return ", ".join(f'"{each}"' for each in get_args(kind))
    if get_origin(kind) in (list, tuple, set, frozenset, Sequence):
        return f"list of {_words(get_args(kind)[0])}"
    if get_origin(kind) is Mapping:
        return f"table of {_words(get_args(kind)[1])}"
    if isinstance(kind, type) and issubclass(kind, PurePath):
        return "path"
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return ", ".join(f'"{each.value}"' for each in kind)
    return getattr(kind, "__name__", str(kind))


def _default(field: "attrs.Attribute[Any]") -> str:
    default = field.default
    if default is attrs.NOTHING:
        return "required"
    if (factory := getattr(default, "factory", None)) is not None:
        default = factory()
    return f"default: {_shown(default)}"


def _shown(value: Any) -> str:
    if value is None or value in ("", (), {}):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, enum.Enum):
        return _shown(value.value)
    return str(value) if isinstance(value, int | float) else f'"{value}"'
