"""What a database that does not answer means to everybody else."""

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError

from ..errors import Busy, Error, NoSpace

P = ParamSpec("P")
R = TypeVar("R")

REPLACE = "stop uuutd and put a copy of the file in its place"
"""What can be done about a damaged SQLite file."""

_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_SQLITE_BROKEN = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}
# What SQLite says of a quota that is used up, and of every other refusal to write than ENOSPC.
_SQLITE_UNWRITABLE = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_POSTGRES_DISK_FULL = "53100"
_POSTGRES_READ_ONLY = "25006"
# PostgreSQL's error classes, appendix A of its manual: connection, rollback, resources,
# object state (a lock not available), operator (shutdown, cancel), system.
_POSTGRES_BUSY = ("08", "40", "53", "55", "57", "58", _POSTGRES_READ_ONLY)

_SETTLE_WITHIN = 10.0
_ROOM_AFTER = 2.0

_LOCAL = (OperationalError, TransactionManagementError, sqlite3.Error, OSError)

_running: set[asyncio.Task[Any]] = set()
_answering: ContextVar[bool] = ContextVar("uuutd_store_answering", default=False)


class Full(NoSpace, Busy):
    """The database has no room: what is not recorded has not happened, and jobs wait for room."""

    def __init__(self, detail: str = "There is no room left on the disk of the database.") -> None:
        super().__init__(
            detail,
            retry_after=_ROOM_AFTER,
            hint="Make room on it, or see to its quota; nothing has to be restarted.",
        )


def failures() -> tuple[type[BaseException], ...]:
    """Return all that a call may raise when the database, and not the caller, is at fault."""
    return (*_LOCAL, *postgres_failures())


def postgres_failures() -> tuple[type[BaseException], ...]:
    """Return the errors of PostgreSQL and of its client; none while that has not been loaded.

    It is big, and a daemon with SQLite does without it.
    """
    asyncpg = sys.modules.get("asyncpg")
    return () if asyncpg is None else (asyncpg.PostgresError, asyncpg.InterfaceError)


def answering(function: Callable[P, Awaitable[R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Make *function* a public one of the store.

    A database that is locked, gone or out of room raises `uuutd.errors.Busy` or
    `NoSpace`.  Once begun the function runs to its end, even when its caller is
    cancelled: a request that was hung up on leaves no transaction open behind it.
    """

    @wraps(function)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> R:
        if _answering.get():
            return await function(*args, **kwargs)
        return await asyncio.shield(_translated(function(*args, **kwargs)))

    return answered


def reading(function: Callable[P, Awaitable[R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Make *function*, which only reads, a public one of the store.

    It fails as an `answering` one does, and ends with its caller: it leaves nothing behind.
    """

    @wraps(function)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await function(*args, **kwargs)
        except failures() as failure:
            error = translate(failure)
            if error is None:
                raise
            raise error from failure

    return answered


async def settle() -> None:
    """Wait until what was begun has ended, also that whose caller is gone; but not for ever."""
    loop = asyncio.get_running_loop()
    if mine := [task for task in _running if task.get_loop() is loop]:
        await asyncio.wait(mine, timeout=_SETTLE_WITHIN)


async def _translated(call: Awaitable[R]) -> R:
    _answering.set(True)
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - `asyncio.shield` has made one
    _running.add(task)
    try:
        return await call
    except failures() as failure:
        error = translate(failure)
        if error is None:
            raise
        raise error from failure
    finally:
        _running.discard(task)


def translate(failure: BaseException) -> Error | None:
    """Say what *failure* means in our words; None if it is nobody's fault but ours."""
    if isinstance(failure, OperationalError | TransactionManagementError):
        inner = failure.args[0] if failure.args else None
        return translate(inner) if isinstance(inner, BaseException) else None
    if isinstance(failure, DBConnectionError) and failure.__cause__:
        return translate(failure.__cause__)
    if isinstance(failure, sqlite3.Error):
        return _from_sqlite(failure)
    if (state := getattr(failure, "sqlstate", None)) is not None:
        return _from_postgres(failure, state)
    if isinstance(failure, (OSError, *postgres_failures())):
        return _gone(str(failure))
    return None


def _from_sqlite(failure: sqlite3.Error) -> Error | None:
    code = getattr(failure, "sqlite_errorcode", None)
    if code is None:
        return None
    if code in _SQLITE_UNWRITABLE:
        return Full(f"Nothing more can be written to the database: {failure}.")
    primary = code & 0xFF  # the rest says which kind of it
    if primary in _SQLITE_BUSY:
        return Busy("The database is held by another program.", retry_after=1)
    if primary == sqlite3.SQLITE_FULL:
        return Full()
    if primary in _SQLITE_BROKEN:
        return Busy(
            f"The database file cannot be used: {failure}.",
            retry_after=60,
            hint=f"Look at its disk; if the file is damaged: {REPLACE}.",
        )
    return None


def _from_postgres(failure: BaseException, state: str) -> Error | None:
    if state == _POSTGRES_DISK_FULL:
        return Full()
    return _gone(str(failure)) if state.startswith(_POSTGRES_BUSY) else None


def _gone(why: str) -> Busy:
    detail = "The database does not answer" + (f": {why.rstrip('.')}." if why else " in time.")
    return Busy(detail, retry_after=2)
