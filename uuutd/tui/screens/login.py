"""The box that asks for a user name and a password."""

from collections.abc import Callable

import urwid

from ...terminal.cells import safe
from .. import keys
from ..keys import Action

BOX_CELLS = 52


class LoginBox:
    """Asks who is there; *submit* is called with a user name and a password.

    It stands over the view, which keeps what it shows.
    """

    name = "login"

    def __init__(self, submit: Callable[[str, str], None]) -> None:
        self._submit = submit
        self._username = urwid.Edit("user      ", wrap=urwid.WrapMode.CLIP)
        self._password = urwid.Edit("password  ", mask="*", wrap=urwid.WrapMode.CLIP)
        self._problem = urwid.Text("", wrap=urwid.WrapMode.CLIP)
        self._fields = urwid.Pile(
            [self._username, self._password, urwid.AttrMap(self._problem, "bad.box")]
        )
        inside = urwid.Padding(self._fields, left=1, right=1)
        framed = urwid.LineBox(inside, title="Log in", title_align=urwid.Align.LEFT)
        self._box = urwid.AttrMap(framed, {None: "plain.box", "bad.box": "bad.box"})

    def render(self, cells: int, rows: int) -> urwid.Canvas | None:
        """Return the box for a screen of this size, None where it does not fit."""
        canvas = self._box.render((min(BOX_CELLS, cells),), focus=True)
        return canvas if canvas.rows() <= rows else None

    def key(self, key: str) -> None:
        """Take one key; what is no key of ours is typed."""
        action = keys.find(self.name, key)
        in_name = self._fields.focus_position == 0
        if action is Action.NEXT_FIELD or (action is Action.LOG_IN and in_name):
            self._fields.focus_position = 1 if in_name else 0
        elif action is Action.LOG_IN:
            self._submit(self._username.edit_text.strip(), self._password.edit_text)
        else:
            self._field().keypress((BOX_CELLS,), key)

    def paste(self, text: str) -> None:
        """Put a pasted *text* where the cursor is; what follows a line end is left out."""
        self._field().insert_text(text.partition("\n")[0])

    def fail(self, problem: str) -> None:
        """Say what was wrong, and ask for the password again."""
        self._problem.set_text(safe(problem))
        self._password.set_edit_text("")
        self._fields.focus_position = 1

    def _field(self) -> urwid.Edit:
        return self._username if self._fields.focus_position == 0 else self._password
