"""The box that adds what was pasted or typed."""

from collections.abc import Callable, Sequence
from urllib.parse import parse_qs

import urwid

from ...terminal.cells import Symbols
from .. import keys
from ..keys import Action
from ..magnets import sources
from ..over import Over, framed
from ..paint import Line

MOST_NAMES = 5


class Addition(Over):
    """Asks for magnet links and info hashes, beginning with *text*; *add* is called with them."""

    name = "add"

    def __init__(self, text: str, add: Callable[[Sequence[str]], object]) -> None:
        self._found = sources(text)
        self._edit = urwid.Edit(edit_text="")
        self._add = add
        self._problem = ""

    def key(self, key: str) -> bool:
        """Type, add, or leave it."""
        action = keys.find(self.name, key)
        if action is Action.CLOSE:
            return False
        if action is not Action.ACCEPT:
            self._problem = ""
            self._edit.keypress((80,), key)
            return True
        self._take(self._edit.edit_text)
        if self._found:
            self._add(self._found)
        else:
            self._problem = "that is neither a magnet link nor an info hash"
        return not self._found

    def paste(self, text: str) -> None:
        """Take what was pasted; what is no source is typed."""
        found = sources(text)
        if found:
            self._found = list(dict.fromkeys([*self._found, *found]))
        else:
            self._edit.insert_text(text.partition("\n")[0])

    def box(self, cells: int, rows: int, symbols: Symbols) -> urwid.Canvas | None:
        """Show what would be added."""
        body: list[Line] = []
        for source in self._found[:MOST_NAMES]:
            body.append([("title", _name(source))])
            body.append([("quiet", f"  {source}")])
        if len(self._found) > MOST_NAMES:
            body.append([("plain", f"and {len(self._found) - MOST_NAMES} more")])
        if not self._found:
            shown = self._edit.edit_text[-(min(cells, 80) - 6) :]
            body = [[("plain", "magnet link or info hash:")], [("title", shown), ("key", "_")]]
        foot: list[Line] = [[("bad", self._problem)]] if self._problem else []
        foot.append([("key", "enter"), ("plain", " add   "), ("key", "esc"), ("plain", " no")])
        return framed("Add", body, foot, (cells, rows), symbols)

    def _take(self, text: str) -> None:
        self._found = list(dict.fromkeys([*self._found, *sources(text)]))


def _name(source: str) -> str:
    """Return how a magnet link calls its torrent, else its hash."""
    names = parse_qs(source.partition("?")[2]).get("dn", [])
    return names[0] if names and names[0].strip() else source.rpartition(":")[2]
