"""The program behind the screen: it takes keys and events, starts tasks, and draws."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import urwid
from urwid.display.common import InputClosedError

from ..remote import LoginNeeded, Remote, RemoteError, Unreachable
from ..terminal.cells import Symbols
from . import keys
from .actions import Actions
from .feed import Feed
from .frame import LEAST_CELLS, LEAST_ROWS, Frame
from .keys import Action
from .palette import palette
from .paste import Key, Pastes
from .screens.help import Help
from .screens.login import LoginBox
from .screens.releases import Releases
from .screens.view import View
from .screens.watch import Watch
from .state import Card, Event, Said, Sorted, State
from .tasks import Tasks, Work

log = logging.getLogger(__name__)

FRAMES = 15  # a second, at most
REST = 2.0  # seconds without a key before a card may move
TICK = 1.0
CRASHES = 3
HANGUP = 129

_MOVES = {
    Action.DOWN: "down",
    Action.UP: "up",
    Action.PAGE_DOWN: "page down",
    Action.PAGE_UP: "page up",
    Action.FIRST: "home",
    Action.LAST: "end",
}


class App:
    """The screen of *remote*, drawn on *screen* with *symbols*."""

    def __init__(self, remote: Remote, screen: urwid.BaseScreen, symbols: Symbols) -> None:
        self._loop = asyncio.get_running_loop()
        self._remote = remote
        self._symbols = symbols
        self.state = State(remote.server)
        self.done: asyncio.Future[int] = self._loop.create_future()
        self._feed = Feed(remote, self.apply)
        self._actions = Actions(remote, self.state, self.apply)
        self._tasks = Tasks()
        self._feeding: list[asyncio.Task[None]] = []
        self._pastes = Pastes()
        self._after_login: list[Callable[[], object]] = []
        self._watch = Watch(self.state, symbols)
        self._views: list[View] = [self._watch]
        self._frame = Frame(self.state, symbols, self._watch, self._key)
        self._drawing: asyncio.TimerHandle | None = None
        self._last_key = self._loop.time()
        self._crashes = 0
        self._handlers = self._make_handlers()
        self.main_loop = urwid.MainLoop(
            self._frame,
            palette(),
            screen=screen,
            handle_mouse=False,
            input_filter=self._filter,
            event_loop=urwid.AsyncioEventLoop(loop=self._loop),
        )

    def _make_handlers(self) -> Mapping[Action, Callable[[], object]]:
        moves = {action: functools.partial(self._move, key) for action, key in _MOVES.items()}
        return moves | {
            Action.NEXT_STEP: lambda: self._about_card("next step", self._actions.next_step),
            Action.WATCHED: lambda: self._about_card("watched", self._actions.watched),
            Action.RELEASES: self._open_releases,
            Action.TAKE: self._take,
            Action.REFRESH: self._refresh,
            Action.BACK: self._back,
            Action.HELP: self._open_help,
            Action.RECONNECT: self.connect,
            Action.REDRAW: self._redraw,
            Action.QUIT: lambda: self.quit(0),
        }

    def handled(self) -> frozenset[Action]:
        """Return the actions that the lists know."""
        return frozenset(self._handlers)

    # --- running

    async def run(self) -> int:
        """Show the screen until somebody quits, and return the exit code."""
        self._loop.set_exception_handler(self.crashed)
        try:
            with self.main_loop.start():
                self.connect()
                self._tick()
                return await self.done
        finally:
            await self.close()

    async def close(self) -> None:
        """End the tasks, and draw no more."""
        if not self.done.done():
            self.done.cancel()
        await self._tasks.close()

    def connect(self) -> None:
        """Follow the daemon, from the start if that was done already."""
        for task in self._feeding:
            task.cancel()
        self._feeding = [
            self.do("follow", self._feed.follow, again=self.connect),
            self.do("keep fresh", self._feed.keep_fresh, again=self.connect),
        ]

    def quit(self, code: int) -> None:
        """End the program."""
        if not self.done.done():
            self.done.set_result(code)

    def interrupt(self, code: int) -> None:
        """Close what lies over the start view, or quit if nothing does."""
        if len(self._views) > 1:
            self._back()
            self.request_draw()
        else:
            self.quit(code)

    def apply(self, event: Event) -> None:
        """Let the state take *event* in, and show it."""
        self.state.apply(event)
        self._sort()
        self.request_draw()

    def do(
        self, name: str, work: Work, *, again: Callable[[], object] | None = None
    ) -> asyncio.Task[None]:
        """Do *work* as a task and show what goes wrong.

        If it lacks a login that is asked for, and then *again* called, or the work done once more.
        """
        repeat = again or functools.partial(self.do, name, work)
        return self._tasks.start(name, work, functools.partial(self._failed, repeat))

    def _failed(self, repeat: Callable[[], object], error: BaseException) -> None:
        if isinstance(error, LoginNeeded):
            self._ask_login(error, repeat)
        elif isinstance(error, RemoteError):
            hint = f" {error.hint}" if error.hint else ""
            until_up = isinstance(error, Unreachable)
            self.apply(Said(f"{error.detail}{hint}", "bad", until_up))
        else:
            self._loop.call_exception_handler({"message": "a task failed", "exception": error})

    # --- drawing

    def request_draw(self) -> None:
        """Draw soon; many requests become one frame."""
        if self._drawing is None and not self.done.done():
            self._drawing = self._loop.call_later(1 / FRAMES, self._draw)

    def _draw(self) -> None:
        self._drawing = None
        if not self.done.done():
            self.main_loop.draw_screen()

    def _redraw(self) -> None:
        """Draw everything again, also what should still be there."""
        self.main_loop.screen.clear()

    def _tick(self) -> None:
        """Let the times on the screen go on."""
        if not self.done.done():
            self._sort()
            self.request_draw()
            self._loop.call_later(TICK, self._tick)

    def _sort(self) -> None:
        """Move cards to where they belong, unless somebody is just pointing at them."""
        if self.state.unsorted() and self._loop.time() - self._last_key >= REST:
            self.state.apply(Sorted())

    # --- input

    def _filter(self, given: list[Key], _raw: list[int]) -> list[Key]:
        pressed, texts = self._pastes.split(given)
        for text in texts:
            self._paste(text)
        return pressed

    def _paste(self, text: str) -> None:
        if self._frame.login is not None:
            self._frame.login.paste(text)
        else:
            self.apply(Said(f"{len(text)} characters pasted: uuut add takes magnets so far"))

    def _key(self, key: str) -> None:
        self._last_key = self._loop.time()
        if key in ("focus in", "focus out"):
            self._feed.looked_at = key == "focus in"
            return
        view = self._views[-1]
        if self._is_too_small():
            if keys.find(view.name, key) is Action.QUIT:
                self.quit(0)
        elif self._frame.login is not None:
            self._login_key(self._frame.login, key)
        elif isinstance(view, Releases) and view.confirming is not None:
            self._confirm(view, key)
        else:
            self._act(keys.find(view.name, key))

    def _act(self, action: Action | None) -> None:
        if action is not None:
            self._handlers[action]()

    def _is_too_small(self) -> bool:
        cells, rows = self.main_loop.screen.get_cols_rows()
        return cells < LEAST_CELLS or rows < LEAST_ROWS

    def _move(self, key: str) -> None:
        self._views[-1].list.keypress(self._frame.body_size, key)

    # --- views

    def _show(self, views: list[View]) -> None:
        self._views = views
        self._frame.view = views[-1]

    def _back(self) -> None:
        if len(self._views) > 1:
            self._show(self._views[:-1])
        else:
            self.apply(Said(""))

    def _open_help(self) -> None:
        view = self._views[-1]
        if not isinstance(view, Help):
            self._show([*self._views, Help(self.state, self._symbols, view.name)])

    def _open_releases(self) -> None:
        card = self._watch.focused()
        if card is None:
            return
        if card.entry.next_episode is None:
            self.apply(Said("all episodes are watched already"))
            return
        self._show([self._watch, Releases(self.state, self._symbols, card.entry.work)])
        self._search(card)

    def _search(self, card: Card) -> None:
        self.do("search", functools.partial(self._actions.search, card))

    # --- actions

    def _about_card(self, name: str, action: Callable[[Card], Awaitable[None]]) -> None:
        card = self._watch.focused()
        if card is not None:
            self.do(name, functools.partial(action, card))

    def _refresh(self) -> None:
        view = self._views[-1]
        card = self.state.card(view.work) if isinstance(view, Releases) else None
        if card is not None:
            self._search(card)
        else:
            self.apply(Said("reading everything again"))
            self.do("refresh", self._reread)

    async def _reread(self) -> None:
        await self._feed.read_all()
        self.state.apply(Sorted())
        self.apply(Said("read everything again", "good"))

    def _take(self) -> None:
        view = self._views[-1]
        release = view.focused() if isinstance(view, Releases) else None
        if not isinstance(view, Releases) or release is None:
            return
        if release.rejections:
            view.confirming = release
            return
        self._get_release(view)

    def _confirm(self, view: Releases, key: str) -> None:
        if key == "y":
            self._get_release(view)
        view.confirming = None

    def _get_release(self, view: Releases) -> None:
        card = self.state.card(view.work)
        release = view.confirming or view.focused()
        if card is not None and release is not None:
            self._show([self._watch])
            self.do("get", functools.partial(self._actions.get, card, release))

    # --- login

    def _ask_login(self, error: LoginNeeded, repeat: Callable[[], object]) -> None:
        if repeat not in self._after_login:
            self._after_login.append(repeat)
        if self._frame.login is None:
            self._frame.login = LoginBox(self._log_in)
        self.apply(Said(error.detail))

    def _login_key(self, box: LoginBox, key: str) -> None:
        if keys.find(box.name, key) is Action.QUIT:
            self.quit(0)
        else:
            box.key(key)

    def _log_in(self, username: str, password: str) -> None:
        async def work() -> None:
            try:
                await self._remote.log_in(username, password)
            except RemoteError as error:
                if self._frame.login is not None:
                    self._frame.login.fail(error.detail)
                self.request_draw()
                return
            self._frame.login = None
            waiting, self._after_login = self._after_login, []
            self.apply(Said(f"logged in as {username}", "good"))
            for repeat in waiting:
                repeat()

        self.do("log in", work)

    # --- bugs

    def crashed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Show that there is a bug and where it is written down; give up when they pile up."""
        error = context.get("exception")
        if isinstance(error, InputClosedError):
            self.quit(HANGUP)
            return
        log.error("%s", context.get("message"), exc_info=error)
        self._crashes += 1
        if self._crashes < CRASHES:
            self.state.apply(Said(f"a bug in uuut, see its log: {error!r}", "bad"))
            self.request_draw()
        elif not self.done.done():
            self.done.set_exception(error or RuntimeError(str(context.get("message"))))
