"""The one way to start a task here: it is kept, and how it ends is looked at."""

import asyncio
from collections.abc import Awaitable, Callable

Work = Callable[[], Awaitable[None]]
Failed = Callable[[BaseException], None]


class Tasks:
    """The tasks of one program."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Work, failed: Failed) -> asyncio.Task[None]:
        """Do *work* as a task; *failed* is told the error that ends it, if one does."""

        async def run() -> None:
            await work()

        def ended(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            error = None if task.cancelled() else task.exception()
            if error is not None:
                failed(error)

        task = asyncio.get_running_loop().create_task(run(), name=name)
        self._running.add(task)
        task.add_done_callback(ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs, and wait until it is over."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
