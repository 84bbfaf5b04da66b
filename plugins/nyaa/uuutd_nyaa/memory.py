"""Remembers what was found a moment ago."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import attrs

from uuutd.domain import Release

MOST_QUERIES = 64


@attrs.frozen
class Found:
    """The releases that one query found; they may be shown again for *fresh_for* seconds."""

    releases: tuple[Release, ...]
    fresh_for: float = 0.0


class Memory:
    """The results of the last `MOST_QUERIES` queries, and who waits for the same one.

    *clock* counts seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Found]] = OrderedDict()
        self._asked: dict[str, asyncio.Future[Found]] = {}

    async def get(self, query: str, ask: Callable[[], Awaitable[Found]]) -> Found:
        """Return what is remembered for *query*, else what *ask* brings.

        Of several who want the same at the same time one asks, and all get its result
        or its error.  If it is cancelled, another one asks.
        """
        while True:
            if (kept := self._fresh(query)) is not None:
                return kept
            if (asked := self._asked.get(query)) is None:
                return await self._ask(query, ask)
            await asyncio.wait([asked])
            if not asked.cancelled():
                return asked.result()

    def _fresh(self, query: str) -> Found | None:
        until, found = self._kept.get(query, (0.0, None))
        if found is None or until <= self._clock():
            self._kept.pop(query, None)
            return None
        self._kept.move_to_end(query)
        return found

    async def _ask(self, query: str, ask: Callable[[], Awaitable[Found]]) -> Found:
        answer = self._asked[query] = asyncio.get_running_loop().create_future()
        try:
            found = await ask()
        except asyncio.CancelledError:
            answer.cancel()
            raise
        except BaseException as error:
            answer.set_exception(error)
            answer.exception()  # asked for, so that asyncio does not warn when nobody waits
            raise
        else:
            answer.set_result(found)
        finally:
            del self._asked[query]
        if found.fresh_for > 0:
            self._kept[query] = (self._clock() + found.fresh_for, found)
            if len(self._kept) > MOST_QUERIES:
                self._kept.popitem(last=False)
        return found
