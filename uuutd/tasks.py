"""Background tasks that are never lost.

The event loop keeps only a weak hold on its tasks, and a failure that nobody awaits
shows up late or never.  Here every task is kept until it ends, and what goes wrong in
it is logged.  This is the one module that calls `asyncio.create_task`.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from .errors import Error

T = TypeVar("T")

log = logging.getLogger(__name__)

_running: set[asyncio.Task[Any]] = set()


def spawn(coro: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
    """Start *coro* in the background; its failure is logged under *name*.

    An error that the product raises on purpose is worth one line, anything else its
    traceback.  Whoever awaits the task gets the exception as well.
    """
    task = asyncio.create_task(coro, name=name)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if task.cancelled() or (error := task.exception()) is None:
        return
    if isinstance(error, Error):
        log.info("task %s ended with %s: %s", task.get_name(), error.code, error)
    else:
        log.error("task %s failed", task.get_name(), exc_info=error)


class Tasks:
    """The tasks of one owner, which end with it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def spawn(self, coro: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Start *coro*; `aclose` will cancel it if it still runs then."""
        if self._closed:
            coro.close()
            raise RuntimeError(f"task {name} was started after its owner had closed")
        task = spawn(coro, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def aclose(self) -> None:
        """Cancel what still runs and wait until it has ended; nothing can be started afterwards."""
        self._closed = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
