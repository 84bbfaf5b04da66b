"""The dialog before torrents are removed.  Only ``y`` removes, and files are kept unless asked."""

from collections.abc import Callable, Sequence

import urwid

from ...terminal import words
from ...terminal.cells import Symbols
from ...wire import TorrentReply
from .. import keys
from ..keys import Action
from ..over import WIDEST, Over, framed
from ..paint import Line, spread

MOST_NAMES = 5
MANY = 20
MUCH = 50 * 1024**3
WITH_LABELS = 46  # cells from which on every word of the dialog has room


class Removal(Over):
    """Asks whether to remove *torrents*; *remove* is told whether their files go, too.

    For many torrents, or much that would be deleted, ``y`` is not enough: the number of
    torrents has to be typed before.
    """

    name = "removal"

    def __init__(
        self, torrents: Sequence[TorrentReply], remove: Callable[[bool], object], *, files: bool
    ) -> None:
        self._torrents = torrents
        self._remove = remove
        self._files = files
        self._typed = ""

    def key(self, key: str) -> bool:
        """Take the answer; every key but those that are named does nothing."""
        action = keys.find(self.name, key)
        if action is Action.CLOSE:
            return False
        if action is Action.SWITCH:
            self._files, self._typed = not self._files, ""
        elif action is Action.YES and self._may():
            self._remove(self._files)
            return False
        elif key == "backspace":
            self._typed = self._typed[:-1]
        elif len(key) == 1 and key.isascii() and key.isdigit():
            self._typed = (self._typed + key)[-6:]
        return True

    def box(self, cells: int, rows: int, symbols: Symbols) -> urwid.Canvas | None:
        """Name what would go, and say what becomes of the files."""
        inside = min(cells, WIDEST) - 4
        keeps: list[Line] = [[("busy", text)] for text in self._who_keeps()]
        foot = self._foot(inside)
        body = self._names(inside, rows - 2 - len(keeps) - len(foot), symbols)
        count = len(self._torrents)
        title = f"Remove {count} torrent{'s' if count > 1 else ''}"
        return framed(title, body + keeps, foot, (cells, rows), symbols)

    def _names(self, cells: int, rows: int, symbols: Symbols) -> list[Line]:
        """Name as many as there is room for: what others keep and what goes is said anyway."""
        count = len(self._torrents)
        fits = count <= min(rows, MOST_NAMES)
        shown = count if fits else min(max(rows - 1, 1), MOST_NAMES)
        lines: list[Line] = []
        for torrent in self._torrents[:shown]:
            figures = f" {words.size(torrent.size)} {words.percent(torrent.progress):>5}"
            name: Line = [("title", torrent.name)]
            lines.append(spread(name, [("plain", figures)], cells, symbols))
        if not fits:
            lines.append([("plain", f"and {count - shown} more")])
        return lines[: max(rows, 0)]

    def _foot(self, inside: int) -> list[Line]:
        kept, gone = (" ", "x") if self._files else ("x", " ")
        size = words.size(self._deleted())
        fate = f"[{gone}] delete {size}"
        files: Line = [
            ("plain", f"Files: [{kept}] keep  "),
            ("bad" if self._files else "plain", fate),
        ]
        if inside < WITH_LABELS:
            files = [("plain", f"[{kept}] keep "), files[1], ("key", " f")]
        else:
            files += [("key", "  f"), ("plain", " switches")]
        does = "removes, DELETES FILES" if self._files else "removes, keeps files"
        if self._may():
            last: Line = [("key", "y "), ("bad" if self._files else "plain", does)]
        else:
            asked = f"type {len(self._torrents)} to be sure: {self._typed}_"
            last = [("bad", asked)]
        return [files, [*last, ("key", "   esc"), ("plain", " no")]]

    def _may(self) -> bool:
        """Tell whether ``y`` is enough, or the number was typed."""
        much = len(self._torrents) > MANY or (self._files and self._deleted() > MUCH)
        return not much or self._typed == str(len(self._torrents))

    def _deleted(self) -> int:
        """Return how many bytes would go: what others have as well stays."""
        return sum(t.done_bytes for t in self._torrents if t.owners <= 1 and not t.foreign)

    def _who_keeps(self) -> list[str]:
        shared = [t for t in self._torrents if t.owners > 1 and not t.foreign]
        foreign = [t for t in self._torrents if t.foreign]
        texts = []
        if shared:
            name = shared[0].name if len(shared) == 1 else f"{len(shared)} of them"
            texts.append(f"others here have {name}: for them it stays, with its files")
        if foreign:
            texts.append(f"{len(foreign)} were in the client before: they and their files stay")
        return texts
