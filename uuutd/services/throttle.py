"""How long whoever guesses passwords or codes has to wait before the next guess.

A guess that has to wait is refused before anything is hashed for it.  What is remembered
stands in the database, so that a restart clears nothing; ``docs/accounts.md`` has the figures.
"""

import contextlib
import hashlib
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

import attrs

from ..errors import Throttled
from ..store import throttles
from ..store.throttles import Changes, Tallies, Tally
from ..store.users import fold
from .audit import network

Code = Literal["codes", "signups"]
"""What else is limited by address: wrong codes, and accounts made without one."""

_PER_SECOND = 10
_KNOWN_FOR = timedelta(days=90)
_SOON_FORGOTTEN = timedelta(hours=1)
_LONG_REMEMBERED = timedelta(days=1)
_PRUNE_EVERY = 60.0


@attrs.frozen
class Backoff:
    """*free* tries, then waits of 1, 2, 4 ... seconds, and *longest* at most."""

    free: int
    longest: timedelta

    def wait(self, tally: Tally | None, now: datetime) -> timedelta:
        """Return how long the next try has to wait."""
        if tally is None or tally.tries < self.free:
            return timedelta()
        doublings = min(tally.tries - self.free, 30)
        wait = min(timedelta(seconds=2**doublings), self.longest)
        return max(tally.last_at + wait - now, timedelta())

    def after(self, tally: Tally | None, now: datetime) -> Tally:
        """Return what is to be remembered when there is one more try."""
        tries = 1 if tally is None else tally.tries + 1
        memory = _SOON_FORGOTTEN if tries < self.free else _LONG_REMEMBERED
        return Tally(tries, now, now + memory)

    def without(self, tally: Tally | None) -> Tally | None:
        """Return what is to be remembered when one try was none."""
        if tally is None or tally.tries <= 1:
            return None
        return attrs.evolve(tally, tries=tally.tries - 1)


@attrs.frozen
class Allowance:
    """*most* tries, and one more whenever *each* has passed: a bucket that leaks.

    The end of a tally is when all of its tries have leaked away.
    """

    most: int
    each: timedelta

    def wait(self, tally: Tally | None, now: datetime) -> timedelta:
        """Return how long the next try has to wait."""
        if tally is None:
            return timedelta()
        return max(tally.ends_at - now - (self.most - 1) * self.each, timedelta())

    def after(self, tally: Tally | None, now: datetime) -> Tally:
        """Return what is to be remembered when there is one more try."""
        tries, ends_at = (0, now) if tally is None else (tally.tries, tally.ends_at)
        return Tally(tries + 1, now, max(ends_at, now) + self.each)

    def without(self, tally: Tally | None) -> Tally | None:
        """Return what is to be remembered when one try was none."""
        if tally is None or tally.tries <= 1:
            return None
        return attrs.evolve(tally, tries=tally.tries - 1, ends_at=tally.ends_at - self.each)


ACCOUNT = Backoff(free=5, longest=timedelta(minutes=15))
"""For one account from one address."""
ADDRESS = Allowance(most=20, each=timedelta(seconds=45))
"""For all accounts from one address."""
STRANGERS = Allowance(most=22, each=timedelta(seconds=100))
"""For one account, from all addresses together that its user never logged in from.

However many they are, fewer than 30 guesses come through in 10 minutes.
"""
AGAIN = attrs.evolve(STRANGERS, most=15)
"""The part of `STRANGERS` that is for those who failed `ACCOUNT.free` times.

One who guesses and guesses leaves the rest to the user who comes from a new place.
"""
CODES: Mapping[Code, Allowance] = {
    "codes": ADDRESS,
    "signups": Allowance(most=5, each=timedelta(minutes=12)),
}


@attrs.frozen
class Try:
    """A guess of a password that may be made: under which keys it was counted.

    *known* is whether the user logged in from the address before: then only *pair* counts.
    """

    pair: str
    address: str
    strangers: str
    known_key: str
    known: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys."""
        return (self.pair, self.address, self.strangers, self.known_key)


class Throttle:
    """Counts tries, and refuses those that come too soon.

    *clock* gives the time, aware, and *ticks* seconds that nobody can set.  *per_second* is how
    many passwords the daemon looks at in a second at most.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
        per_second: float = _PER_SECOND,
    ) -> None:
        self._clock = clock
        self._ticks = ticks
        self._per_second = per_second
        self._full_until = self._pruned_at = -math.inf

    async def admit(self, account: str, address: str) -> Try:
        """Count a guess of the password of *account*, which need not exist, from *address*.

        Many at once are counted one by one, before any of them is looked at.  Raises
        `uuutd.errors.Throttled` if it has to wait; then it does not count.
        """
        asked, now = _try(account, address), self._clock()
        _refuse(_wait(asked, await self._find(asked.keys, now), now))
        await self._prune(now)
        known = False

        def count(tallies: Tallies) -> Changes:
            nonlocal known
            known = asked.known_key in tallies
            _refuse(_wait(asked, tallies, now))
            self._take_turn(known=known)  # last, so that who has to wait takes nobody's
            return _counted(asked, tallies, now)

        await throttles.change(asked.keys, count, now=now)
        return attrs.evolve(asked, known=known)

    async def take_back(self, tried: Try) -> None:
        """Do as if a guess had not been made: nobody looked at it."""
        await throttles.change(
            tried.keys, lambda tallies: _without(tried, tallies), now=self._clock()
        )

    async def succeeded(self, tried: Try) -> None:
        """Forget the failures of a guess that was right, and remember its address."""
        now = self._clock()
        here = {tried.pair: None, tried.known_key: Tally(1, now, now + _KNOWN_FOR)}
        await throttles.change(
            tried.keys, lambda tallies: {**_without(tried, tallies), **here}, now=now
        )

    async def know(self, account: str, address: str) -> None:
        """Remember that the user of *account* was at *address*, as a code has shown."""
        now, shown = self._clock(), _try(account, address)
        here = {shown.pair: None, shown.known_key: Tally(1, now, now + _KNOWN_FOR)}
        await throttles.change(shown.keys, lambda _: here, now=now)

    async def check(self, what: Code, address: str) -> None:
        """Raise `uuutd.errors.Throttled` if too much of *what* came from *address*."""
        now, key = self._clock(), _key(what, network(address))
        tallies = await self._find((key,), now)
        _refuse(CODES[what].wait(tallies.get(key), now))

    async def count(self, what: Code, address: str) -> None:
        """Count one of *what* from *address*; raises as `check` does, and then does not count."""
        now, key = self._clock(), _key(what, network(address))
        await self._prune(now)

        def one_more(tallies: Tallies) -> Changes:
            _refuse(CODES[what].wait(tallies.get(key), now))
            return {key: CODES[what].after(tallies.get(key), now)}

        await throttles.change([key], one_more, now=now)

    async def failed(self, address: str) -> None:
        """Count a wrong code from *address*, unless it has to wait already."""
        with contextlib.suppress(Throttled):
            await self.count("codes", address)

    def _take_turn(self, *, known: bool) -> None:
        """Take one of the second's guesses; nobody waits longer than that, so memory will do.

        From where nobody is known only half of them can be taken at once.
        """
        now, room = self._ticks(), 1.0 if known else 0.5
        full_until = max(self._full_until, now) + 1 / self._per_second
        _refuse(timedelta(seconds=full_until - now - room))
        self._full_until = full_until

    async def _find(self, keys: tuple[str, ...], now: datetime) -> Tallies:
        """Return what is remembered; times that a clock ahead of today's wrote begin today.

        Else who had to wait when it was put back would have to wait until it is there again.
        """
        tallies = await throttles.find(keys, now=now)
        if all(tally.last_at <= now for tally in tallies.values()):
            return tallies
        await throttles.change(keys, lambda found: _put_back(found, now), now=now)
        return _put_back(tallies, now)

    async def _prune(self, now: datetime) -> None:
        if self._ticks() - self._pruned_at >= _PRUNE_EVERY:
            self._pruned_at = self._ticks()
            await throttles.prune(now=now)


def _wait(asked: Try, tallies: Tallies, now: datetime) -> timedelta:
    """Return how long a guess has to wait."""
    pair = tallies.get(asked.pair)
    wait = ACCOUNT.wait(pair, now)
    if asked.known_key in tallies:
        return wait
    again = pair is not None and pair.tries >= ACCOUNT.free
    strangers = (AGAIN if again else STRANGERS).wait(tallies.get(asked.strangers), now)
    return max(wait, ADDRESS.wait(tallies.get(asked.address), now), strangers)


def _counted(asked: Try, tallies: Tallies, now: datetime) -> dict[str, Tally]:
    """Return what is to be remembered of a guess."""
    pair = {asked.pair: ACCOUNT.after(tallies.get(asked.pair), now)}
    if asked.known_key in tallies:
        return pair
    return {
        **pair,
        asked.address: ADDRESS.after(tallies.get(asked.address), now),
        asked.strangers: STRANGERS.after(tallies.get(asked.strangers), now),
    }


def _without(tried: Try, tallies: Tallies) -> dict[str, Tally | None]:
    """Return what is to be remembered when a guess that was counted was none."""
    changes = {tried.pair: ACCOUNT.without(tallies.get(tried.pair))}
    if not tried.known:
        changes[tried.address] = ADDRESS.without(tallies.get(tried.address))
        changes[tried.strangers] = STRANGERS.without(tallies.get(tried.strangers))
    return changes


def _put_back(tallies: Tallies, now: datetime) -> dict[str, Tally]:
    moved = {}
    for key, tally in tallies.items():
        ahead = max(tally.last_at - now, timedelta())
        moved[key] = Tally(tally.tries, tally.last_at - ahead, tally.ends_at - ahead)
    return moved


def _refuse(wait: timedelta) -> None:
    """Raise `uuutd.errors.Throttled` unless there is nothing to wait for."""
    if wait <= timedelta():
        return
    seconds = math.ceil(wait.total_seconds())
    raise Throttled(
        f"Too many tries: the next one is possible in {seconds} s.",
        retry_after=seconds,
        hint="If you did not try that often, somebody is guessing: tell the administrator.",
    )


def _try(account: str, address: str) -> Try:
    name, place = fold(account), network(address)
    return Try(
        pair=_key("pair", name, place),
        address=_key("address", place),
        strangers=_key("strangers", name),
        known_key=_key("known", name, place),
    )


def _key(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()
