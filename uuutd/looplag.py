"""Watches whether the event loop keeps up, and catches who holds it up.

Something that blocks the loop blocks everybody.  A task asks to be woken at a certain
moment; how late that happens is the lag.  Beside it a thread looks on, and if the task
has not been woken a quarter of a second after its moment, writes into the log what the
loop's thread is doing just then.
"""

import asyncio
import logging
import sys
import threading
import time
import traceback

from .metrics import Metrics

PERIOD = 4.0
"""Seconds between two looks; each costs two wake-ups of the process."""
TOO_LATE = 0.25

log = logging.getLogger(__name__)


class LoopWatch:
    """Watches the running loop until its `run` is cancelled."""

    def __init__(
        self, metrics: Metrics, *, period: float = PERIOD, too_late: float = TOO_LATE
    ) -> None:
        self._metrics = metrics
        self._period = period
        self._too_late = too_late
        self._woken = threading.Event()
        self._ended = False
        self._loop_thread = 0

    async def run(self) -> None:
        """Measure for ever; the thread ends soon after this does."""
        self._loop_thread = threading.get_ident()
        threading.Thread(target=self._look_on, name="uuutd loop watch", daemon=True).start()
        clock = asyncio.get_running_loop().time
        try:
            while True:
                moment = clock() + self._period
                await asyncio.sleep(self._period)
                self._woken.set()
                self._metrics.loop_lag.observe(max(clock() - moment, 0.0))
        finally:
            self._ended = True
            self._woken.set()

    def _look_on(self) -> None:
        while not self._ended:
            if self._woken.wait(self._period + self._too_late):
                self._woken.clear()
                continue
            began = time.monotonic()
            log.warning("the event loop is held up", extra={"stack": self._stack()})
            self._woken.wait()
            held = time.monotonic() - began + self._too_late
            log.warning("the event loop was held up for at least %.1f s", held)

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001 - documented
        return "".join(traceback.format_stack(frame)) if frame else "unknown"
