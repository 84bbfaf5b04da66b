"""Where a database is, and how Tortoise is told."""

import os
import sqlite3
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import attrs

from ..domain import Secret
from ..errors import ConfigError, Problem
from .errors import postgres_failures

SOURCE = "database.url"
_FORMS = "write sqlite://FILE or postgres://USER:PASSWORD@HOST:PORT/NAME"
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SQLITE_SETTINGS = {
    "busy_timeout": 5000,
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
}
_POOL = {"minsize": 1, "maxsize": 10, "application_name": "uuutd"}


@attrs.frozen
class Place:
    """A database; its text names it without the password.

    *dialect* is also the name of Tortoise's connection: Tortoise keeps the SQL that it
    built by connection name, and would give one dialect's to the other.
    """

    dialect: Literal["sqlite", "postgres"]
    text: str
    settings: dict[str, Any]

    def __str__(self) -> str:
        return self.text

    @property
    def path(self) -> Path | None:
        """The SQLite file."""
        file = self.settings.get("file_path")
        return None if file is None else Path(file)

    def prepare(self) -> None:
        """Make the SQLite file if there is none, and see that only we can read it.

        SQLite gives the files that it makes beside it the same mode.
        """
        if self.path is None:
            return
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self.path.chmod(0o600)
        except OSError as error:
            raise self.refused(f"it cannot be opened for writing: {error.strerror}") from error

    def connect_settings(self) -> dict[str, Any]:
        """Return what `asyncpg.connect` wants to know."""
        return {
            key: value.reveal() if isinstance(value, Secret) else value
            for key, value in self.settings.items()
            if key not in _POOL
        }

    def tortoise_config(self, *modules: str) -> dict[str, Any]:
        """Return what Tortoise wants to know, with *modules* as those that hold the tables."""
        settings = dict(self.settings)
        if isinstance(password := settings.get("password"), Secret):
            settings["password"] = password.reveal()
        engine = f"uuutd.store.{self.dialect}"
        return {
            "connections": {self.dialect: {"engine": engine, "credentials": settings}},
            "apps": {"uuutd": {"models": list(modules), "default_connection": self.dialect}},
            "use_tz": True,
            "timezone": "UTC",
        }

    def may_recover(self, failure: BaseException) -> bool:
        """Whether *failure* may go away by itself, without a change to a file or a setting."""
        inner = failure.args[0] if failure.args else None
        for error in (failure, inner):
            if isinstance(error, sqlite3.Error):
                return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
        return isinstance(failure, (OSError, *postgres_failures()))

    def refused(self, why: str) -> ConfigError:
        """Return the error of a database that cannot be used."""
        return ConfigError(SOURCE, [Problem("", f"{self.text}: {why}")])


def parse(url: str) -> Place:
    """Read the setting *url*; raises `uuutd.errors.ConfigError` if it names no database."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite" and rest:
        return Place("sqlite", rest, {"file_path": rest, **_SQLITE_SETTINGS})
    if separator and scheme in ("postgres", "postgresql"):
        return _postgres(url)
    raise _wrong(f"it names no database that we know; {_FORMS}")


def _postgres(url: str) -> Place:
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:  # its text may hold a part of the password
        raise _wrong(f"host and port cannot be read; {_FORMS}") from error
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise _wrong(f"the name of the database is missing; {_FORMS}")
    options = _options(parts)
    host = options.pop("host", None) or unquote(parts.hostname or "") or "127.0.0.1"
    settings: dict[str, Any] = {"host": host, "port": port, "database": name, **_POOL}
    if parts.username:
        settings["user"] = unquote(parts.username)
    if parts.password:
        settings["password"] = Secret(unquote(parts.password))
    if mode := options.get("sslmode"):
        settings["ssl"] = mode
    return Place("postgres", f"postgres://{host}:{port}/{name}", settings)


def _options(parts: SplitResult) -> dict[str, str]:
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if unknown := sorted(options.keys() - {"host", "sslmode"}):
        raise _wrong(f"unknown option {unknown[0]}; there are host and sslmode")
    if (mode := options.get("sslmode")) and mode not in _SSL_MODES:
        raise _wrong(f"sslmode is one of {', '.join(_SSL_MODES)}")
    return options


def _wrong(detail: str) -> ConfigError:
    return ConfigError(SOURCE, [Problem("", detail)])
