"""All keys, from the table that gives them their meaning."""

from ...terminal.cells import Symbols
from ..keys import Binding, key_name, of
from ..paint import Line, Row, column, exact, highlighted
from ..state import State
from .view import View

KEYS_CELLS = 22


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
        return Row(lambda cells, focus: [self._paint(name, cells, focus=focus)], 1)

    def update(self) -> None:
        """Show every binding; the state does not matter."""
        self.walker.show(list(self._bindings))

    def headline(self, cells: int) -> Line:
        """Return what these keys are for."""
        version = f", uuutd {self.state.version}" if self.state.version else ""
        return exact([("quiet", f" Keys: {self.about}{version}")], cells, self.symbols)

    def _paint(self, name: str, cells: int, *, focus: bool) -> Line:
        binding = self._bindings[name]
        names = " ".join(key_name(key) for key in binding.keys)
        wide = min(KEYS_CELLS, cells // 2)
        line = [column(names, wide, "key"), ("plain", f" {binding.help}")]
        painted = self.pointed(line, cells, focus=focus)
        return highlighted(painted, "focus") if focus else painted
