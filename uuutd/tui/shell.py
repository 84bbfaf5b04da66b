"""What the parts of the screen may ask of the program around them."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from .over import Over
from .screens.view import View
from .state import Event
from .tasks import Work


class Shell(Protocol):
    """The program, as its desks see it."""

    def apply(self, event: Event) -> None:
        """Let the state take *event* in, and show it."""

    def do(
        self, name: str, work: Work, *, again: Callable[[], object] | None = None
    ) -> asyncio.Task[None]:
        """Do *work* as a task and show what goes wrong."""

    def view(self) -> View:
        """Return the view that is seen."""

    def is_open(self, view: View) -> bool:
        """Tell whether *view* is seen, or will be when others are closed or left."""

    def open(self, view: View) -> None:
        """Put *view* over the others of this tab."""

    def back(self) -> None:
        """Close the view that was opened last."""

    def ask(self, over: Over) -> None:
        """Lay *over* over the view, until it has got its answer."""

    def copy(self, text: str, what: str) -> None:
        """Copy *text*, which is called *what*, to the clipboard of whoever looks."""
