"""What lies over a view for a moment and takes every key: a question, a menu, a dialog."""

import abc
from collections.abc import Callable, Sequence

import attrs
import urwid

from ..terminal.cells import Symbols, width
from . import keys
from .keys import Action
from .paint import Line, canvas, exact, highlighted, spread

WIDEST = 80


class Over(abc.ABC):
    """Something that lies over a view."""

    name: str
    """Whose keys these are, in the table of keys."""

    @abc.abstractmethod
    def key(self, key: str) -> bool:
        """Take a key, and say whether it stays open."""

    def paste(self, text: str) -> None:  # noqa: B027 - most have no use for one
        """Take a pasted text."""

    def line(self, cells: int, symbols: Symbols) -> Line | None:  # noqa: ARG002 - a face
        """Return what stands in place of the message, if anything does."""
        return None

    def box(self, cells: int, rows: int, symbols: Symbols) -> urwid.Canvas | None:  # noqa: ARG002
        """Return a box that stands over the view, if there is one for a screen of this size."""
        return None


class Prompt(Over):
    """Asks for one line of text, which begins as *text*.

    *done* is called with it, and returns what is wrong with it, empty if nothing is; *changed*
    with each text on the way, and returns a remark; *left* when somebody thinks better of it.
    """

    name = "prompt"

    def __init__(
        self,
        label: str,
        text: str,
        done: Callable[[str], str],
        *,
        changed: Callable[[str], str] | None = None,
        left: Callable[[], object] | None = None,
    ) -> None:
        self._label = label
        self._edit = urwid.Edit(edit_text=text, edit_pos=len(text))
        self._done = done
        self._changed = changed
        self._left = left
        self._remark = ""

    def key(self, key: str) -> bool:
        """Type, or end it."""
        match keys.find(self.name, key):
            case Action.ACCEPT:
                self._remark = self._done(self._edit.edit_text)
                return bool(self._remark)
            case Action.CLOSE:
                if self._left is not None:
                    self._left()
                return False
        if key == "ctrl u":
            self._edit.set_edit_text("")
        else:
            self._edit.keypress((WIDEST,), key)
        self._look()
        return True

    def paste(self, text: str) -> None:
        """Type a pasted text; what follows a line end is left out."""
        self._edit.insert_text(text.partition("\n")[0])
        self._look()

    def line(self, cells: int, symbols: Symbols) -> Line:
        """Return the question, what was typed so far, and what is to say about that."""
        typed, at = self._edit.edit_text, self._edit.edit_pos
        before, after = typed[:at], typed[at:]
        room = max(cells - width(self._label) - 4, 1)
        while before and width(before) >= room:
            before = before[1:]
        left: Line = [("key", f" {self._label}: "), ("title", before), ("key", "_")]
        left.append(("title", after))
        right: Line = [("bad" if self._remark.startswith("character") else "quiet", self._remark)]
        taken = sum(width(text) for _, text in left)
        if self._remark and taken + width(self._remark) + 3 > cells:
            left = [("key", f" {before[-8:]}_ ")]
            return exact([*left, *right], cells, symbols)
        return spread(left, [*right, ("quiet", " ")], cells, symbols)

    def _look(self) -> None:
        self._remark = self._changed(self._edit.edit_text) if self._changed else ""


@attrs.frozen
class Choice:
    """One line of a menu: *key* does *run*."""

    key: str
    label: str
    run: Callable[[], object]


class Menu(Over):
    """Lists what the next key can do."""

    name = "menu"

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        self._title = title
        self._choices = choices

    def key(self, key: str) -> bool:
        """Do what the key stands for; any other one closes it."""
        for choice in self._choices:
            if choice.key == key:
                choice.run()
        return False

    def box(self, cells: int, rows: int, symbols: Symbols) -> urwid.Canvas | None:
        """List the choices."""
        lines: list[Line] = [[("key", f"{c.key}  "), ("plain", c.label)] for c in self._choices]
        room = max((sum(width(text) for _, text in line) for line in lines), default=0)
        needed = max(room, width(self._title)) + 6
        return framed(self._title, lines, [], (min(needed, cells), rows), symbols)


class Confirm(Over):
    """Asks *question*: ``y`` does *run*, every other key does not."""

    name = "menu"

    def __init__(self, question: str, run: Callable[[], object]) -> None:
        self._question = question
        self._run = run

    def key(self, key: str) -> bool:
        """Take the answer."""
        if key == "y":
            self._run()
        return False

    def line(self, cells: int, symbols: Symbols) -> Line:
        """Return the question."""
        return exact([("key", f" {self._question}")], cells, symbols)


def framed(
    title: str, body: list[Line], foot: list[Line], size: tuple[int, int], symbols: Symbols
) -> urwid.Canvas | None:
    """Return a box with *title* of at most *size*: of *body* what fits, and all of *foot*.

    None if not even *foot* fits.
    """
    cells, rows = min(size[0], WIDEST), size[1]
    room = rows - 2 - len(foot)
    if room < 0 or cells < len("+-- --+"):
        return None
    left, right, below, end, side = tuple(symbols.corners)
    inside = cells - 4
    shown = exact([("title", f" {title} ")], min(width(title) + 2, cells - 3), symbols)
    dashes = symbols.line * (cells - 2)
    used = sum(width(text) for _, text in shown) + 2
    head = [("quiet", left + symbols.line), *shown, ("quiet", symbols.line * (cells - 1 - used))]
    lines = [[*head, ("quiet", right)]]
    lines += [
        [("quiet", f"{side} "), *exact(line, inside, symbols), ("quiet", f" {side}")]
        for line in [*body[:room], *foot]
    ]
    lines.append([("quiet", below + dashes + end)])
    return canvas([highlighted(line, "box") for line in lines], cells)
