"""Tortoise's PostgreSQL client, with time limits on everything that waits.

Tortoise finds `client_class` in the module that a connection names as its engine.
"""

import asyncpg  # type: ignore[import-untyped]
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from .errors import failures

LIMIT = 5.0
"""How long anything may wait for a connection, an answer or a log-in, in seconds."""


class _Pool(asyncpg.Pool):  # type: ignore[misc]  # asyncpg has no types
    """A pool that does not let anybody wait for ever."""

    def acquire(self, *, timeout: float | None = None) -> asyncpg.pool.PoolAcquireContext:
        return super().acquire(timeout=timeout or LIMIT)


class _Transaction(TransactionContextPooled):
    """A transaction that gives its connection back when it cannot begin."""

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except failures():
            # Tortoise has no public way to a transaction's connection and pool.
            connection = self.client._connection  # noqa: SLF001
            if connection is not None:
                await self.client._parent._pool.release(connection)  # noqa: SLF001
                get_connections().reset(self.token)
            raise


class Client(AsyncpgDBClient):
    """A pool of connections."""

    async def create_pool(self, **settings: object) -> asyncpg.Pool:
        """Connect; *settings* are those of `asyncpg.create_pool`."""
        return await _Pool(
            None,
            max_queries=50_000,
            max_inactive_connection_lifetime=300.0,
            record_class=asyncpg.Record,
            timeout=LIMIT,
            command_timeout=LIMIT,
            **settings,
        )

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(TransactionWrapper(self), self._pool_init_lock)


client_class = Client
