"""The guard around every call of a backend.

Nothing else calls one.  The guard sets the time limit, lets the errors of
`uuutd.errors` through with the backend's name filled in, turns whatever else comes out
into one of them, looks whether the result is of the promised type, and counts and times
the call.  Cancelling the caller cancels the call.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from .domain import (
    Account,
    Changes,
    Entry,
    Kind,
    Limits,
    Peer,
    Relation,
    Release,
    Torrent,
    TorrentFile,
    Tracker,
)
from .errors import BackendError, BadReply, Error, TimedOut
from .metrics import Metrics

T = TypeVar("T")

LIMITS: Mapping[Kind, float] = {"watchlist": 15.0, "indexer": 12.0, "client": 10.0}
"""Seconds that one call may take; the time limits of a plugin's libraries are below these."""

OPEN_LIMIT = 30.0
CLOSE_LIMIT = 10.0
MOST_RESULTS = 20_000


def limit(kind: Kind, operation: str) -> float:
    """Return how many seconds *operation* of a backend of *kind* may take."""
    return {"open": OPEN_LIMIT, "close": CLOSE_LIMIT}.get(operation, LIMITS[kind])


@attrs.frozen
class _ListOf:
    """A result that is a list, of at most `MOST_RESULTS` values of one type."""

    item: type[Any]

    def problem(self, result: object) -> str | None:
        """Say what is wrong with *result*, None if nothing is."""
        if not isinstance(result, Sequence) or isinstance(result, str | bytes):
            return f"{type(result).__name__} instead of a list"
        if len(result) > MOST_RESULTS:
            return f"{len(result)} results, more than {MOST_RESULTS}"
        odd = next((each for each in result if not isinstance(each, self.item)), None)
        return odd and f"{type(odd).__name__} in a list of {self.item.__name__}"


@attrs.frozen
class _One:
    """A result of one type."""

    item: type[Any]

    def problem(self, result: object) -> str | None:
        """Say what is wrong with *result*, None if nothing is."""
        if isinstance(result, self.item):
            return None
        return f"{type(result).__name__} instead of {self.item.__name__}"


RESULTS: Mapping[tuple[Kind, str], _One | _ListOf] = {
    ("watchlist", "link"): _One(Account),
    ("watchlist", "refresh"): _One(Account),
    ("watchlist", "watching"): _ListOf(Entry),
    ("watchlist", "entry"): _One(Entry),
    ("watchlist", "set_progress"): _One(Entry),
    ("watchlist", "titles"): _ListOf(Entry),
    ("watchlist", "relations"): _ListOf(Relation),
    ("indexer", "search"): _ListOf(Release),
    ("indexer", "fetch"): _One(bytes),
    ("client", "add"): _One(str),
    ("client", "torrents"): _ListOf(Torrent),
    ("client", "changes"): _One(Changes),
    ("client", "files"): _ListOf(TorrentFile),
    ("client", "limits"): _One(Limits),
    ("client", "trackers"): _ListOf(Tracker),
    ("client", "peers"): _ListOf(Peer),
}
"""What each operation, called as its method is called, has to return."""


class Guard:
    """Guards the calls of one backend, the *kind* configured as *name*."""

    def __init__(self, kind: Kind, name: str, *, log: logging.Logger, metrics: Metrics) -> None:
        self._kind = kind
        self._name = name
        self._log = log
        self._metrics = metrics

    async def run(
        self, operation: str, act: Callable[[], Awaitable[T]], *, seconds: float | None = None
    ) -> T:
        """Return what *act* returns; raise only errors of `uuutd.errors`, or cancellation.

        *operation* is the method's name.  Left out, *seconds* is what `limit` says.
        """
        seconds = limit(self._kind, operation) if seconds is None else seconds
        started = time.perf_counter()
        outcome = "cancelled"
        try:
            result = await self._within(operation, act, seconds)
            self._look_at(operation, result)
        except Error as error:
            outcome = error.code
            if isinstance(error, BackendError):
                error.backend = error.backend or self._name
                error.operation = error.operation or operation
            raise
        else:
            outcome = "ok"
            return result
        finally:
            labels = (self._kind, self._name, operation)
            self._metrics.backend_calls.labels(*labels, outcome).inc()
            self._metrics.backend_seconds.labels(*labels).observe(time.perf_counter() - started)

    async def _within(self, operation: str, act: Callable[[], Awaitable[T]], seconds: float) -> T:
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline:
                return await act()
        except Error:
            raise
        except TimeoutError as error:
            what = f"longer than {seconds:.3g} s" if deadline.expired() else "too long"
            raise TimedOut(f"{self._doing(operation)} took {what}") from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise self._bug(operation, error) from error
        except Exception as error:
            raise self._bug(operation, error) from error

    def _bug(self, operation: str, error: BaseException) -> BadReply:
        self._log.error("a bug in the plugin: %s failed", operation, exc_info=error)
        return BadReply(
            f"{self._doing(operation)} failed: a bug in the plugin ({type(error).__name__})",
            hint="The daemon's log has the details for the plugin's author.",
        )

    def _look_at(self, operation: str, result: object) -> None:
        shape = RESULTS.get((self._kind, operation))
        if shape is not None and (problem := shape.problem(result)) is not None:
            self._log.error("a bug in the plugin: %s returned %s", operation, problem)
            raise BadReply(f"{self._doing(operation)} failed: a bug in the plugin ({problem})")

    def _doing(self, operation: str) -> str:
        return f"{operation.replace('_', ' ')} at {self._kind} {self._name}"
