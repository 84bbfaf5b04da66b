"""From the sources to a `Config`: the core's tables, then each backend's in its plugin's words."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from ..backends import Backend, Indexer, TorrentClient, WatchlistProvider
from ..domain import Kind, Secret
from ..errors import ConfigError, Problem
from ..plugins import Plugins
from . import disk
from .inline import secrets_in
from .model import SECTIONS, BackendTable, Config, Core, Database
from .sources import overlay, read_file
from .structure import Flaws, Reader, did_you_mean, join

B = TypeVar("B", bound=Backend[Any])
Tables = dict[str, dict[str, Any]]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_SQLITE = "sqlite://"


@attrs.frozen(kw_only=True)
class Findings:
    """What the file *source* says: *config*, or else every problem with it.

    *warnings* are what is unwise and works all the same.
    """

    source: Path
    config: Config | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def load(path: Path, plugins: Plugins, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration at *path*, load the plugins that it needs, and check all of it.

    Raises `ConfigError` with every problem that there is, in the file and in the
    environment, in the core's tables and in the backends'.
    """
    found = examine(path, plugins, environ)
    if found.config is None:
        raise ConfigError(str(found.source), found.problems)
    return found.config


def examine(
    path: Path,
    plugins: Plugins,
    environ: Mapping[str, str] = os.environ,
    *,
    on_disk: bool = False,
) -> Findings:
    """Do as `load`, and say what was found; raises `ConfigError` for a file that is not TOML.

    With *on_disk* it is a problem, too, if a folder that it names cannot be written.
    """
    document = read_file(path)
    path = path.resolve()
    problems = list(overlay(document, environ))
    sections: dict[Kind, Tables] = {}
    for kind, section in SECTIONS.items():
        sections[kind] = _backends_of(document.pop(section, {}), section, problems)
    blocked = _texts(document.get("blocked_plugins"))
    types = {str(each["type"]) for tables in sections.values() for each in tables.values()}
    plugins.load(types, blocked=blocked)
    reader = Reader(path.parent, on_disk=on_disk)
    core = _core(reader, document, problems)
    problems.extend(_strangers(plugins, blocked))
    tables = {
        kind: dict(_structured(reader, plugins, kind, sections[kind], problems))
        for kind in SECTIONS
    }
    config = None if core is None or problems else _config(path, core, tables)
    return Findings(
        source=path,
        config=config,
        problems=tuple(problems),
        warnings=tuple(_readable_secrets(path, plugins, document, sections)),
    )


def _core(reader: Reader, document: dict[str, Any], problems: list[Problem]) -> Core | None:
    try:
        return reader.table(document, Core, also=SECTIONS.values())
    except Flaws as error:
        problems.extend(error.problems)
        return None


def _strangers(plugins: Plugins, blocked: Iterable[str]) -> Iterator[Problem]:
    """Give a problem for each of *blocked* that is no installed plugin."""
    installed = [each.name for each in plugins.records]
    for name in blocked:
        if name not in installed:
            detail = f"no plugin {name[:80]!r} is installed{did_you_mean(name, installed)}"
            yield Problem("blocked_plugins", detail)


def _readable_secrets(
    path: Path, plugins: Plugins, document: Mapping[str, Any], sections: Mapping[Kind, Tables]
) -> Iterator[Problem]:
    """Warn of secrets that stand in a file which everybody can read."""
    if not disk.others_can_read(path):
        return
    paths = list(secrets_in(document, Core, ""))
    for kind, tables in sections.items():
        for name, table in tables.items():
            backend = plugins.classes(kind).get(str(table["type"]))
            if backend is not None:
                paths += secrets_in(table, backend.Config, f"{SECTIONS[kind]}.{name}")
    for each in paths:
        yield Problem(
            each, f"this secret stands in a file that others can read; run: chmod 600 {path}"
        )


def _backends_of(value: object, section: str, problems: list[Problem]) -> Tables:
    """Return the tables of *section* that are tables with a good name, each with its type."""
    if not isinstance(value, dict):
        problems.append(Problem(section, f"expected tables, such as [{section}.NAME]"))
        return {}
    good: Tables = {}
    for name, table in value.items():
        path = join(section, name)
        if not isinstance(table, dict):
            problems.append(Problem(path, f"expected a table: [{path}]"))
        elif not _NAME.fullmatch(name):
            detail = "a name is made of lower-case letters, digits, - and _, at most 32 of them"
            problems.append(Problem(path, detail))
        elif not isinstance(table.get("type", name), str):
            problems.append(Problem(f"{path}.type", "expected a text"))
        else:
            good[name] = {"type": name, **table}
    return good


def _structured(
    reader: Reader, plugins: Plugins, kind: Kind, tables: Tables, problems: list[Problem]
) -> Iterator[tuple[str, BackendTable[Any]]]:
    for name, table in tables.items():
        path = f"{SECTIONS[kind]}.{name}"
        settings = dict(table)
        named: dict[str, Any] = {"kind": kind, "name": name, "type": str(settings.pop("type"))}
        backend = plugins.classes(kind).get(named["type"])
        if backend is None:
            trouble = _broken(plugins, named["type"])
            if trouble is None:
                problems.append(Problem(path, _nobody_brings(plugins, kind, named["type"])))
            else:
                yield name, BackendTable(**named, backend=None, problem=trouble)
            continue
        try:
            made = reader.table(settings, backend.Config, also=("type",))
        except Flaws as error:
            problems.extend(Problem(join(path, each.path), each.detail) for each in error.problems)
        else:
            yield name, BackendTable(**named, backend=backend, settings=made)


def _broken(plugins: Plugins, type_: str) -> str | None:
    """Say which plugin does not work, if one may be the reason why nobody brings *type_*."""
    failed = plugins.suspect(type_)
    return None if failed is None else f"plugin {failed.name} does not work: {failed.problem}"


def _nobody_brings(plugins: Plugins, kind: Kind, type_: str) -> str:
    record = next((each for each in plugins.records if each.name == type_), None)
    if record is not None and record.state == "blocked":
        return f"plugin {type_} stands in blocked_plugins"
    plugins.load_all()
    known = sorted(plugins.classes(kind))
    article = "an" if kind == "indexer" else "a"
    near, installed = did_you_mean(type_, known), ", ".join(known) or "none"
    return f'no plugin brings {article} {kind} of type "{type_}"{near}; installed: {installed}'


def _config(path: Path, core: Core, tables: Mapping[Kind, Mapping[str, Any]]) -> Config:
    values = {each.name: getattr(core, each.name) for each in attrs.fields(Core)}
    values["data_dir"] = path.parent / core.data_dir
    values["database"] = _absolute(core.database, path.parent)
    return Config(
        **values,
        source=path,
        watchlists=cast("Mapping[str, BackendTable[WatchlistProvider[Any]]]", tables["watchlist"]),
        indexers=cast("Mapping[str, BackendTable[Indexer[Any]]]", tables["indexer"]),
        clients=cast("Mapping[str, BackendTable[TorrentClient[Any]]]", tables["client"]),
    )


def _absolute(database: Database, folder: Path) -> Database:
    """Make the path of an SQLite file one that begins at *folder*."""
    url = database.url.reveal() if database.url else ""
    if not url.startswith(_SQLITE):
        return database
    file = folder / Path(url.removeprefix(_SQLITE)).expanduser()
    return attrs.evolve(database, url=Secret(f"{_SQLITE}{file}"))


def _texts(value: object) -> tuple[str, ...]:
    """Return the texts of what should be a list of texts, and is not checked yet."""
    if isinstance(value, str):
        return tuple(each.strip() for each in value.split(","))
    return tuple(map(str, value)) if isinstance(value, list) else ()
