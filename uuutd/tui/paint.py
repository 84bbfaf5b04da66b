"""Painting lines of text onto urwid's canvases, a cell at a time and never a cell too many."""

from collections.abc import Callable, Hashable, Sequence

import urwid

from ..terminal.cells import UNICODE, Symbols, cut, fit, safe, width

Segment = tuple[str, str]
"""A display attribute, and the text that is shown in it."""

Line = list[Segment]


def exact(line: Line, cells: int, symbols: Symbols = UNICODE, *, filler: str = "plain") -> Line:
    """Return *line*, made safe, in exactly *cells*."""
    kept: Line = []
    room = cells
    for attribute, text in line:
        shown = cut(safe(text), room, symbols.ellipsis)
        if shown:
            kept.append((attribute, shown))
            room -= width(shown)
    if room:
        kept.append((filler, " " * room))
    return kept


def spread(
    left: Line, right: Line, cells: int, symbols: Symbols = UNICODE, *, filler: str = "plain"
) -> Line:
    """Return a line with *left* at its left end and *right* at its right, which goes first."""
    taken = sum(width(safe(text)) for _, text in right)
    if taken >= cells:
        return exact(right, cells, symbols, filler=filler)
    return exact(left, cells - taken, symbols, filler=filler) + exact(right, taken, symbols)


def column(text: str, cells: int, attribute: str = "plain", *, right: bool = False) -> Segment:
    """Return *text* as a segment of exactly *cells*."""
    return attribute, fit(text, cells, right=right)


def highlighted(line: Line, suffix: str) -> Line:
    """Return *line* in the variant *suffix* of its attributes: ``focus`` or ``box``."""
    return [(f"{attribute}.{suffix}", text) for attribute, text in line]


def canvas(
    lines: Sequence[Line], cells: int, cursor: tuple[int, int] | None = None
) -> urwid.TextCanvas:
    """Return *lines*, each exactly *cells* wide, as a canvas."""
    texts: list[bytes] = []
    runs: list[list[tuple[Hashable, int]]] = []
    for line in lines:
        encoded = [(attribute, _encode(text)) for attribute, text in line]
        texts.append(b"".join(text for _, text in encoded))
        runs.append([(attribute, len(text)) for attribute, text in encoded])
    return urwid.TextCanvas(texts, runs, maxcol=cells, cursor=cursor, check_width=False)


def _encode(text: str) -> bytes:
    encoding = urwid.util.get_encoding()
    if encoding.lower().replace("-", "") == "utf8":
        return text.encode()
    plain = "".join(char if char.isascii() else "?" * width(char) for char in text)
    return plain.encode("ascii")


def two_lines(_cells: int) -> int:
    """Return the height of a row that takes two lines at every width."""
    return 2


class Row(urwid.Widget):
    """One row of a list, painted when it is seen and not before.

    *height* says how many lines it takes at a width.
    """

    _sizing = frozenset([urwid.Sizing.FLOW])
    _selectable = True
    no_cache = ["render", "rows"]  # noqa: RUF012 - urwid's metaclass reads and removes it

    def __init__(
        self, paint: Callable[[int, bool], list[Line]], height: Callable[[int], int]
    ) -> None:
        super().__init__()
        self._paint = paint
        self._height = height

    def rows(self, size: tuple[int], focus: bool = False) -> int:  # noqa: ARG002 - urwid's face
        """Return how many lines it takes."""
        return self._height(size[0])

    def render(self, size: tuple[int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # a flow widget only
        """Paint the row; the cursor goes with the focus, so that magnifiers follow it."""
        (cells,) = size
        lines = self._paint(cells, focus)
        return canvas(lines, cells, (0, 0) if focus and cells else None)

    def get_cursor_coords(self, size: tuple[int]) -> tuple[int, int] | None:
        """Return where the cursor stands."""
        return (0, 0) if size[0] else None

    def keypress(self, size: object, key: str) -> str | None:  # noqa: ARG002 - urwid's face
        """Leave every key to the list and the screen."""
        return key
