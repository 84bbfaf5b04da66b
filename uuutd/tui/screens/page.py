"""A page about one thing: lines to read, and some of them to act on."""

import abc
from collections.abc import Iterator, Mapping

import attrs

from ...terminal.cells import safe, width
from ..paint import Line, Row, exact, highlighted
from .view import POINTER_CELLS, View


@attrs.frozen
class Item:
    """One item of a page; what *wraps* takes as many lines as it needs, others one."""

    line: Line
    wraps: bool = False


class Page(View):
    """Items, each under a name of its own."""

    _items: Mapping[str, Item]

    @abc.abstractmethod
    def items(self) -> Mapping[str, Item]:
        """Return what there is to read."""

    def update(self) -> None:
        """Show the items as they are now."""
        self._items = self.items()
        self.walker.show(list(self._items))

    def make_row(self, name: str) -> Row:
        """Return the row of an item."""
        return Row(
            lambda cells, focus: self._paint(name, cells, focus=focus),
            lambda cells: len(self._lines(name, cells)),
        )

    def _lines(self, name: str, cells: int) -> list[Line]:
        item = self._items.get(name) or Item([])
        if not item.wraps:
            return [item.line]
        return list(wrapped(item.line, max(cells - POINTER_CELLS, 2))) or [[]]

    def _paint(self, name: str, cells: int, *, focus: bool) -> list[Line]:
        first, *others = self._lines(name, cells)
        blank = ("plain", " " * POINTER_CELLS)
        lines = [
            self.pointed(first, cells, focus=focus),
            *(exact([blank, *line], cells, self.symbols) for line in others),
        ]
        return [highlighted(line, "focus") for line in lines] if focus else lines


def wrapped(line: Line, cells: int) -> Iterator[Line]:
    """Cut *line* into lines of at most *cells*, anywhere: what is to be copied keeps its spaces."""
    current: Line = []
    room = cells
    for attribute, text in line:
        piece = ""
        for character in safe(text):
            needed = max(width(piece + character) - width(piece), 0)
            if needed > room:
                yield [*current, (attribute, piece)]
                current, piece, room = [], "", cells
                needed = width(character)
            piece += character
            room -= needed
        if piece:
            current.append((attribute, piece))
    if current:
        yield current
