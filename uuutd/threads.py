"""The few threads in which one backend runs its blocking library.

A thread cannot be cancelled, so a call that hangs keeps its thread for good.  Each
backend therefore has threads of its own, few of them, and a backend of which too many
hang is not given any more until they come back.  The threads are daemons: a hung
library does not keep the program from ending, as the threads of an executor would.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from .errors import Unavailable

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 4
HANGING = 3


class Threads:
    """Runs blocking calls, `THREADS` at a time; one instance per backend.

    With `HANGING` threads busy with calls that nobody awaits any more, because their
    time was up, further calls raise `Unavailable` at once.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._free = asyncio.Semaphore(THREADS)
        self._abandoned = 0

    async def __call__(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what *call* returns, raise what it raises."""
        if self._abandoned >= HANGING:
            raise Unavailable(
                f"{self._abandoned} calls into the library of {self._name} hang in their threads",
                hint="Restart uuutd if they do not come back.",
            )
        await self._free.acquire()
        context = contextvars.copy_context()
        answer = asyncio.wrap_future(
            self._start(lambda: context.run(call, *args, **kwargs))  # keeps a log's request id
        )
        answer.add_done_callback(lambda _: self._free.release())
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            if not answer.done():
                self._abandoned += 1
                answer.add_done_callback(self._came_back)
            raise

    def _start(self, call: Callable[[], R]) -> Future[R]:
        answer: Future[R] = Future()
        answer.set_running_or_notify_cancel()

        def work() -> None:
            try:
                answer.set_result(call())
            except StopIteration:  # no future of asyncio takes this one
                answer.set_exception(RuntimeError("the call raised StopIteration"))
            except BaseException as error:  # noqa: BLE001 - goes to whoever awaits the call
                answer.set_exception(error)

        threading.Thread(target=work, name=f"uuutd {self._name}", daemon=True).start()
        return answer

    def _came_back(self, answer: asyncio.Future[R]) -> None:
        self._abandoned -= 1
        answer.exception()  # asked for, so that asyncio does not warn: nobody else will ask
