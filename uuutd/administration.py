"""What the administrator does beside a daemon: first set-up, checks, accounts."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs

from . import __version__
from .config import SECTIONS, BackendTable, Config
from .errors import ConfigError, Problem
from .fetch import open_sessions
from .instances import Instances
from .keys import KeyRing
from .metrics import Metrics
from .passwords import Passwords
from .plugins import PluginRecord
from .services.auth import Auth
from .store.engine import open_store
from .store.records import Role
from .wire import BackendReply, UserReply


def prepare(config: Config) -> None:
    """Make the data directory and the keys, if this is the first start on them.

    Raises `ConfigError` if there is a database but no keys: new ones could not read it.
    """
    try:
        config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        detail = f"{config.data_dir} cannot be made: {error.strerror}"
        raise ConfigError(config.source.name, [Problem("data_dir", detail)]) from error
    if config.key_file.exists():
        return
    database = Path(config.database_url.removeprefix("sqlite://"))
    if config.database_url.startswith("sqlite://") and database.exists():
        detail = f"the keys are missing, and without them {database} is of no use; bring them back"
        raise ConfigError(str(config.key_file), [Problem("", detail)])
    KeyRing.create(config.key_file)


def broken(config: Config) -> tuple[BackendTable[Any], ...]:
    """Return the configured backends whose plugin does not work."""
    sections = (config.watchlists, config.indexers, config.clients)
    tables = (table for section in sections for table in section.values())
    return tuple(table for table in tables if table.problem is not None)


def check_keys(config: Config) -> None:
    """Raise `ConfigError` if there are keys, but such that the daemon would not use them."""
    if config.key_file.exists():
        KeyRing.load(config.key_file)


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


async def add_user(config: Config, name: str, password: str, *, admin: bool) -> UserReply:
    """Make an account; raises `uuutd.errors.Invalid` and `uuutd.errors.UsernameTaken`."""
    async with _auth(config) as auth:
        return await auth.add_user(name, password, role=_role(admin))


async def invite(config: Config, *, admin: bool) -> str:
    """Return a code with which one person can sign up."""
    async with _auth(config) as auth:
        return await auth.invite(role=_role(admin))


def _role(admin: bool) -> Role:
    return "admin" if admin else "user"


@asynccontextmanager
async def _auth(config: Config) -> AsyncIterator[Auth]:
    prepare(config)
    keys = KeyRing.load(config.key_file)
    passwords = Passwords()
    try:
        async with open_store(config.database_url, lock_dir=config.data_dir, beside=True):
            yield Auth(keys=keys, passwords=passwords, signup=config.auth.signup)
    finally:
        passwords.close()


def plugin_lines(records: Iterable[PluginRecord]) -> list[str]:
    """Describe the installed plugins, one a line."""
    rows = [("PLUGIN", "STATE", "VERSION", "BRINGS"), *map(_plugin_row, records)]
    return _table(rows)


def backend_lines(replies: Iterable[BackendReply]) -> list[str]:
    """Describe backends, one a line."""
    rows = [
        (f"{SECTIONS[each.kind]}.{each.name}", each.state, each.version or each.problem or "")
        for each in replies
    ]
    return _table(rows)


def _plugin_row(record: PluginRecord) -> tuple[str, ...]:
    brings = [f"{kind} {name}" for kind in SECTIONS for name in getattr(record, SECTIONS[kind])]
    brings += ["a judge of releases"] if record.judges else []
    said = record.problem or ", ".join(brings)
    return (record.name, record.state, record.version or "-", said)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
