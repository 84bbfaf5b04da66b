"""Tortoise's SQLite client, with transactions that leave nothing behind when they fail.

Tortoise finds `client_class` in the module that a connection names as its engine.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError

_READING = ("query_only = ON", "busy_timeout = 5000", "cache_size = -1000")
"""How the connection is set up that only reads; it keeps up to 1,000 KiB of pages."""


class _Wrapper(SqliteTransactionWrapper):
    """One transaction."""

    async def begin(self) -> None:
        """Take the write lock now: a transaction that reads first cannot lose it half-way."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def commit(self) -> None:
        """Commit, or end the transaction: left open it would swallow all that is written next."""
        try:
            await super().commit()
        except sqlite3.OperationalError as error:
            await self._connection.rollback()
            raise OperationalError(error) from error


class _Transaction(SqliteTransactionContext):
    """A transaction that gives the lock back when it cannot begin."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        wrapper: TransactionalDBClient = self.connection
        return wrapper


class Client(SqliteClient):
    """A connection for all that writes, in which it waits in line, and one that only reads.

    What is read outside of a transaction waits for none, and so for no disk.  It sees all that
    was committed before it was asked.
    """

    def __init__(self, file_path: str, **settings: Any) -> None:
        super().__init__(file_path, **settings)
        self._reader: aiosqlite.Connection | None = None

    async def create_connection(self, with_db: bool) -> None:
        """Connect; Tortoise calls this before the first statement."""
        await super().create_connection(with_db)
        if self._reader is None:
            reader = await aiosqlite.connect(self.filename, isolation_level=None)
            reader.row_factory = sqlite3.Row
            for setting in _READING:
                await reader.execute_fetchall(f"PRAGMA {setting}")
            self._reader = reader

    async def close(self) -> None:
        """Close both connections, the one that writes last: it tidies up the log."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.close()
        await super().close()

    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[str, Any]]:
        """Return the rows that a statement finds."""
        if self._reader is None or not query.lstrip().startswith("SELECT"):
            found: list[dict[str, Any]] = await super().execute_query_dict(query, values)
            return found
        try:
            return list(map(dict, await self._reader.execute_fetchall(query, values)))
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(_Wrapper(self), self._lock)

    async def together(self, steps: Sequence[tuple[str, list[Any]]]) -> bool:
        """Do statements in one transaction if each changes one row; else none, and False."""
        async with self.acquire_connection() as connection:
            # Tortoise's and aiosqlite's public ways are one statement long.
            raw = connection._conn  # noqa: SLF001
            try:
                done: bool = await connection._execute(_together, raw, steps)  # noqa: SLF001
            except sqlite3.OperationalError as error:
                raise OperationalError(error) from error
            except sqlite3.IntegrityError as error:
                raise IntegrityError(error) from error
            return done


def _together(connection: sqlite3.Connection, steps: Sequence[tuple[str, list[Any]]]) -> bool:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for text, values in steps:
            before = connection.total_changes
            connection.execute(text, values).fetchall()
            if connection.total_changes - before != 1:
                connection.rollback()
                return False
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return True


client_class = Client
