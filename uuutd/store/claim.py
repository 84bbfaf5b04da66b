"""One daemon to a PostgreSQL database, whatever machine it runs on.

The claim is an advisory lock of a session, on a connection of its own: the server lets go
of it when that connection ends.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from ..errors import ConfigError, Problem
from ..tasks import spawn
from .errors import failures
from .place import SOURCE, Place

LIMIT = 5.0
"""How long connecting and each question may take, in seconds."""
PATIENCE = 2.0
"""How long the server may take to notice that an earlier daemon is gone, in seconds."""
HEARTBEAT = 30.0
"""How often the connection is tried, in seconds."""
AGAIN = 2.0
"""How long to wait before the next try to get a lost claim back, in seconds."""

_KEY = "8484, 2"  # 8484, 1 is held while tables are changed
_SESSION = {
    "application_name": "uuutd claim",
    # A machine that vanished lets go after a minute, and not after the two hours of most systems.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_HOLDER = """
    SELECT coalesce(host(client_addr), 'this machine') FROM pg_locks JOIN pg_stat_activity
    USING (pid) WHERE locktype = 'advisory' AND classid = 8484 AND objid = 2 AND granted
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

log = logging.getLogger("uuutd.store")


class _Held(Exception):
    """Somebody else has the claim; the text says from where."""


@asynccontextmanager
async def hold_claim(place: Place) -> AsyncIterator[None]:
    """Hold the claim on *place*; if its connection is lost, get it again in the background.

    Raises `uuutd.errors.ConfigError` if another daemon has it, and what asyncpg raises
    for a server that does not answer.
    """
    try:
        connection = await _claim(place)
    except _Held as held:
        detail = (
            f"{place}: another uuutd (connected from {held}) works with this database; "
            "stop it first, or give this one a database of its own"
        )
        raise ConfigError(SOURCE, [Problem("", detail)]) from held
    keeper = spawn(_keep(place, connection), name="claim on the database")
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def connect(place: Place, **more: Any) -> Any:
    """Return a connection of one's own to the PostgreSQL at *place*."""
    return await asyncpg.connect(
        **place.connect_settings(), timeout=LIMIT, command_timeout=LIMIT, **more
    )


async def _claim(place: Place) -> Any:
    """Return a connection that has the claim."""
    connection = await connect(place, server_settings=_SESSION)
    try:
        await connection.execute(f"SET lock_timeout = {round(PATIENCE * 1000)}")
        await connection.execute(f"SELECT pg_advisory_lock({_KEY})")
    except asyncpg.LockNotAvailableError as error:
        holder = await connection.fetchval(_HOLDER)
        await _close(connection)
        raise _Held(holder or "somewhere else") from error
    except BaseException:
        connection.terminate()
        raise
    return connection


async def _keep(place: Place, connection: Any) -> None:
    """Watch over *connection* until cancelled, and put another in its place when it is lost."""
    try:
        while True:
            await _lost(connection)
            log.error("the claim on %s was lost; trying to get it again", place)
            connection = await _regain(place)
            log.warning("the claim on %s is held again", place)
    finally:
        await _close(connection)


async def _lost(connection: Any) -> None:
    """Return when *connection* has ended."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    while not (ended.is_set() or connection.is_closed()):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), HEARTBEAT)
            return
        try:
            await connection.execute("SELECT 1")
        except failures():
            connection.terminate()
            return


async def _regain(place: Place) -> Any:
    told = False
    while True:
        try:
            return await _claim(place)
        except _Held as held:
            if not told:
                log.error(  # noqa: TRY400 - there is nothing more to say
                    "another uuutd (connected from %s) works with %s now; stop one of the two",
                    *(held, place),
                )
            told = True
        except failures() as failure:
            log.info("the claim on %s cannot be had yet: %s", place, failure)
        await asyncio.sleep(AGAIN)


async def _close(connection: Any) -> None:
    """End *connection*, which lets go of the claim; do not wait for a server that is gone."""
    try:
        await connection.close(timeout=LIMIT)
    except failures():
        connection.terminate()
