"""Open the database: find it, lock it, check it, bring its tables up to date.

What only PostgreSQL needs is imported when it is used: it is big.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import attrs
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from ..errors import Busy, ConfigError, Problem
from .errors import REPLACE, answering, failures, settle, translate
from .lock import hold_lock
from .migrations import ALL, migrate, pending
from .place import Place, parse


@attrs.frozen
class Store:
    """An open database; *place* says which."""

    place: Place

    async def ping(self) -> None:
        """Ask the database for a sign of life; `uuutd.errors.Busy` if there is none."""
        await _ping(self.place.dialect)


@asynccontextmanager
async def open_store(url: str, *, lock_dir: Path, beside: bool = False) -> AsyncIterator[Store]:
    """Open the database at *url* for this task and all that it starts from now on.

    *url* is ``sqlite://PATH`` or ``postgres://USER:PASSWORD@HOST:PORT/NAME``.  The lock
    in *lock_dir*, and on PostgreSQL the claim on the database, keep a second daemon off;
    with *beside* (``uuutd user add``) a running daemon is no hindrance.  What was begun
    is finished before the database is closed.
    Raises `uuutd.errors.ConfigError` for a database that cannot be used, and
    `uuutd.errors.Busy` for one that may answer later.
    """
    place = parse(url)
    place.prepare()
    async with AsyncExitStack() as stack:
        alone = stack.enter_context(hold_lock(lock_dir, needed=not beside))
        context = await stack.enter_async_context(TortoiseContext())
        await context.init(config=place.tortoise_config("uuutd.store.tables"))
        with _refusing(place):
            if place.dialect == "postgres" and not beside:
                from .claim import hold_claim  # noqa: PLC0415 - see above

                await stack.enter_async_context(hold_claim(place))
            await _make_ready(context.db(), place, alone=alone)
        stack.push_async_callback(settle)
        yield Store(place)


async def has_users(url: str) -> bool:
    """Whether there is anybody in the PostgreSQL database at *url*; its tables may be missing.

    Raises as `open_store` does.
    """
    from .claim import connect  # noqa: PLC0415 - see above

    place = parse(url)
    with _refusing(place):
        connection = await connect(place)
        try:
            if await connection.fetchval("SELECT to_regclass('users')") is None:
                return False
            return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM users)"))
        finally:
            connection.terminate()


@contextmanager
def _refusing(place: Place) -> Iterator[None]:
    """Say in our words why *place* cannot be used."""
    try:
        yield
    except failures() as failure:
        error = translate(failure)
        if isinstance(error, Busy) and place.may_recover(failure):
            raise error from failure
        broken = place.dialect == "sqlite" and isinstance(error, Busy)
        raise place.refused(f"{failure}; {REPLACE}" if broken else str(failure)) from failure


async def _make_ready(client: BaseDBAsyncClient, place: Place, *, alone: bool) -> None:
    await _check(client, place)
    if alone:
        await migrate(client, ALL)
    elif await pending(client, ALL):
        detail = "a uuutd of an older version is running on it; restart that one first"
        raise ConfigError(str(place), [Problem("", detail)])


async def _check(client: BaseDBAsyncClient, place: Place) -> None:
    if place.dialect == "postgres":
        await client.execute_query("SELECT 1")
        return
    rows = await client.execute_query_dict("PRAGMA quick_check(1)")
    verdict = next(iter(rows[0].values()))
    if verdict != "ok":
        raise place.refused(f"it is damaged: {verdict}; {REPLACE}")


@answering
async def _ping(connection: str) -> None:
    await get_connection(connection).execute_query("SELECT 1")
