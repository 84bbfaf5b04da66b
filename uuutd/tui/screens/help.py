"""All keys, from the table that gives them their meaning."""

import textwrap

from ...terminal.cells import Symbols
from ..keys import Binding, key_name, of
from ..paint import Line, Row, column, exact, highlighted
from ..state import State
from .view import POINTER_CELLS, View

KEYS_CELLS = 14


class Help(View):
    """The keys of the view *about*."""

    name = "help"

    def __init__(self, state: State, symbols: Symbols, about: str) -> None:
        super().__init__(state, symbols)
        self.about = about
        self._bindings: dict[str, Binding] = {
            str(number): binding for number, binding in enumerate(of(about))
        }
        self.update()

    def make_row(self, name: str) -> Row:
        """Return the row of a binding."""
        return Row(
            lambda cells, focus: self._paint(name, cells, focus=focus),
            lambda cells: len(self._texts(name, cells)),
        )

    def update(self) -> None:
        """Show every binding; the state does not matter."""
        self.walker.show(list(self._bindings))

    def headline(self, cells: int) -> Line:
        """Return what these keys are for."""
        version = f", uuutd {self.state.version}" if self.state.version else ""
        return exact([("quiet", f" Keys: {self.about}{version}")], cells, self.symbols)

    def _texts(self, name: str, cells: int) -> list[str]:
        """Return what a binding does, in as many lines as that takes."""
        room = max(cells - POINTER_CELLS - KEYS_CELLS - 1, 1)
        return textwrap.wrap(self._bindings[name].help, room)

    def _paint(self, name: str, cells: int, *, focus: bool) -> list[Line]:
        names = " ".join(key_name(key) for key in self._bindings[name].keys)
        first, *others = self._texts(name, cells)
        line = [column(names, KEYS_CELLS, "key"), ("plain", f" {first}")]
        blank = " " * (POINTER_CELLS + KEYS_CELLS + 1)
        lines = [
            self.pointed(line, cells, focus=focus),
            *(exact([("plain", blank + text)], cells, self.symbols) for text in others),
        ]
        return [highlighted(painted, "focus") for painted in lines] if focus else lines
