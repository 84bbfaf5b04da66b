"""What the administrator does beside a daemon: first set-up, checks, accounts."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs

from . import __version__
from .config import SECTIONS, BackendTable, Config, Findings, examine
from .errors import ConfigError, Problem
from .fetch import open_sessions
from .instances import Instances
from .keys import KeyRing
from .metrics import Metrics
from .passwords import Passwords
from .plugins import PluginRecord, Plugins
from .services.administration import Administration
from .services.audit import Audit
from .services.signups import Signups
from .services.throttle import Throttle
from .store.engine import has_users, open_store
from .store.place import parse
from .wire import BackendReply


async def prepare(config: Config) -> None:
    """Make the data directory and the keys, if this is the first start on them.

    Raises `ConfigError` if there is a database in use but no keys: new ones could not
    read it.
    """
    try:
        config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        detail = f"{config.data_dir} cannot be made: {error.strerror}"
        raise ConfigError(str(config.source), [Problem("data_dir", detail)]) from error
    if config.key_file.exists():
        return
    if (database := await _in_use(config)) is not None:
        raise _lost(config, database)
    KeyRing.create(config.key_file)


def _lost(config: Config, database: str) -> ConfigError:
    detail = (
        f"the keys are missing; bring back those of {database} or, if they are lost for good, "
        "run: uuutd keys new"
    )
    return ConfigError(str(config.key_file), [Problem("", detail)])


async def _in_use(config: Config) -> str | None:
    """Return what to call the database if it may hold what only its own keys can read."""
    place = parse(config.database_url)
    used = await has_users(config.database_url) if place.path is None else place.path.exists()
    return str(place) if used else None


def examine_all(path: Path, plugins: Plugins) -> Findings:
    """Check the configuration at *path* with the disk that it names; say all that is wrong.

    Raises `ConfigError` for a file that cannot be read.
    """
    found = examine(path, plugins, on_disk=True)
    if found.config is None:
        return found
    problems = [*_key_problems(found.config), *_database_problems(found.config)]
    config = None if problems else found.config
    return attrs.evolve(found, config=config, problems=tuple(problems))


def _key_problems(config: Config) -> Iterator[Problem]:
    """Give what is wrong with the keys; there may be none before the first start.

    Whether a database elsewhere is in use already is not asked: `prepare` does.
    """
    try:
        if config.key_file.exists():
            KeyRing.load(config.key_file)
        elif (file := parse(config.database_url).path) is not None and file.exists():
            raise _lost(config, str(parse(config.database_url)))
    except ConfigError as error:
        yield from (Problem(str(config.key_file), each.detail) for each in error.problems)
    except OSError as error:
        yield Problem("data_dir", f"{config.data_dir} cannot be read: {error.strerror}")


def _database_problems(config: Config) -> Iterator[Problem]:
    """Give what is wrong with the folder of an SQLite file: nobody but us makes the data's."""
    path = parse(config.database_url).path
    if path is not None and path.parent != config.data_dir and not path.parent.is_dir():
        yield Problem("database.url", f"there is no folder {path.parent}; make it first")


def broken(config: Config) -> tuple[BackendTable[Any], ...]:
    """Return the configured backends whose plugin does not work."""
    sections = (config.watchlists, config.indexers, config.clients)
    tables = (table for section in sections for table in section.values())
    return tuple(table for table in tables if table.problem is not None)


async def try_backends(config: Config) -> tuple[BackendReply, ...]:
    """Open every configured backend, reach its service, close it again, and say how it was.

    They get a passing folder for their files: a daemon may be using the real one.
    """
    with tempfile.TemporaryDirectory(prefix="uuutd-check-") as folder:
        async with open_sessions(f"UUUTorrent/{__version__}") as (http, outside):
            passing = attrs.evolve(config, data_dir=Path(folder))
            instances = Instances.of(passing, http=http, outside=outside, metrics=Metrics())
            await instances.start()
            try:
                await asyncio.gather(*(each.opened() for each in instances))
                return instances.replies().backends
            finally:
                await instances.stop()


@asynccontextmanager
async def managing(config: Config) -> AsyncIterator[Administration]:
    """Give what changes accounts, beside a daemon that may be running."""
    await prepare(config)
    KeyRing.load(config.key_file)  # no account without keys that are good
    passwords = Passwords()
    throttle, audit = Throttle(), Audit()
    mode = config.auth.signup
    signups = Signups(passwords=passwords, throttle=throttle, audit=audit, mode=mode)
    try:
        async with open_store(config.database_url, lock_dir=config.data_dir, beside=True):
            yield Administration(
                signups=signups, passwords=passwords, throttle=throttle, audit=audit
            )
    finally:
        passwords.close()


def plugin_lines(records: Iterable[PluginRecord]) -> list[str]:
    """Describe the installed plugins, one a line."""
    rows = [("PLUGIN", "STATE", "VERSION", "BRINGS"), *map(_plugin_row, records)]
    return table(rows)


def backend_lines(replies: Iterable[BackendReply]) -> list[str]:
    """Describe backends, one a line."""
    rows = [
        (f"{SECTIONS[each.kind]}.{each.name}", each.state, each.version or each.problem or "")
        for each in replies
    ]
    return table(rows)


def _plugin_row(record: PluginRecord) -> tuple[str, ...]:
    brings = [f"{kind} {name}" for kind in SECTIONS for name in getattr(record, SECTIONS[kind])]
    brings += ["a judge of releases"] if record.judges else []
    said = record.problem or ", ".join(brings)
    return (record.name, record.state, record.version or "-", said)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines, with their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
