"""One queue for everybody's requests: AniList counts per address, not per user."""

import asyncio
import bisect
import time
from collections.abc import Callable, Mapping
from typing import Final

from uuutd.errors import BackendError, RateLimited
from uuutd.fetch import retry_after

WINDOW: Final = 60.0
"""The seconds over which AniList counts requests."""
LONGEST_QUEUE: Final = 5.0
"""The longest wait for a turn, in seconds; who would wait longer is told to come again."""
LOCK_OUT: Final = 60.0
"""How long AniList shuts us out when it does not say for how long, in seconds."""
MOST: Final = 1000
"""What we take for the limit at most, whatever a header says."""


class Pacer:
    """Gives out turns, never more in any minute than AniList allows.

    After a quiet time half a minute's requests may go out at once; those after them
    keep an even distance.  *limit* is believed until an answer's headers say
    otherwise.  Once `shut_out`, no turn is given until the time is over.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._turns: list[float] = []
        self._closed: Callable[[float], BackendError] = _rate_limited
        self._closed_until = 0.0
        self._may_ask = False

    @property
    def limit(self) -> int:
        """How many requests a minute are allowed, as far as we know."""
        return self._limit

    async def turn(self) -> None:
        """Wait for a turn; raise at once when there is none to be had soon."""
        await asyncio.sleep(self.reserve())
        self._check_open(self._clock())

    def reserve(self) -> float:
        """Take the next turn and return in how many seconds it is.

        Raises `RateLimited` if that is longer than `LONGEST_QUEUE`, and what `shut_out`
        was told while AniList does not want to hear from us.
        """
        now = self._clock()
        self._check_open(now)
        del self._turns[: bisect.bisect_right(self._turns, now - WINDOW)]
        start = now
        if len(self._turns) >= max(self._limit // 2, 1):
            start = max(start, self._turns[-1] + WINDOW / self._limit)
        if len(self._turns) >= self._limit:
            start = max(start, self._turns[-self._limit] + WINDOW)
        wait = start - now
        if wait > LONGEST_QUEUE:
            raise _rate_limited(wait)
        bisect.insort(self._turns, start)
        return wait

    def heard(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer what the limit is and how much of it is left."""
        limit = _count(headers, "X-RateLimit-Limit")
        if limit:
            self._limit = limit
        remaining = _count(headers, "X-RateLimit-Remaining")
        if remaining is None:
            return
        now = self._clock()
        ours = bisect.bisect_right(self._turns, now) - bisect.bisect_right(
            self._turns, now - WINDOW
        )
        # Somebody else at our address asks AniList too: their requests count as turns.
        for _ in range(self._limit - remaining - ours):
            bisect.insort(self._turns, now)

    def lock_out(self, headers: Mapping[str, str]) -> BackendError:
        """Give no turns for as long as *headers* say; return the error to raise."""
        seconds = retry_after(headers)
        if seconds is not None:
            self._turns.clear()  # it says itself when the next one is due
        return self.shut_out(LOCK_OUT if seconds is None else max(seconds, 1.0), _rate_limited)

    def shut_out(
        self, seconds: float, error: Callable[[float], BackendError], *, may_ask: bool = False
    ) -> BackendError:
        """Give no turns for *seconds*; *error* makes what to raise instead from those left.

        With *may_ask* the time is our own guess, which `reopen` ends early.
        """
        until = self._clock() + seconds
        if until >= self._closed_until:
            self._closed, self._closed_until, self._may_ask = error, until, may_ask
        return error(seconds)

    def reopen(self) -> None:
        """Give turns again, unless AniList wants us to stay away."""
        if self._may_ask:
            self._closed_until = 0.0

    def _check_open(self, now: float) -> None:
        left = self._closed_until - now
        if left > 0:
            raise self._closed(left)


def _rate_limited(seconds: float) -> RateLimited:
    return RateLimited(
        f"AniList takes no more requests from us for {seconds:.0f} s", retry_after=seconds
    )


def _count(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return min(int(text), MOST) if text.isascii() and text.isdigit() and len(text) < 10 else None
