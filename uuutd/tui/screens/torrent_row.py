"""One torrent in the list: what there is room for, the name first and the ratio last."""

import functools
from collections.abc import Callable

import attrs

from ...terminal import words
from ...terminal.cells import Symbols, bar, safe
from ...wire import TorrentReply
from ..paint import Line, Segment, column, exact, highlighted, spread

NARROW = 50
WIDE = 110
LEAST_NAME = 34
SIGN_CELLS = 2
WORD_CELLS = 7
RATES = frozenset({"down", "up", "eta", "peers"})

# state: (the word where there is room for one, its colour)
WORDS: dict[str, tuple[str, words.Tone]] = {
    "downloading": ("down", "busy"),
    "seeding": ("seed", "good"),
    "metadata": ("meta", "busy"),
    "stalled": ("stall", "bad"),
    "paused": ("pause", "quiet"),
    "queued": ("queue", "quiet"),
    "checking": ("check", "busy"),
    "error": ("error", "bad"),
    "missing": ("gone", "bad"),
}


@attrs.frozen
class Look:
    """How a row is to be painted: whether it is focused and marked, and whether it is news."""

    focus: bool
    marked: bool
    fresh: bool


@attrs.frozen
class Column:
    """One column; those with the lowest *weight* go first where there is little room."""

    name: str
    cells: int
    weight: int
    paint: Callable[[TorrentReply, int, Symbols], Segment]


def _size(torrent: TorrentReply, cells: int, _: Symbols) -> Segment:
    return column(words.size(torrent.size) if torrent.size else "?", cells, right=True)


def _bar(torrent: TorrentReply, cells: int, symbols: Symbols) -> Segment:
    return "gauge", " " + bar(torrent.progress, cells - 1, symbols)


def _percent(torrent: TorrentReply, cells: int, _: Symbols) -> Segment:
    return column(words.percent(torrent.progress).replace(" ", ""), cells, right=True)


def _down(torrent: TorrentReply, cells: int, _: Symbols) -> Segment:
    rate = words.size(torrent.down_rate) if torrent.down_rate else ""
    return column(rate, cells, "busy", right=True)


def _up(torrent: TorrentReply, cells: int, _: Symbols) -> Segment:
    return column(words.size(torrent.up_rate) if torrent.up_rate else "", cells, right=True)


def _eta(torrent: TorrentReply, cells: int, _: Symbols) -> Segment:
    return column("" if torrent.eta is None else words.duration(torrent.eta), cells, right=True)


def _peers(torrent: TorrentReply, cells: int, _: Symbols) -> Segment:
    return column(f"{torrent.seeders}/{torrent.leechers}", cells, "quiet", right=True)


def _ratio(torrent: TorrentReply, cells: int, _: Symbols) -> Segment:
    return column(f"{torrent.ratio:.1f}", cells, "quiet", right=True)


_COLUMNS = (
    Column("size", 6, 3, _size),
    Column("bar", 9, 5, _bar),
    Column("percent", 5, 8, _percent),
    Column("down", 6, 7, _down),
    Column("up", 6, 2, _up),
    Column("eta", 7, 6, _eta),
    Column("peers", 8, 4, _peers),
    Column("ratio", 6, 1, _ratio),
)


@functools.lru_cache(maxsize=8)
def columns(cells: int) -> tuple[Column, ...]:
    """Return the columns for a screen of so many *cells*; they leave the name enough room."""
    chosen = [
        attrs.evolve(each, cells=17) if each.name == "bar" and cells >= WIDE else each
        for each in _COLUMNS
    ]
    room = cells - _before(cells) - LEAST_NAME
    while sum(each.cells for each in chosen) > room and len(chosen) > 1:
        chosen.remove(min(chosen, key=lambda each: each.weight))
    return tuple(chosen)


def _before(cells: int) -> int:
    """Return how many cells stand before the name: the pointer, the mark and the state."""
    return 2 + (WORD_CELLS if cells >= WIDE else SIGN_CELLS)


def height(cells: int) -> int:
    """Return how many lines a row takes."""
    return 2 if cells < NARROW else 1


def paint(torrent: TorrentReply, cells: int, look: Look, symbols: Symbols) -> list[Line]:
    """Return the row of *torrent*."""
    pointer = symbols.pointer if look.focus else " "
    mark = symbols.mark if look.marked else " "
    first: Line = [("key", pointer + mark), _state(torrent, cells, symbols)]
    name: Segment = ("title" if look.focus else "plain", safe(torrent.name))
    if cells < NARROW:
        second: Line = [("quiet", "    "), *_facts(torrent, fresh=look.fresh)]
        lines = [
            exact([*first, name], cells, symbols),
            exact(second, cells, symbols),
        ]
    else:
        figures = _figures(torrent, cells, symbols, fresh=look.fresh)
        lines = [spread([*first, name], figures, cells, symbols)]
    return [highlighted(line, "focus") for line in lines] if look.focus else lines


def _state(torrent: TorrentReply, cells: int, symbols: Symbols) -> Segment:
    word, tone = WORDS.get(torrent.state, (torrent.state, "plain"))
    if cells >= WIDE:
        return column(word, WORD_CELLS, tone)
    return column(_signs(symbols).get(torrent.state, "?"), SIGN_CELLS, tone)


def _signs(symbols: Symbols) -> dict[str, str]:
    return {
        "downloading": symbols.down.strip(),
        "seeding": symbols.seeding,
        "metadata": "?",
        "stalled": symbols.ellipsis,
        "paused": symbols.paused,
        "queued": symbols.dot,
        "checking": "%",
        "error": "!",
        "missing": "!",
    }


def _figures(torrent: TorrentReply, cells: int, symbols: Symbols, *, fresh: bool) -> Line:
    """Return the columns; what went wrong stands in place of the rates."""
    line: Line = []
    room = 0
    for each in columns(cells):
        if each.name in RATES and torrent.error:
            room += each.cells
        elif each.name in RATES and not fresh:
            line.append(("quiet", " " * each.cells))
        else:
            if room:
                line.append(column(f" {torrent.error}", room, "bad"))
                room = 0
            line.append(each.paint(torrent, each.cells, symbols))
    return [*line, column(f" {torrent.error}", room, "bad")] if room else line


def _facts(torrent: TorrentReply, *, fresh: bool) -> Line:
    """Return the second line where the screen is narrow."""
    parts = [words.percent(torrent.progress).replace(" ", "")]
    if torrent.size:
        parts.append(words.size(torrent.size))
    if torrent.error:
        return [("plain", "  ".join(parts)), ("bad", f"  {torrent.error}")]
    if fresh:
        parts += [f"{words.size(torrent.down_rate)}/s"] if torrent.down_rate else []
        parts += [words.duration(torrent.eta)] if torrent.eta is not None else []
    return [("quiet", "  ".join(parts))]
