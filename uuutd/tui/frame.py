"""The frame around the view: who and where above it, what happened and which keys below."""

from collections.abc import Callable

import urwid

from ..terminal import words
from ..terminal.cells import Symbols, safe, width
from ..wire import JobReply
from . import keys
from .over import Over
from .paint import Line, canvas, exact, spread
from .screens.login import LoginBox
from .screens.view import View
from .screens.watch import situation, steps
from .state import Asked, State

LEAST_CELLS, LEAST_ROWS = 30, 8
ROWS_WITH_HEADLINE = 10
ROWS_WITH_BLANK = 15
CELLS_WITH_TABS = 50
CELLS_WITH_SERVER = 110
SLOW = 2.0  # seconds without an answer that are worth a word
TABS = (("1", "Watch"), ("2", "Torrents"), ("4", "Activity"))


class Frame(urwid.Widget):
    """The whole screen.  Every key goes to *on_key*."""

    _sizing = frozenset([urwid.Sizing.BOX])
    _selectable = True
    no_cache = ["render"]  # noqa: RUF012 - urwid's metaclass reads and removes it

    def __init__(
        self, state: State, symbols: Symbols, view: View, on_key: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._state = state
        self._symbols = symbols
        self._on_key = on_key
        self.view = view
        self.tab = 0
        self.login: LoginBox | None = None
        self.over: Over | None = None
        self.body_size = (LEAST_CELLS, LEAST_ROWS)

    def keypress(self, size: object, key: str) -> None:  # noqa: ARG002 - urwid's face
        """Pass *key* on; none is left over."""
        self._on_key(key)

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # a box widget only
        """Paint everything for this *size*."""
        cells, rows = size
        if not cells or not rows:
            return urwid.SolidCanvas(" ", cells, rows)
        if cells < LEAST_CELLS or rows < LEAST_ROWS:
            return self._too_small(cells, rows)
        self.view.update()
        above = [self._top(cells)]
        if rows >= ROWS_WITH_HEADLINE or self._state.link == "offline":
            above.append(self._headline(cells))
        message = self._message(cells)
        if not message and rows >= ROWS_WITH_BLANK:
            message = exact([], cells)
        below = [message, self._hints(cells)] if message else [self._hints(cells)]
        self.body_size = (cells, rows - len(above) - len(below))
        body = self._body(focus=focus and self.login is None and self.over is None)
        whole = urwid.CanvasCombine(
            [
                (canvas(above, cells), None, False),
                (body, None, True),
                (canvas(below, cells), None, False),
            ]
        )
        return self._with_box(whole, cells, rows)

    def _body(self, *, focus: bool) -> urwid.Canvas:
        cells, rows = self.body_size
        if len(self.view.walker):
            return self.view.list.render(self.body_size, focus=focus)
        why = "" if self.login else self.view.empty()
        lines = [exact([("quiet", f"  {why}")], cells, self._symbols)]
        blank = [exact([], cells) for _ in range(rows - 1)]
        return canvas((blank[:1] + lines + blank[1:])[:rows], cells)

    def _with_box(self, whole: urwid.Canvas, cells: int, rows: int) -> urwid.Canvas:
        box: urwid.Canvas | None = None
        if self.login is not None:
            box = self.login.render(cells, rows)
        elif self.over is not None:
            box = self.over.box(cells, rows - 2, self._symbols)
        if box is None:
            return whole
        left, top = (cells - box.cols()) // 2, max((rows - box.rows()) // 3, 0)
        return urwid.CanvasOverlay(box, whole, left, top)

    def _too_small(self, cells: int, rows: int) -> urwid.Canvas:
        texts = [f"too small: {cells}x{rows}", f"need {LEAST_CELLS}x{LEAST_ROWS}; q quits"]
        lines = [exact([("plain", text)], cells, self._symbols) for text in texts]
        blank = [exact([], cells) for _ in range(rows)]
        return canvas((lines + blank)[:rows], cells)

    # --- single lines

    def _top(self, cells: int) -> Line:
        state, symbols = self._state, self._symbols
        down, up = state.rates
        known = state.link in ("live", "polling")
        rates = [
            f"{symbols.down}{words.rate(down) if known else '--'}",
            f"{symbols.up}{words.rate(up) if known else '--'}",
        ]
        who = state.user.username if state.user else ""
        if cells < CELLS_WITH_TABS:
            rates, who = rates[:1], ""  # the name of the view goes first
        if who and cells >= CELLS_WITH_SERVER:
            who += f"@{_host(state.server)}"
        right = "  ".join([*rates, *filter(None, [who]), self._sign()])
        return spread(self._tabs(cells), [("bar", f" {right} ")], cells, symbols, filler="bar")

    def _sign(self) -> str:
        """Say whether the daemon answers."""
        state, symbols = self._state, self._symbols
        if state.link in ("live", "polling"):
            return symbols.running if state.waited > SLOW else symbols.done
        return symbols.failed if state.link == "offline" else symbols.running

    def _tabs(self, cells: int) -> Line:
        if cells < CELLS_WITH_TABS:
            key, label = TABS[self.tab]
            return [("bar.open", f" {key} {label} ")]
        return [
            ("bar.open" if place == self.tab else "bar", f" {key} {label} ")
            for place, (key, label) in enumerate(TABS)
        ]

    def _headline(self, cells: int) -> Line:
        state = self._state
        if state.link != "offline" or state.trouble is None:
            return self.view.headline(cells)
        left = max(0.0, (state.retry_at - state.now()).total_seconds()) if state.retry_at else 0
        again = f" next try in {words.duration(left)}, ^R now "
        detail = state.trouble.detail.replace(state.server, _host(state.server))
        text: Line = [("alarm", f" {detail}")]
        return spread(text, [("alarm", again)], cells, self._symbols, filler="alarm")

    def _message(self, cells: int) -> Line:
        """Return the message line, empty if there is nothing to say."""
        symbols, message = self._symbols, self._state.message
        asked = self.over.line(cells, symbols) if self.over and not self.login else None
        if asked is not None:
            return asked
        if isinstance(message, JobReply):
            return self._job(message, cells)
        if isinstance(message, Asked):
            card = self._state.card(message.work)
            text = situation(card, self._state.now()) if card else ""
            return exact([("plain", f" {text}")], cells, symbols) if text else []
        if message.text:
            return exact([(message.tone, f" {message.text}")], cells, symbols)
        if self._state.waited > SLOW:
            text = f" no answer yet: asked {words.duration(self._state.waited)} ago"
            return exact([("busy", text)], cells, symbols)
        return []

    def _job(self, job: JobReply, cells: int) -> Line:
        tone = {"done": "good", "failed": "bad"}.get(job.state, "busy")
        parts = [words.job_name(job), safe(steps(job, self._symbols))]
        if words.waits_for(job):
            parts.reverse()  # what is cut off is then the name, which stands on the card too
        left: Line = [(tone, f" {'  '.join(parts)}")]
        if job.problem is not None and job.state != "running":
            left.append((tone, safe(f": {job.problem.detail}")))
        right: Line = [("quiet", " esc hides ")]
        room = cells - sum(width(text) for _, text in [*left, *right])
        return spread(left, right if room >= 0 else [], cells, self._symbols)

    def _hints(self, cells: int) -> Line:
        """Name as many keys as there is room for."""
        over = self.login or self.over
        labels = {} if over else self.view.labels()
        count = "" if over else f" {self.view.count()} "
        room = cells - len(count)
        line: Line = []
        for binding in keys.of(over.name if over else self.view.name):
            label = labels.get(binding.action, binding.hint)
            key = f" {keys.key_name(binding.keys[0])}"
            needed = width(key) + width(label) + 2
            if not label or needed > room:
                continue
            line += [("key", key), ("plain", f" {label} ")]
            room -= needed
        return spread(line, [("quiet", count)], cells, self._symbols)


def _host(server: str) -> str:
    return server.partition("://")[2] or server
