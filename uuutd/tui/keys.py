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
    TO_WATCH = "to watch"
    TO_TORRENTS = "to torrents"
    TO_ACTIVITY = "to activity"
    NEXT_TAB = "next tab"
    LAST_TAB = "last tab"
    OPEN = "open"
    MARK = "mark"
    MARK_RANGE = "mark range"
    MARK_ALL = "mark all"
    MARK_OTHERS = "mark others"
    PAUSE = "pause"
    REMOVE = "remove"
    REMOVE_FILES = "remove files"
    RECHECK = "recheck"
    LABEL = "label"
    LIMIT = "limit"
    FILTER = "filter"
    NO_FILTER = "no filter"
    SORT = "sort"
    REVERSE = "reverse"
    COPY = "copy"
    ADD = "add"
    UNDO = "undo"
    WANT = "want"
    RETRY = "retry"
    CANCEL = "cancel"
    ACCEPT = "accept"
    CLOSE = "close"
    SWITCH = "switch"
    YES = "yes"


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
TORRENTS = frozenset({"torrents"})
TORRENT = frozenset({"torrent"})
OF_TORRENTS = TORRENTS | TORRENT
ACTIVITY = frozenset({"activity"})
OF_JOBS = ACTIVITY | {"job"}
OPENED = frozenset({"releases", "help", "torrent", "job"})
PLACES: Mapping[str, str] = {
    "watch": "Watch",
    "releases": "The releases of an episode",
    "torrents": "Torrents",
    "torrent": "One torrent",
    "activity": "Activity",
    "job": "One job",
    "help": "Help",
}
"""What people call each view, by the name that stands in the table."""
LISTS = tuple(PLACES)

LOGIN = frozenset({"login"})
PROMPT = frozenset({"prompt"})
MENU = frozenset({"menu"})
ADDITION = frozenset({"add"})
REMOVAL = frozenset({"removal"})
OVERS = LOGIN | PROMPT | MENU | ADDITION | REMOVAL
"""What lies over a view takes every key: those that are not named here are typed, or nothing."""

OPENS = ("enter", "l", "right", "o")
BACK = ("esc", "h", "left", "backspace")

# In the order of the hint line: what stands first is cut last.
BINDINGS = (
    Binding(OPENS, Action.NEXT_STEP, "do what comes next", "next", WATCH),
    Binding(OPENS, Action.TAKE, "get this release", "get this", RELEASES),
    Binding((" ",), Action.MARK, "mark, and go down", "mark", TORRENTS),
    Binding((" ",), Action.WANT, "download this file, or do not", "want", TORRENT),
    Binding(("p",), Action.PAUSE, "pause; what is paused goes on", "pause", OF_TORRENTS),
    Binding(("d",), Action.REMOVE, "take off your list; asks first", "remove", OF_TORRENTS),
    Binding(("r",), Action.RETRY, "try again from the step that failed", "retry", OF_JOBS),
    Binding(("c",), Action.CANCEL, "stop it; a removal that waits is undone", "cancel", OF_JOBS),
    Binding(BACK, Action.BACK, "go back", "back", OPENED),
    Binding(("f",), Action.FILTER, "show only some; F shows all again", "filter", TORRENTS),
    Binding(("s",), Action.SORT, "sort", "sort", TORRENTS),
    Binding(OPENS, Action.OPEN, "show everything about it", "open", TORRENTS | ACTIVITY),
    Binding(("esc",), Action.BACK, "hide the message", "", WATCH | ACTIVITY),
    Binding(("esc",), Action.BACK, "drop the message, then marks, then the filter", "", TORRENTS),
    Binding(("r",), Action.RELEASES, "show the releases of the next episode", "releases", WATCH),
    Binding(("+",), Action.WATCHED, "mark the next episode as watched", "watched", WATCH),
    Binding(("y",), Action.COPY, "copy: magnet, name, hash, path, fetch", "copy", OF_TORRENTS),
    Binding(("u",), Action.UNDO, "undo: removals (10 s), pauses, labels, limits", "undo"),
    Binding(("?", "f1"), Action.HELP, "show all keys", "help"),
    Binding(("q", "Q"), Action.QUIT, "quit; downloads go on", "quit"),
    Binding(("R",), Action.REFRESH, "read everything again", "refresh", WATCH | ACTIVITY),
    Binding(("R",), Action.REFRESH, "search again", "search again", RELEASES),
    Binding(("a",), Action.ADD, "add a magnet link or an info hash; pasting one does, too", "add"),
    Binding(("v",), Action.MARK_RANGE, "begin a range here; again marks it", "", TORRENTS),
    Binding(("*",), Action.MARK_ALL, "mark all that are shown, or none", "", TORRENTS),
    Binding(("!",), Action.MARK_OTHERS, "mark those that are not marked", "", TORRENTS),
    Binding(("F",), Action.NO_FILTER, "show all", "", TORRENTS),
    Binding(("S",), Action.REVERSE, "sort the other way round", "", TORRENTS),
    Binding(("D",), Action.REMOVE_FILES, "remove with the files; asks first", "", OF_TORRENTS),
    Binding(("V",), Action.RECHECK, "verify the files again", "", OF_TORRENTS),
    Binding(("b",), Action.LABEL, "label", "", OF_TORRENTS),
    Binding(("L",), Action.LIMIT, "limit how fast it may be", "", OF_TORRENTS),
    Binding(("1",), Action.TO_WATCH, "what you watch"),
    Binding(("2",), Action.TO_TORRENTS, "your torrents"),
    Binding(("4",), Action.TO_ACTIVITY, "what is and was being done"),
    Binding(("tab",), Action.NEXT_TAB, "next view"),
    Binding(("shift tab",), Action.LAST_TAB, "view before"),
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
    Binding(("y",), Action.YES, "do it", "remove", REMOVAL),
    Binding(("f",), Action.SWITCH, "keep or delete the files", "keep or delete files", REMOVAL),
    Binding(("enter",), Action.ACCEPT, "do it", "do it", PROMPT),
    Binding(("enter",), Action.ACCEPT, "add it", "add", ADDITION),
    Binding(("esc",), Action.CLOSE, "leave everything as it is", "no", OVERS - LOGIN),
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
    " ": "space",
    "tab": "Tab",
    "shift tab": "S-Tab",
}


def find(view: str, key: str) -> Action | None:
    """Return what *key* does in *view*."""
    return next((binding.action for binding in of(view) if key in binding.keys), None)


def of(view: str) -> list[Binding]:
    """Return the bindings of *view*, or of what lies over one."""
    everywhere = view not in OVERS
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
