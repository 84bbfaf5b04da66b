"""A list that makes the rows which are seen, and keeps its focus on a thing, not on a place."""

from collections.abc import Callable, Sequence

import urwid

from .paint import Row

MOST_KEPT = 256


class Walker(urwid.ListWalker[str, Row]):
    """The rows of *ids*, each made by *make* when it is first seen."""

    def __init__(self, make: Callable[[str], Row]) -> None:
        self._make = make
        self._ids: tuple[str, ...] = ()
        self._places: dict[str, int] = {}
        self._rows: dict[str, Row] = {}
        self._place = 0

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def focus(self) -> str | None:
        """The id of the focused row."""
        return self._ids[self._place] if self._ids else None

    @property
    def place(self) -> int:
        """Where the focused row stands, counted from 0."""
        return self._place

    def step(self, rows: int) -> None:
        """Move the focus by so many *rows*, as far as there are any."""
        self._place = min(max(self._place + rows, 0), max(len(self._ids) - 1, 0))
        self._modified()

    def show(self, ids: Sequence[str]) -> None:
        """Show *ids* in this order; the focus stays on its id, or near it if that is gone."""
        focused = self.focus
        if tuple(ids) == self._ids:
            return
        self._ids = tuple(ids)
        self._places = {name: place for place, name in enumerate(self._ids)}
        self._rows = {name: row for name, row in self._rows.items() if name in self._places}
        last = max(len(self._ids) - 1, 0)
        self._place = self._places.get(focused or "", min(self._place, last))
        self._modified()

    def row(self, name: str) -> Row:
        """Return the row of *name*."""
        if name not in self._rows:
            if len(self._rows) >= MOST_KEPT:
                self._rows.clear()
            self._rows[name] = self._make(name)
        return self._rows[name]

    # --- urwid's face

    def get_focus(self) -> tuple[Row, str] | tuple[None, None]:
        """Return the focused row and its position."""
        name = self.focus
        return (None, None) if name is None else (self.row(name), name)

    def set_focus(self, position: str) -> None:
        """Put the focus on *position*."""
        self._place = self._places[position]
        self._modified()

    def get_next(self, position: str) -> tuple[Row, str] | tuple[None, None]:
        """Return what stands below *position*."""
        return self._at(self._places[position] + 1)

    def get_prev(self, position: str) -> tuple[Row, str] | tuple[None, None]:
        """Return what stands above *position*."""
        return self._at(self._places[position] - 1)

    def positions(self, reverse: bool = False) -> Sequence[str]:
        """Return all positions in order."""
        return self._ids[::-1] if reverse else self._ids

    def _at(self, place: int) -> tuple[Row, str] | tuple[None, None]:
        if not 0 <= place < len(self._ids):
            return None, None
        name = self._ids[place]
        return self.row(name), name
