"""When to stop asking a service that does not answer, and when to ask again."""

import asyncio
import math
from contextlib import suppress

import attrs

WANTED_FOR = 5.0
"""For how many seconds after somebody asked they count as waiting."""


@attrs.frozen(kw_only=True)
class Patience:
    """How many failures in a row are too many, and how long to wait then.

    The first wait is *first* seconds, each further one twice the one before, up to
    *longest*.  No service makes us wait longer than *longest*, whatever it says.  *soon* is
    the wait for a torrent client that cannot be reached, while somebody waits for it.
    """

    failures: int = 5
    first: float = 60.0
    longest: float = 900.0
    soon: float = 2.0


@attrs.define
class Breaker:
    """Counts failures in a row; once *open*, nothing but a probe is let through."""

    patience: Patience
    open: bool = False
    _failures: int = attrs.field(default=0, init=False)
    _waits: int = attrs.field(default=0, init=False)

    @property
    def wait(self) -> float:
        """How many seconds to let pass before the next probe."""
        doubled = self.patience.first * 2.0 ** min(max(self._waits - 1, 0), 32)
        return min(doubled, self.patience.longest)

    def failed(self, *, probe: bool = False) -> None:
        """Count one failure; those still under way when the breaker opened do not count."""
        if self.open:
            self._waits += probe
            return
        self._failures += 1
        if self._failures >= self.patience.failures:
            self.open = True
            self._waits += 1

    def succeeded(self, *, probe: bool = False) -> None:
        """Close again; only real work shows that the service is well, so a probe keeps the wait."""
        self.open = False
        self._failures = 0
        if not probe:
            self._waits = 0

    def reset(self) -> None:
        """Forget everything."""
        self.open = False
        self._failures = self._waits = 0


@attrs.define
class Schedule:
    """When what is down is asked again: at its time, or *soon* while somebody wants it.

    *soon* is None where asking more often may do harm.  Times are the event loop's.
    """

    soon: float | None = attrs.field(default=None, init=False)
    _due: float = attrs.field(default=0.0, init=False)
    _tried: float = attrs.field(default=-math.inf, init=False)
    _wanted_until: float = attrs.field(default=-math.inf, init=False)
    _wanted: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    @property
    def left(self) -> float:
        """How many seconds it is at most until the next try."""
        return max(self._due - _now(), 0.0)

    @property
    def left_if_wanted(self) -> float:
        """The same for somebody who waits."""
        if self.soon is None:
            return self.left
        return max(min(self._due, self._tried + self.soon) - _now(), 0.0)

    def failed(self, soon: float | None) -> None:
        """Note that it was tried just now."""
        self.soon, self._tried = soon, _now()
        self._wanted.set()  # whoever waits looks anew for how long

    def put_off(self, wait: float) -> None:
        """Set the time of the next try that nobody has to want."""
        self._due = _now() + wait

    def want(self) -> None:
        """Say that somebody waits for it."""
        self._wanted_until = _now() + WANTED_FOR
        self._wanted.set()

    async def until_due(self) -> bool:
        """Wait until the next try; return whether it comes early, because somebody waits."""
        while (left := self.left) > 0:
            if _now() < self._wanted_until:
                wait = self.left_if_wanted
                if wait <= 0:
                    return True
                left = min(left, wait)
            self._wanted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._wanted.wait()
        return False


def _now() -> float:
    return asyncio.get_running_loop().time()
