"""The user's torrents, live."""

from collections.abc import Sequence

from ... import filters
from ...filters import FilterError
from ...terminal import words
from ...terminal.cells import Symbols
from ...wire import TorrentReply
from ..paint import Line, Row, exact, spread
from ..sorting import ORDERS
from ..state import State
from . import torrent_row
from .torrent_row import Look
from .view import View

TIMED_EVERY = 10  # seconds until a filter that goes by the clock is asked again
EVERYTHING = filters.parse("")


class Torrents(View):
    """A row for each torrent that the filter lets through, in the order that was asked for.

    The filter is evaluated here and not by the daemon: all torrents are here anyway, it needs
    no round trip while somebody types, and only here is known what is marked.
    """

    name = "torrents"

    def __init__(self, state: State, symbols: Symbols) -> None:
        super().__init__(state, symbols)
        self.filter_text = ""
        self.order = "a"
        self.falling = True
        self.anchor: str | None = None
        self._filter = EVERYTHING
        self._known: dict[str, tuple[TorrentReply, bool]] = {}
        self._marks: set[str] = set()
        self._all: list[str] = []
        self._asked = 0
        self._shown: tuple[int, int, int] | None = None
        self._may_move = True
        self._unsettled = False

    # --- what is where

    def focused(self) -> TorrentReply | None:
        """Return the torrent that the focus is on."""
        return self.state.torrents.get(self.walker.focus or "")

    def targets(self) -> list[TorrentReply]:
        """Return what the next action is about: what is seen and marked, else what is focused."""
        torrents = self.state.torrents
        names = [name for name in self.walker.positions() if name in self._marks]
        marked = [torrents[name] for name in names if name in torrents]
        focused = self.focused()
        return marked or ([focused] if focused else [])

    def update(self) -> None:
        """Bring the list in line with the torrents, the filter and the order."""
        clock = int(self.state.now().timestamp()) // TIMED_EVERY if self._filter.timed else 0
        wanted = (self.state.changes, self._asked, clock)
        if wanted == self._shown:
            return
        self._shown = wanted
        torrents = self.state.torrents
        known = [name for name in self._all if name in torrents]
        if len(known) < len(torrents):
            old = set(known)
            known += [name for name in torrents if name not in old]
        if self._may_move:
            of = ORDERS[self.order].of
            known.sort(key=lambda name: of(torrents[name]), reverse=self.falling)
        self._unsettled, self._may_move = not self._may_move, False
        self._all = known
        self._marks &= torrents.keys()
        self.walker.show(self._filtered(known))

    def settle(self) -> None:
        """Let rows move to where they belong now."""
        self._may_move = True
        if self._unsettled:
            self._shown = None

    def _filtered(self, names: list[str]) -> Sequence[str]:
        if self._filter is EVERYTHING:
            return names
        context = filters.Context(
            now=self.state.now(),
            mine=lambda row: not row.foreign,
            watched=self.state.watched,
            marked=lambda row: row.hash in self._marks,
        )
        torrents, found = self.state.torrents, self._filter
        if found.timed or found.words & {"marked", "watched"}:
            return [name for name in names if found.matches(torrents[name], context)]
        # What it says of a row stays true until there is another row: only news are asked.
        known, self._known = self._known, {}
        for name in names:
            row = torrents[name]
            before = known.get(name)
            fits = before[1] if before and before[0] is row else found.matches(row, context)
            self._known[name] = (row, fits)
        return [name for name in names if self._known[name][1]]

    # --- what the user wants of it

    def show_only(self, text: str) -> str:
        """Show what the filter *text* lets through; return what is wrong with it, or a count."""
        try:
            self._filter = filters.parse(text) if text.strip() else EVERYTHING
        except FilterError as error:
            return str(error)
        self.filter_text = text.strip()
        self._known = {}
        self._ask()
        self.update()
        return f"{len(self.walker)} of {len(self.state.torrents)}"

    def sort_by(self, order: str) -> None:
        """Sort by *order*; what it is sorted by already, the other way round."""
        self.falling = not self.falling if order == self.order else ORDERS[order].falling
        self.order = order
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        self._may_move = True

    # --- marks

    @property
    def marks(self) -> frozenset[str]:
        """The hashes of what is marked."""
        return frozenset(self._marks)

    def mark(self, names: frozenset[str]) -> None:
        """Mark these torrents and no others."""
        self._marks = set(names)
        self.anchor = None
        if "marked" in self._filter.words:
            self._asked += 1

    def shown(self) -> frozenset[str]:
        """Return the hashes of all that is shown."""
        return frozenset(self.walker.positions())

    def range(self) -> frozenset[str]:
        """Return the hashes from where a range was begun to the focus."""
        names = self.walker.positions()
        if self.anchor not in names:
            return frozenset()
        ends = sorted((names.index(self.anchor), self.walker.place))
        return frozenset(names[ends[0] : ends[1] + 1])

    # --- painting

    def make_row(self, name: str) -> Row:
        """Return the row of a torrent."""
        return Row(lambda cells, focus: self._paint(name, cells, focus=focus), torrent_row.height)

    def _paint(self, name: str, cells: int, *, focus: bool) -> list[Line]:
        torrent = self.state.torrents.get(name)
        if torrent is None:
            return [exact([], cells) for _ in range(torrent_row.height(cells))]
        fresh = self.state.link != "offline"
        look = Look(focus=focus, marked=name in self._marks, fresh=fresh)
        return torrent_row.paint(torrent, cells, look, self.symbols)

    def headline(self, cells: int) -> Line:
        """Return how many are shown and marked, why not all, in which order, and how fresh."""
        dot = f" {self.symbols.dot} "
        parts = [f" {len(self.walker)} of {len(self.state.torrents)}"]
        if self._marks:
            parts.append(f"{len(self._marks)} marked")
        if self.filter_text:
            parts.append(f"filter: {self.filter_text}")
        way = self.symbols.down if self.falling else self.symbols.up
        parts.append(f"sort: {ORDERS[self.order].label}{way}")
        left = dot.join(parts)
        right = self._freshness() if cells >= torrent_row.NARROW else ""
        return spread([("quiet", left)], [("quiet", right)], cells, self.symbols)

    def _freshness(self) -> str:
        parts = []
        for client in self.state.clients:
            if client.state == "ready":
                parts.append(f"{client.name} {self.symbols.done}")
            else:
                now = self.state.now()
                seen = f", seen {words.ago(client.synced_at, now)}" if client.synced_at else ""
                parts.append(f"{client.name} is {client.state}{seen}")
        return f" {self.symbols.dot} ".join(parts) + " "

    def empty(self) -> str:
        """Say why there is no torrent."""
        if self.state.torrents:
            return f"F shows all again: the filter hides {len(self.state.torrents)}"
        if not self.state.torrents_read:
            offline = self.state.link == "offline"
            return "nothing read yet" if offline else f"loading torrents{self.symbols.ellipsis}"
        return "no torrents yet: a, or a pasted magnet link, adds one; 1 is your watchlist"
