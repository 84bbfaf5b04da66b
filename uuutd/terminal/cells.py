"""Text on a terminal is measured in cells: a letter takes one, a kanji two, an accent none."""

import functools

import attrs
import wcwidth

from ..text import clean

KEPT = 1024  # texts that are seen again in the next frame
LONGEST = 2000  # characters of one text that anybody wants to see
EIGHTHS = " ▏▎▍▌▋▊▉"

# Terminals disagree about how wide a flag or a toned emoji is, so they lose what joins them.
_DISPUTED = dict.fromkeys((*range(0x1F3FB, 0x1F400), *range(0x1F1E6, 0x1F200)))


@attrs.frozen(kw_only=True)
class Symbols:
    """The signs that a terminal can show."""

    ellipsis: str
    full: str
    empty: str
    parts: str
    dot: str
    done: str
    failed: str
    running: str
    pointer: str
    line: str
    down: str
    up: str
    mark: str
    seeding: str
    paused: str
    corners: str


UNICODE = Symbols(
    ellipsis="…",
    full="█",
    empty="░",
    parts=EIGHTHS,
    dot="·",
    done="✓",
    failed="✗",
    running="⋯",
    pointer="\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
    line="─",
    down="↓",
    up="↑",
    mark="●",
    seeding="▲",
    paused="‖",
    corners="┌┐└┘│",
)
ASCII = Symbols(
    ellipsis="~",
    full="#",
    empty="-",
    parts="",
    dot="-",
    done="ok",
    failed="failed",
    running="...",
    pointer=">",
    line="-",
    down="D ",
    up="U ",
    mark="*",
    seeding="S",
    paused="P",
    corners="++++|",
)


def safe(text: str) -> str:
    """Make *text* harmless and measurable: on one line, without anything that a terminal obeys.

    Unlike `uuutd.text.clean` this keeps every space, because lines are laid out with them.
    """
    return text[:LONGEST] if text.isascii() and text.isprintable() else _cleaned(text)


@functools.lru_cache(maxsize=KEPT)
def _cleaned(text: str) -> str:
    words = (clean(word.translate(_DISPUTED), LONGEST) for word in text.split(" "))
    return " ".join(words)[:LONGEST]


def width(text: str) -> int:
    """Return how many cells *text* takes, which must be `safe`."""
    return len(text) if text.isascii() else _measured(text)


@functools.lru_cache(maxsize=KEPT)
def _measured(text: str) -> int:
    return wcwidth.wcswidth(text)


def cut(text: str, cells: int, ellipsis: str = UNICODE.ellipsis) -> str:
    """Return *text* in at most *cells*, with an *ellipsis* where something is missing."""
    if width(text) <= cells:
        return text
    room = cells - len(ellipsis)
    if room < 0:
        return ellipsis[:cells] if cells > 0 else ""
    if text.isascii():
        return text[:room] + ellipsis
    kept, used = [], 0
    for cluster in wcwidth.iter_graphemes(text):
        used += width(cluster)
        if used > room:
            break
        kept.append(cluster)
    return "".join(kept) + ellipsis


def fit(text: str, cells: int, *, right: bool = False, ellipsis: str = UNICODE.ellipsis) -> str:
    """Return *text*, made safe, in exactly *cells*: cut or filled up, to the *right* if asked."""
    shown = cut(safe(text), cells, ellipsis)
    blank = " " * (cells - width(shown))
    return blank + shown if right else shown + blank


def bar(fraction: float, cells: int, symbols: Symbols = UNICODE) -> str:
    """Draw *fraction* (0 to 1) as a bar of exactly *cells*; it is full only at 1."""
    if cells <= 0:
        return ""
    steps = max(len(symbols.parts), 1)
    filled = int(min(max(fraction, 0.0), 1.0) * cells * steps)
    whole, part = divmod(filled, steps)
    piece = symbols.parts[part] if part else ""
    return symbols.full * whole + piece + symbols.empty * (cells - whole - len(piece))
