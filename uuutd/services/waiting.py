"""Waiting for what cannot be had now."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any, Final

from ..instances import Instance

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds between tries, the last for all that follow."""

LOST_STATE: Final = "lost-state"
"""The alarm of a client that shows so little that it must have forgotten, and may remember."""

LOOKS_EVERY = 0.5
"""Seconds between two looks whether the backend is back."""


class Patience:
    """Pauses between tries that grow, and end early when the backend is back."""

    def __init__(self, instance: Instance[Any] | None) -> None:
        self._instance = instance
        self._pauses: Iterator[float] = chain(PAUSES, repeat(PAUSES[-1]))

    async def wait(self, retry_after: float | None) -> None:
        """Wait before the next try, at least *retry_after* seconds if the backend said so."""
        pause = next(self._pauses)
        if self._instance is None or (retry_after is not None and self._instance.state == "ready"):
            await asyncio.sleep(max(pause, retry_after or 0.0))
            return
        loop = asyncio.get_running_loop()
        deadline = loop.time() + max(pause, retry_after or 0.0)
        while loop.time() < deadline:
            self._instance.want()
            await asyncio.sleep(min(pause, LOOKS_EVERY, max(0.0, deadline - loop.time())))
            if self._instance.state == "ready":
                return

    @staticmethod
    async def until(moment: datetime | None, *, at_most: timedelta) -> None:
        """Wait until *moment*, not at all if it has passed or was never set.

        *at_most* is how long it can be: a clock that was put back does not stretch it.
        """
        if moment is not None:
            left = min(moment - datetime.now(UTC), at_most)
            await asyncio.sleep(max(0.0, left.total_seconds()))
