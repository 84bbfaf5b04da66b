"""The start view: a card for each show, with what is next."""

from collections.abc import Mapping
from datetime import datetime

from ...terminal import words
from ...terminal.cells import Symbols, bar, safe, width
from ...wire import JobReply, StepReply
from ..keys import Action
from ..paint import Line, Row, column, exact, highlighted, spread, two_lines
from ..state import Card
from .view import POINTER_CELLS, View

BAR_CELLS = 12
SEEN_CELLS = 9
BADGE_CELLS = 8
NARROW = 50
WIDE = 110
INDENT = "    "

NEXT_STEP = {
    "ready": "get ep {}",
    "downloading": "how far is ep {}",
    "on_disk": "where is ep {}",
    "unaired": "when is ep {}",
    "none": "try ep {} again",
    "late": "try ep {} again",
    "done": "",
}
NOTHING_NEXT = {Action.NEXT_STEP: "", Action.RELEASES: "", Action.WATCHED: ""}


class Watch(View):
    """The user's watchlist."""

    name = "watch"

    def focused(self) -> Card | None:
        """Return the card that the focus is on."""
        work = self.walker.focus
        return None if work is None else self.state.card(work)

    def make_row(self, name: str) -> Row:
        """Return the card of a work."""
        return Row(lambda cells, focus: self._paint(name, cells, focus=focus), two_lines)

    def update(self) -> None:
        """Show the works in the state's order."""
        self.walker.show(self.state.order)

    def headline(self, cells: int) -> Line:
        """Return how many shows there are, and how old what is seen here is."""
        dot = f" {self.symbols.dot} "
        if self.state.watchlist is None:
            return exact([], cells)
        left = f" watching {len(self.walker)}"
        if cells >= NARROW:
            left += f"{dot}ready first"
        return spread([("quiet", left)], [("quiet", self._freshness())], cells, self.symbols)

    def _freshness(self) -> str:
        watchlist = self.state.watchlist
        if watchlist is None:
            return ""
        now = self.state.now()
        parts = []
        for source in watchlist.sources:
            age = f"read {words.ago(source.synced_at, now)}" if source.synced_at else "not read yet"
            state = "" if source.state == "ok" else f" {source.state},"
            parts.append(f"{source.provider}{state} {age}")
        return f" {self.symbols.dot} ".join(parts) + " "

    def empty(self) -> str:
        """Say why there is no card."""
        watchlist = self.state.watchlist
        if watchlist is None:
            offline = self.state.link == "offline"
            return "nothing read yet" if offline else f"loading watchlist{self.symbols.ellipsis}"
        if not watchlist.sources:
            return "no watchlist is linked yet: quit with q, then run uuut link"
        return "you are not watching anything at the moment"

    def labels(self) -> Mapping[Action, str]:
        """Name what Enter would do now."""
        card = self.focused()
        if card is None:
            return NOTHING_NEXT
        if card.job is not None and card.job.state == "failed":
            return {Action.NEXT_STEP: f"try ep {card.job.episode} again"}
        if card.entry.next_episode is None:
            return NOTHING_NEXT
        step = NEXT_STEP[card.entry.state].format(card.entry.next_episode)
        return {Action.NEXT_STEP: step}

    # --- painting

    def _paint(self, work: str, cells: int, *, focus: bool) -> list[Line]:
        card = self.state.card(work)
        if card is None:
            return [exact([], cells), exact([], cells)]
        badge = words.badge(card.entry, card.torrent, self.state.now())
        if cells < NARROW:
            lines = self._narrow(card, badge, cells, focus=focus)
        else:
            lines = self._normal(card, badge, cells, focus=focus)
        return [highlighted(line, "focus") for line in lines] if focus else lines

    def _normal(self, card: Card, badge: words.Badge, cells: int, *, focus: bool) -> list[Line]:
        entry = card.entry
        bar_cells = BAR_CELLS * 2 if cells >= WIDE else BAR_CELLS
        room = cells - POINTER_CELLS - bar_cells - SEEN_CELLS - BADGE_CELLS - 3
        first: Line = [
            *self._name(card, room, with_native=cells >= WIDE),
            ("plain", " "),
            ("gauge", bar(self._fraction(card), bar_cells, self.symbols)),
            ("plain", " "),
            column(words.watched(entry), SEEN_CELLS, right=True),
            column(badge.text, BADGE_CELLS, badge.tone, right=True),
        ]
        second: Line = [("plain", INDENT), self._next(card)]
        return [
            self.pointed(first, cells, focus=focus),
            exact(second, cells, self.symbols),
        ]

    def _narrow(self, card: Card, badge: words.Badge, cells: int, *, focus: bool) -> list[Line]:
        room = max(cells - POINTER_CELLS - BADGE_CELLS - 1, 0)
        first: Line = [
            *self._name(card, room, with_native=False),
            column(badge.text, BADGE_CELLS, badge.tone, right=True),
        ]
        seen: Line = [("plain", f" {words.watched(card.entry)} ")]
        second = spread([("plain", INDENT), self._next(card)], seen, cells, self.symbols)
        return [self.pointed(first, cells, focus=focus), second]

    def _name(self, card: Card, room: int, *, with_native: bool) -> Line:
        """Return the title in *room* cells, with the native one beside it if that fits."""
        name = words.title(card.entry.title)
        native = safe(card.entry.title.native or "")
        line: Line = [("title", name)]
        both = width(name) + width(native) + 2
        if with_native and native and native != name and both <= room:
            line.append(("quiet", f"  {native}"))
        return exact(line, room, self.symbols)

    def _fraction(self, card: Card) -> float:
        """Return how much of the show has been watched; of one without end, of what is out."""
        entry = card.entry
        if entry.episodes:
            return entry.progress / entry.episodes
        if entry.state == "unaired":
            return 1.0
        return entry.progress / (entry.progress + 1)

    def _next(self, card: Card) -> tuple[str, str]:
        """Return the second line: what is next, or what is happening about it."""
        job = card.job
        if job is not None and job.state == "running":
            tone = "bad" if words.waits_for(job) else "busy"
            return tone, f"ep {job.episode} {self.symbols.dot} {steps(job, self.symbols)}"
        if job is not None and job.state == "failed" and job.problem is not None:
            problem = job.problem
            step = f"{problem.step}: " if problem.step else ""
            when = words.ago(job.created_at, self.state.now())
            sign = self.symbols.failed
            return "bad", f"ep {job.episode} {sign} {step}{problem.detail} ({when})"
        return "quiet", words.whats_next(card.entry, card.torrent, self.state.now())


def steps(job: JobReply, symbols: Symbols) -> str:
    """Return the steps of *job* so far in one line: ``resolve ✓ search ✓ 14 add ⋯``.

    Of a job that waits only that step, so that the reason is not cut off.
    """
    held = words.waits_for(job)
    running = next((step.name for step in job.steps if step.state == "running"), job.kind)
    if held:
        return f"{running} {symbols.running} {held}"
    return " ".join(_step(step, symbols) for step in job.steps if step.state != "waiting")


def _step(step: StepReply, symbols: Symbols) -> str:
    signs = {"done": symbols.done, "running": symbols.running}
    detail = f" {step.detail}" if step.detail and step.state == "running" else ""
    return f"{step.name} {signs.get(step.state, symbols.failed)}{detail}"


def situation(card: Card, now: datetime) -> str:
    """Say how a card stands about which nothing can be done now; what changes comes first."""
    entry, torrent = card.entry, card.torrent
    if entry.state == "on_disk" and torrent is not None:
        place = "/".join(filter(None, (torrent.save_path, torrent.name)))
        return f"ep {entry.next_episode} is at {place}"
    if entry.state == "downloading" and torrent is not None:
        return f"{words.transfer(torrent)}: {torrent.name}"
    return words.whats_next(entry, torrent, now)
