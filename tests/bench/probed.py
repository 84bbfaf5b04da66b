"""A daemon that is watched from within: what holds up its event loop, and for how long.

``python -m tests.bench.probed FILE ARGUMENTS`` runs ``uuutd ARGUMENTS`` and writes to FILE,
by the clock that all processes of the machine share,

- ``lag MOMENT SECONDS``: how late the loop woke who asked for that moment, 200 times a second;
- ``block MOMENT SECONDS WHO``: a callback, or one step of a task, that kept the loop to itself.
"""

import asyncio
import sys
import time
from asyncio.events import Handle
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import attrs

from uuutd import cli

EVERY = 0.005
WORTH_NOTING = 0.002
"""Seconds of a block that is written down."""


@attrs.frozen
class Held:
    """How the loop was held up in some span of time: lags in seconds, and the longest block."""

    lags: list[float]
    longest: float
    who: str


def read(file: Path, began: float, ended: float) -> Held:
    """Return what a probe wrote between two moments of `time.monotonic`."""
    lags, longest, who = list[float](), 0.0, ""
    for line in file.read_text().splitlines():
        kind, moment, seconds, *rest = line.split(" ", 3)
        if not began <= float(moment) <= ended:
            continue
        if kind == "lag":
            lags.append(float(seconds))
        elif float(seconds) > longest:
            longest, who = float(seconds), "".join(rest)
    return Held(lags, longest, who)


class Probe(asyncio.DefaultEventLoopPolicy):
    """Makes loops that note how late they are, in a file that is written line by line."""

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return a loop that is watched as soon as it runs."""
        loop = super().new_event_loop()
        loop.call_later(EVERY, self._tick, loop, loop.time() + EVERY)
        return loop

    def _tick(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        now = loop.time()
        self._file.write(f"lag {due:.6f} {max(now - due, 0.0):.6f}\n")
        loop.call_later(EVERY, self._tick, loop, now + EVERY)

    def timed(self, run: Callable[[Handle], None]) -> Callable[[Handle], None]:
        """Return *run*, which runs one callback, so that it notes what takes long."""

        def timed(handle: Handle) -> None:
            began = time.monotonic()
            run(handle)
            took = time.monotonic() - began
            if took >= WORTH_NOTING:
                self._file.write(f"block {began:.6f} {took:.6f} {_who(handle)}\n")

        return timed


def _who(handle: Handle) -> str:
    """Return the name of the task whose step it was, or of the callback."""
    callback = handle._callback  # type: ignore[attr-defined]
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return getattr(owner.get_coro(), "__qualname__", owner.get_name())
    return getattr(callback, "__qualname__", type(callback).__name__)


def main() -> int:
    """Run the daemon until it is stopped."""
    with Path(sys.argv[1]).open("w", buffering=1) as file:
        probe = Probe(file)
        Handle._run = probe.timed(Handle._run)  # type: ignore[method-assign, assignment]
        asyncio.set_event_loop_policy(probe)
        return cli.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
