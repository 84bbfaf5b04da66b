"""One run of one intent: the record of how far it has come."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import attrs

from ..errors import Error
from ..store.records import Intent
from ..wire import FailureReply, StepName, StepReply
from .packs import Held
from .releases import Ahead
from .watchlists import Listed


class Cancelled(Exception):
    """Somebody else ended the intent while it ran."""


@attrs.define
class Step:
    """The step under way; *detail* is what will be said of it."""

    detail: str | None = None


@attrs.frozen
class Begun:
    """What was begun for an intent before it was recorded, which harms nothing.

    It is *held* by a pack that the user has, or the search for it is under way.
    """

    held: Held | None
    ahead: Ahead | None = None


class Run:
    """The intent as it is now, with its steps; every change is told to *on_change*.

    *listed* is the show as its list had it a moment ago, if that was looked at.  *fresh*
    tells that nobody can have moved *intent* since it was read: it was just recorded.
    *begun* is what there is of its search.
    """

    def __init__(
        self,
        intent: Intent,
        on_change: Callable[[Intent], None],
        *,
        listed: Listed | None = None,
        fresh: bool = False,
        begun: Begun | None = None,
    ) -> None:
        self.intent = intent
        self.fresh = fresh
        self.listed = listed
        self.begun = begun
        self.ended = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._on_change = on_change

    def now(self, moved: Intent | None) -> None:
        """Go on from what the store made of the intent; None means that somebody ended it."""
        if moved is None:
            raise Cancelled
        self.intent = moved
        self._on_change(moved)

    def change(self, **changes: Any) -> None:
        """Change the intent here; the store learns of it with the next move."""
        self.intent = attrs.evolve(self.intent, **changes)
        self._on_change(self.intent)

    @asynccontextmanager
    async def step(self, name: StepName) -> AsyncIterator[Step]:
        """Do a step: it is running in the block, and done or failed after it.

        An error that comes out is marked with the step's name.
        """
        step = Step()
        began = asyncio.get_running_loop().time()
        self._set(StepReply(name=name, state="running"))
        try:
            yield step
        except Error as error:
            error.step = error.step or name
            ms = _since(began)
            self._set(StepReply(name=name, state="failed", ms=ms, detail=error.detail))
            raise
        self._set(StepReply(name=name, state="done", ms=_since(began), detail=step.detail))

    def did(self, name: StepName) -> None:
        """Say that a step is done which takes no time of its own."""
        self._set(StepReply(name=name, state="done", ms=0))

    def spare(self, name: StepName) -> None:
        """Say that a step is not needed."""
        self._set(StepReply(name=name, state="done", detail="not needed"))

    def say(self, name: StepName, detail: str, *, problem: FailureReply | None = None) -> None:
        """Say something about a step that is still running, and what holds it up."""
        self.change(problem=problem)
        self._set(StepReply(name=name, state="running", detail=detail))

    def _set(self, step: StepReply) -> None:
        steps = tuple(step if each.name == step.name else each for each in self.intent.steps)
        self.change(steps=steps)


def waiting(*names: StepName) -> tuple[StepReply, ...]:
    """Return steps none of which has begun."""
    return tuple(StepReply(name=name, state="waiting") for name in names)


def _since(began: float) -> int:
    return round(1000 * (asyncio.get_running_loop().time() - began))
