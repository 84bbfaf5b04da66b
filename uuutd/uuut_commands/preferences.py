"""``prefs``: what the user wants of releases, of all shows or of one."""

import re
from collections.abc import Sequence
from typing import Any

import attrs
import msgspec

from ..terminal.console import Cell, Column
from ..terminal.words import size, title
from ..wire import EntryReply, PreferencesReply, ShowPreferences
from .context import Context
from .exits import OK, USAGE, Stop
from .matching import find_entry

COLUMNS = (Column("KEY"), Column("VALUE", flexible=True), Column("FROM"))
LISTS = frozenset({"resolutions", "groups"})
NUMBERS = frozenset({"min_seeders", "min_size", "keep_group_hours", "counts_from"})
ALL = tuple(field.name for field in attrs.fields(ShowPreferences))
OF_ALL_SHOWS = tuple(name for name in ALL if name != "counts_from")

_SIZE = re.compile(r"(\d{1,15})\s*(?:([kmg])(?:i?b)?)?", re.ASCII | re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


async def show(context: Context) -> int:
    """Change what the user wants, if anything is to be changed, and print what counts then."""
    options, remote = context.options, context.remote
    entry = None
    if options.title is not None:
        entry = await find_entry(context.console, remote, options.title, first=options.first)
    keys = ALL if entry else OF_ALL_SHOWS
    wanted = dict(_assignment(text, keys) for text in options.set)
    wanted |= dict.fromkeys(_known(key, keys) for key in options.unset)
    place = (entry.provider, entry.id) if entry else None
    if options.clear and not wanted:
        await remote.forget_preferences(place)
    reply = await remote.preferences(place)
    if wanted:
        said = ShowPreferences() if options.clear else reply.set
        reply = await remote.set_preferences(place, attrs.evolve(said, **wanted))
    _print(context, entry, keys, reply)
    return OK


def _assignment(text: str, keys: Sequence[str]) -> tuple[str, Any]:
    key, sign, value = text.partition("=")
    if not sign:
        raise Stop(USAGE, f"{text!r} is not KEY=VALUE", hint=f"The keys are {', '.join(keys)}.")
    key = _known(key.strip(), keys)
    return key, _value(key, value.strip())


def _known(key: str, keys: Sequence[str]) -> str:
    if key in keys:
        return key
    if key in ALL:
        raise Stop(USAGE, f"{key} is of one show only", hint="Name it: uuut prefs TITLE ...")
    raise Stop(USAGE, f"there is no preference {key!r}", hint=f"There are {', '.join(keys)}.")


def _value(key: str, text: str) -> Any:
    if key in LISTS:
        return tuple(filter(None, (part.strip() for part in text.split(","))))
    if key not in NUMBERS:
        return text
    match = _SIZE.fullmatch(text)
    if match is None or (match[2] and key != "min_size"):
        example = "bytes, or 100MiB" if key == "min_size" else "a whole number"
        raise Stop(USAGE, f"{key} must be {example}, not {text!r}")
    return int(match[1]) * _UNITS[(match[2] or "").lower()]


def _print(
    context: Context, entry: EntryReply | None, keys: Sequence[str], reply: PreferencesReply
) -> None:
    console = context.console
    if context.json:
        console.json(reply)
        return
    console.say(title(entry.title) if entry else "all shows")
    values = msgspec.to_builtins(reply.effective)
    console.table(
        COLUMNS,
        [
            (Cell(key), Cell(_shown(key, values[key])), _origin(reply.from_.get(key, "default")))
            for key in keys
        ],
    )


def _origin(origin: str) -> Cell:
    return Cell(origin, "plain" if origin in ("show", "user") else "quiet")


def _shown(key: str, value: Any) -> str:
    if key == "min_size":
        return size(value)
    if isinstance(value, list | tuple):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)
