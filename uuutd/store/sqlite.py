"""Tortoise's SQLite client, with transactions that leave nothing behind when they fail.

Tortoise finds `client_class` in the module that a connection names as its engine.
"""

import sqlite3

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


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
    """One connection for all; what is asked of it at the same time waits in line."""

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(_Wrapper(self), self._lock)


client_class = Client
