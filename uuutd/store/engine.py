"""Open the database: find it, lock it, check it, bring its tables up to date."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from ..errors import Busy, ConfigError, Problem
from .errors import FAILURES, answering, settle, translate
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
    in *lock_dir* keeps a second daemon off; with *beside* (``uuutd user add``) a running
    daemon is no hindrance.  What was begun is finished before the database is closed.
    Raises `uuutd.errors.ConfigError` for a database that cannot be used, and
    `uuutd.errors.Busy` for one that may answer later.
    """
    place = parse(url)
    place.prepare()
    with hold_lock(lock_dir, needed=not beside) as alone:
        async with TortoiseContext() as context:
            await context.init(config=place.tortoise_config("uuutd.store.tables"))
            await _make_ready(context.db(), place, alone=alone)
            try:
                yield Store(place)
            finally:
                await settle()


async def _make_ready(client: BaseDBAsyncClient, place: Place, *, alone: bool) -> None:
    try:
        await _check(client, place)
        if alone:
            await migrate(client, ALL)
        elif await pending(client, ALL):
            detail = "a uuutd of an older version is running on it; restart that one first"
            raise ConfigError(str(place), [Problem("", detail)])
    except FAILURES as failure:
        error = translate(failure)
        if isinstance(error, Busy) and place.may_recover(failure):
            raise error from failure
        raise place.refused(str(failure)) from failure


async def _check(client: BaseDBAsyncClient, place: Place) -> None:
    if place.dialect == "postgres":
        await client.execute_query("SELECT 1")
        return
    rows = await client.execute_query_dict("PRAGMA quick_check(1)")
    verdict = next(iter(rows[0].values()))
    if verdict != "ok":
        raise place.refused(f"it is damaged: {verdict}")


@answering
async def _ping(connection: str) -> None:
    await get_connection(connection).execute_query("SELECT 1")
