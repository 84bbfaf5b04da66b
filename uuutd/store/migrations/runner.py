"""Bring a database to the shape that this version of the program works with.

Why Tortoise's own runner is not used is told in ``docs/decisions/0002-migrations.md``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from string import Template

import attrs
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from ...errors import ConfigError, Problem
from ..errors import failures

_WORDS = {
    "sqlite": {
        "serial": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
        "time": "TIMESTAMP",
        "flag": "INT",
        "bytes": "BLOB",
    },
    "postgres": {
        "serial": "SERIAL NOT NULL PRIMARY KEY",
        "time": "TIMESTAMPTZ",
        "flag": "BOOL",
        "bytes": "BYTEA",
    },
}
_RECORD = 'CREATE TABLE IF NOT EXISTS "migrations" ("name" VARCHAR(64) PRIMARY KEY, "at" $time)'
_ADVISORY_LOCK = "SELECT pg_advisory_xact_lock(8484, 1)"


@attrs.frozen
class Migration:
    """One step of the schema.

    *statements* are SQL, with a word of each dialect's own for ``$serial`` (a counted
    primary key), ``$time``, ``$flag`` and ``$bytes``.
    """

    name: str
    statements: tuple[str, ...]

    def sql(self, dialect: str) -> tuple[str, ...]:
        """Return the statements as *dialect* (``sqlite`` or ``postgres``) wants them."""
        return tuple(Template(text).substitute(_WORDS[dialect]) for text in self.statements)


async def migrate(client: BaseDBAsyncClient, migrations: Sequence[Migration]) -> tuple[str, ...]:
    """Apply those of *migrations* that the database lacks, and return their names.

    Each is one transaction together with the note that it was done: it is there wholly
    or not at all, whatever happens, and of two programs at once only one applies it.
    Raises `uuutd.errors.ConfigError` for one that fails, and for a database that a
    newer version of the program made.
    """
    done = []
    for migration in migrations:
        try:
            if await _apply(client, migration):
                done.append(migration.name)
        except failures() as failure:
            detail = f"migration {migration.name} failed and was undone: {failure}"
            raise ConfigError("database", [Problem("", detail)]) from failure
    await pending(client, migrations)
    return tuple(done)


async def pending(client: BaseDBAsyncClient, migrations: Sequence[Migration]) -> tuple[str, ...]:
    """Return the names of those of *migrations* that the database lacks.

    Raises `uuutd.errors.ConfigError` for a database that a newer version made.
    """
    known = [migration.name for migration in migrations]
    applied = await _applied(client)
    if newer := sorted(applied.difference(known)):
        detail = (
            f"it was made by a newer version of uuutd (it has {', '.join(newer)}); "
            "install that version, or put back a copy of the database from before it"
        )
        raise ConfigError("database", [Problem("", detail)])
    return tuple(name for name in known if name not in applied)


async def _apply(client: BaseDBAsyncClient, migration: Migration) -> bool:
    dialect = client.capabilities.dialect
    async with in_transaction(client.connection_name) as transaction:
        if dialect == "postgres":  # SQLite has its write lock already
            await transaction.execute_query(_ADVISORY_LOCK)
        await transaction.execute_query(Template(_RECORD).substitute(_WORDS[dialect]))
        if migration.name in await _applied(transaction):
            return False
        for statement in migration.sql(dialect):
            await transaction.execute_query(statement)
        mark = "?, ?" if dialect == "sqlite" else "$1, $2"
        now = datetime.now(UTC)
        await transaction.execute_insert(
            f'INSERT INTO "migrations" ("name", "at") VALUES ({mark})',  # noqa: S608 - two constants
            [migration.name, now.isoformat(" ") if dialect == "sqlite" else now],
        )
        return True


async def _applied(client: BaseDBAsyncClient) -> set[str]:
    return {
        row["name"] for row in await client.execute_query_dict('SELECT "name" FROM "migrations"')
    }
