"""Which key does what: the one table for the keys themselves, the hints and the help."""

import enum
from collections.abc import Mapping

import attrs


class Action(enum.Enum):
    """What a key can do."""

    DOWN = "down"
    UP = "up"
    PAGE_DOWN = "page down"
    PAGE_UP = "page up"
    FIRST = "first"
    LAST = "last"
    NEXT_STEP = "next step"
    RELEASES = "releases"
    WATCHED = "watched"
    REFRESH = "refresh"
    TAKE = "take"
    BACK = "back"
    HELP = "help"
    RECONNECT = "reconnect"
    REDRAW = "redraw"
    QUIT = "quit"
    LOG_IN = "log in"
    NEXT_FIELD = "next field"


@attrs.frozen
class Binding:
    """*keys*, in urwid's names, do *action* in *views*, or in every list if that is empty.

    *hint* is the word in the hint line; without one the binding stands only in the help.
    """

    keys: tuple[str, ...]
    action: Action
    help: str
    hint: str = ""
    views: frozenset[str] = frozenset()


WATCH = frozenset({"watch"})
RELEASES = frozenset({"releases"})
OPENED = frozenset({"releases", "help"})
LOGIN = frozenset({"login"})

# In the order of the hint line: what stands first is cut last.
BINDINGS = (
    Binding(("enter", "l", "right", "o"), Action.NEXT_STEP, "do what comes next", "next", WATCH),
    Binding(("enter", "l", "right", "o"), Action.TAKE, "get this release", "get this", RELEASES),
    Binding(("esc", "h", "left", "backspace"), Action.BACK, "go back", "back", OPENED),
    Binding(("esc",), Action.BACK, "hide the message", "", WATCH),
    Binding(("r",), Action.RELEASES, "show the releases of the next episode", "releases", WATCH),
    Binding(("+",), Action.WATCHED, "mark the next episode as watched", "watched", WATCH),
    Binding(("?", "f1"), Action.HELP, "show all keys", "help"),
    Binding(("q", "Q"), Action.QUIT, "quit; downloads go on", "quit"),
    Binding(("R",), Action.REFRESH, "read everything again", "refresh", WATCH),
    Binding(("R",), Action.REFRESH, "search again", "search again", RELEASES),
    Binding(("j", "down"), Action.DOWN, "down"),
    Binding(("k", "up"), Action.UP, "up"),
    Binding(("page down", "ctrl f", "ctrl d"), Action.PAGE_DOWN, "a page down"),
    Binding(("page up", "ctrl b", "ctrl u"), Action.PAGE_UP, "a page up"),
    Binding(("g", "home"), Action.FIRST, "to the top"),
    Binding(("G", "end"), Action.LAST, "to the end"),
    Binding(("ctrl r",), Action.RECONNECT, "connect to the daemon again, now"),
    Binding(("ctrl l",), Action.REDRAW, "draw the screen again"),
    Binding(("enter",), Action.LOG_IN, "log in", "log in", LOGIN),
    Binding(("tab", "shift tab", "down", "up"), Action.NEXT_FIELD, "other field", "next", LOGIN),
    Binding(("esc",), Action.QUIT, "quit", "quit", LOGIN),
)

NAMES: Mapping[str, str] = {
    "page down": "PgDn",
    "page up": "PgUp",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "backspace": "Bksp",
    "f1": "F1",
}


def find(view: str, key: str) -> Action | None:
    """Return what *key* does in *view*."""
    return next((binding.action for binding in of(view) if key in binding.keys), None)


def of(view: str) -> list[Binding]:
    """Return the bindings of *view*; in the login box every other key is a letter to type."""
    everywhere = view not in LOGIN
    return [
        binding
        for binding in BINDINGS
        if view in binding.views or (everywhere and not binding.views)
    ]


def key_name(key: str) -> str:
    """Return what people call *key*."""
    if key.startswith("ctrl "):
        return f"^{key[5:].upper()}"
    return NAMES.get(key, key)
