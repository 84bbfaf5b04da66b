"""What a backend gets from the daemon, made for a test."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from ..backends import Host
from ..fetch import PATIENCE, open_sessions
from ..threads import Threads


@contextlib.asynccontextmanager
async def test_host(
    data_dir: Path,
    instance: str = "test",  # noqa: PT028 - not a test, whatever its name says
    *,
    patience: aiohttp.ClientTimeout = PATIENCE,  # noqa: PT028 - see above
) -> AsyncIterator[Host]:
    """Make a host with real sessions and threads of its own; the sessions end with the block.

    *data_dir* is made if it is not there.  *patience* shortens the time limits of
    requests, for tests of a service that hangs.
    """
    await asyncio.to_thread(data_dir.mkdir, parents=True, exist_ok=True)
    async with open_sessions("uuutd-test", patience=patience) as (http, outside):
        yield Host(
            instance=instance,
            data_dir=data_dir,
            http=http,
            outside=outside,
            log=logging.getLogger(f"uuutd.test.{instance}"),
            in_thread=Threads(instance),
        )


# pytest takes a function of this name for a test wherever a test module imports it.
test_host.__test__ = False  # type: ignore[attr-defined]
