"""What the frame asks of every view."""

import abc
from collections.abc import Mapping

import urwid

from ...terminal.cells import Symbols
from ..keys import Action
from ..lists import Walker
from ..paint import Line, Row, exact
from ..state import State

POINTER_CELLS = 2


class View(abc.ABC):
    """A list with a headline above it."""

    name: str

    def __init__(self, state: State, symbols: Symbols) -> None:
        self.state = state
        self.symbols = symbols
        self.walker = Walker(self.make_row)
        self.list = urwid.ListBox(self.walker)

    @abc.abstractmethod
    def make_row(self, name: str) -> Row:
        """Return the row of the list that *name* stands for."""

    @abc.abstractmethod
    def update(self) -> None:
        """Bring the list in line with the state."""

    @abc.abstractmethod
    def headline(self, cells: int) -> Line:
        """Return the line above the list."""

    def settle(self) -> None:  # noqa: B027 - most have no rows that move
        """Let rows move to where they belong: nobody is just pointing at one."""

    def empty(self) -> str:
        """Say why there is nothing to list."""
        return ""

    def labels(self) -> Mapping[Action, str]:
        """Return the words of the hint line that depend on what is focused."""
        return {}

    def count(self) -> str:
        """Return which row of how many is focused."""
        return f"{self.walker.place + 1}/{len(self.walker)}" if len(self.walker) else ""

    def pointed(self, line: Line, cells: int, *, focus: bool) -> Line:
        """Return the first line of a row, with a sign where the focus is."""
        sign = self.symbols.pointer if focus else ""
        attribute = "key" if focus else "plain"
        pointer = (attribute, sign.ljust(POINTER_CELLS)[:POINTER_CELLS])
        return exact([pointer, *line], cells, self.symbols)
