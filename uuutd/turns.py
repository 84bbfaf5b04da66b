"""Work that keeps the event loop to itself for milliseconds, in turns.

Fifty searches may end at the same moment.  Read and judged all in one turn of the loop they
would keep everybody else waiting for as long; one by one, requests come in between.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Lets one piece of such work be done in each turn of the event loop, in the order asked."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn; the block is the work, and awaits nothing."""
        async with self._lock:
            yield
            await asyncio.sleep(0)
