"""How fast we may ask, and how long we must not."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from uuutd.errors import RateLimited

LONGEST_QUEUE = 10.0
"""Who would wait longer than this for a turn is told so at once, in seconds."""
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 900.0


class Pace:
    """Gives turns: *burst* at once after a quiet time, then *rate* a second, *in_flight* at a time.

    After `pause` no turns are given for a while.  *clock* counts seconds.
    """

    def __init__(
        self,
        *,
        burst: int,
        rate: float,
        in_flight: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst = burst
        self._rate = rate
        self._free = asyncio.Semaphore(in_flight)
        self._clock = clock
        self._tokens = float(burst)
        self._counted_at = clock()
        self._paused_until = 0.0
        self._why = ""
        self._next_pause = FIRST_PAUSE

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it for the block.

        Raises `RateLimited` at once during a pause, and when the queue is too long.
        """
        self._check_pause()
        delay = self._reserve()
        if delay > 0:
            await asyncio.sleep(delay)
        async with self._free:
            self._check_pause()
            yield

    def pause(self, why: str, seconds: float | None = None) -> float:
        """Give no turns for *seconds*, and return how many these are.

        None doubles the time of the last pause, until `success`; during a pause it adds
        nothing, because requests that were on their way are refused as well.
        """
        left = self._paused_until - self._clock()
        if seconds is None:
            if left > 0:
                return left
            seconds = self._next_pause
            self._next_pause = min(2 * seconds, LONGEST_PAUSE)
        if seconds > left:
            self._why = why
            self._paused_until = self._clock() + seconds
        return seconds

    def success(self) -> None:
        """Note that the site answers, so that the next pause is a short one again."""
        self._next_pause = FIRST_PAUSE

    def _check_pause(self) -> None:
        left = self._paused_until - self._clock()
        if left > 0:
            raise RateLimited(
                f"{self._why}; nothing is sent for another {left:.0f} s", retry_after=left
            )

    def _reserve(self) -> float:
        """Take one token, perhaps one that is yet to come, and return the seconds until then."""
        now = self._clock()
        grown = self._tokens + (now - self._counted_at) * self._rate
        self._tokens, self._counted_at = min(grown, float(self._burst)), now
        delay = max(0.0, (1 - self._tokens) / self._rate)
        if delay > LONGEST_QUEUE:
            raise RateLimited(
                f"too many searches at once: the next one can go out in {delay:.0f} s",
                hint="uuutd paces its requests; the settings burst and rate say how.",
                retry_after=delay,
            )
        self._tokens -= 1
        return delay
