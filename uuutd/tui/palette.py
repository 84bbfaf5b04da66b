"""Colours: each repeats what a word says already, so that none is needed."""

from collections.abc import Iterator

Entry = tuple[str, str, str, str, str, str]

FOCUS_BACKGROUND = "#2b3a55"
BOX_BACKGROUND = "#20242c"

# name: (16 colours, one colour, true colour)
_FOREGROUNDS = {
    "plain": ("default", "default", "default"),
    "title": ("default,bold", "bold", "default,bold"),
    "quiet": ("dark gray", "default", "#9aa3b2"),
    "good": ("light green", "bold", "#7fd88f"),
    "busy": ("light cyan", "bold", "#7cc7e8"),
    "bad": ("light red", "bold", "#ff8f87"),
    "gauge": ("dark cyan", "default", "#5f86ad"),
    "key": ("yellow", "bold", "#e8c46a"),
}


def palette() -> Iterator[Entry]:
    """Give urwid's entries: every foreground as it is, in the focused row, and in a box."""
    for name, (basic, mono, high) in _FOREGROUNDS.items():
        yield (name, basic, "default", mono, high, "default")
        lit = high.replace("default", "#ffffff")
        focused = basic.replace("default", "white").replace("dark gray", "light gray")
        # A bar turned inside out would say the opposite.
        marked = mono if name == "gauge" else _focused(mono)
        yield (f"{name}.focus", focused, "dark blue", marked, lit, FOCUS_BACKGROUND)
        boxed = basic.replace("default", "white").replace("dark gray", "light gray")
        yield (f"{name}.box", boxed, "black", mono, lit, BOX_BACKGROUND)
    yield ("bar", "black", "light gray", "standout", "#ffffff", "#31405c")
    # One colour: the tab that is open is the one that is not turned inside out.
    yield ("bar.open", "white,bold", "dark blue", "bold", "#ffffff,bold", FOCUS_BACKGROUND)
    yield ("alarm", "white,bold", "dark red", "standout,bold", "#ffffff,bold", "#8b2630")


def _focused(mono: str) -> str:
    return "standout" if mono == "default" else f"standout,{mono}"
