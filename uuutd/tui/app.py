"""The program behind the screen: it takes keys and events, starts tasks, and draws."""

import asyncio
import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import urwid
from urwid.display.common import InputClosedError

from ..remote import LoginNeeded, Remote, RemoteError, Unreachable
from ..terminal.cells import Symbols
from . import keys
from .actions import Actions
from .feed import Feed
from .frame import LEAST_CELLS, LEAST_ROWS, TABS, Frame
from .job_desk import JobDesk
from .keys import Action
from .magnets import sources
from .over import Over
from .palette import palette
from .paste import Key, Pastes
from .screens.activity import Activity
from .screens.addition import Addition
from .screens.help import Help
from .screens.login import LoginBox
from .screens.torrents import Torrents
from .screens.view import View
from .screens.watch import Watch
from .state import Event, Said, Sorted, State, Waited
from .tasks import Tasks, Work
from .torrent_actions import TorrentActions
from .torrent_desk import TorrentDesk
from .trouble import plain
from .undo import Undos
from .watch_desk import WatchDesk

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


class Desk(Protocol):
    """What carries out the actions of one tab."""

    @property
    def handlers(self) -> Mapping[Action, Callable[[], object]]:
        """What each action does."""


class App:
    """The screen of *remote*, drawn on *screen* with *symbols*.

    *clipboard* is given what is to be copied.
    """

    def __init__(
        self,
        remote: Remote,
        screen: urwid.BaseScreen,
        symbols: Symbols,
        clipboard: Callable[[str], object],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._remote = remote
        self._symbols = symbols
        self.state = State(remote.server)
        self.done: asyncio.Future[int] = self._loop.create_future()
        self._feed = Feed(remote, self.apply)
        self._clipboard = clipboard
        self._undos = Undos(self.state.now)
        self._torrent_actions = TorrentActions(remote, self.state, self.apply, self._undos)
        self._tasks = Tasks()
        self._feeding: list[asyncio.Task[None]] = []
        self._pastes = Pastes()
        self._after_login: list[Callable[[], object]] = []
        watch = Watch(self.state, symbols)
        torrents = Torrents(self.state, symbols)
        activity = Activity(self.state, symbols)
        actions = Actions(remote, self.state, self.apply)
        self._tab = 0
        self._tabs: list[list[View]] = [[watch], [torrents], [activity]]
        self._desks: Sequence[Desk] = (
            WatchDesk(self, self.state, symbols, watch, actions, self._feed),
            TorrentDesk(self, self.state, symbols, torrents, self._torrent_actions),
            JobDesk(self, self.state, symbols, activity, remote, actions.follow),
        )
        self._frame = Frame(self.state, symbols, watch, self._key)
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
            Action.BACK: self.back,
            Action.HELP: self._open_help,
            Action.RECONNECT: self.connect,
            Action.REDRAW: self._redraw,
            Action.QUIT: lambda: self.quit(0),
            Action.TO_WATCH: lambda: self._go(0),
            Action.TO_TORRENTS: lambda: self._go(1),
            Action.TO_ACTIVITY: lambda: self._go(2),
            Action.NEXT_TAB: lambda: self._go((self._tab + 1) % len(TABS)),
            Action.LAST_TAB: lambda: self._go((self._tab - 1) % len(TABS)),
            Action.ADD: lambda: self._add(""),
            Action.UNDO: self._undo,
        }

    def handler(self, action: Action) -> Callable[[], object] | None:
        """Return what *action* does in the view that is seen: what its desk says goes first."""
        own = None if isinstance(self.view(), Help) else self._desks[self._tab].handlers.get(action)
        return own or self._handlers.get(action)

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
        """Close what lies over the view, or the view, or quit if neither can be."""
        if self._frame.over is not None:
            self._frame.over = None
            self.request_draw()
        elif len(self._tabs[self._tab]) > 1:
            self.back()
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
            self.apply(Said(plain(error), "bad", until_up=isinstance(error, Unreachable)))
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
            self.apply(Waited(self._remote.waiting()))
            self._loop.call_later(TICK, self._tick)

    def _sort(self) -> None:
        """Move rows to where they belong, unless somebody is just pointing at them."""
        if self._loop.time() - self._last_key < REST:
            return
        self.view().settle()
        if self.state.unsorted():
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
        elif self._frame.over is not None:
            self._frame.over.paste(text)
            self.request_draw()
        elif sources(text):
            self._add(text)
        else:
            self.apply(Said("what was pasted is neither a magnet link nor an info hash"))

    def _key(self, key: str) -> None:
        self._last_key = self._loop.time()
        if key in ("focus in", "focus out"):
            self._feed.looked_at = key == "focus in"
        elif self._is_too_small():
            if keys.find(self.view().name, key) is Action.QUIT:
                self.quit(0)
        elif self._frame.login is not None:
            self._login_key(self._frame.login, key)
        elif self._frame.over is not None:
            self._over_key(self._frame.over, key)
        else:
            self._act(keys.find(self.view().name, key))

    def _over_key(self, over: Over, key: str) -> None:
        if not over.key(key) and self._frame.over is over:
            self._frame.over = None
        self.request_draw()

    def _act(self, action: Action | None) -> None:
        handler = None if action is None else self.handler(action)
        if handler is not None:
            handler()

    def _is_too_small(self) -> bool:
        cells, rows = self.main_loop.screen.get_cols_rows()
        return cells < LEAST_CELLS or rows < LEAST_ROWS

    def _move(self, key: str) -> None:
        self.view().list.keypress(self._frame.body_size, key)

    # --- views

    def view(self) -> View:
        """Return the view that is seen."""
        return self._tabs[self._tab][-1]

    def is_open(self, view: View) -> bool:
        """Tell whether *view* is seen, or will be when others are closed or left."""
        return any(view in views for views in self._tabs)

    def open(self, view: View) -> None:
        """Put *view* over the others of this tab."""
        self._tabs[self._tab].append(view)
        self._go(self._tab)

    def back(self) -> None:
        """Close the view that was opened last; if none was, hide the message."""
        views = self._tabs[self._tab]
        if len(views) > 1:
            views.pop()
            self._go(self._tab)
        else:
            self.apply(Said(""))

    def ask(self, over: Over) -> None:
        """Lay *over* over the view, until it has got its answer."""
        self._frame.over = over
        self.request_draw()

    def copy(self, text: str, what: str) -> None:
        """Copy *text*, which is called *what*, to the clipboard of whoever looks."""
        self._clipboard(text)
        self.apply(Said(f"{what} copied: {text}", "good"))

    def _go(self, tab: int) -> None:
        self._tab = self._frame.tab = tab
        self._frame.view = self.view()
        self.view().update()  # the next key may come before the next frame

    def _open_help(self) -> None:
        view = self.view()
        if not isinstance(view, Help):
            self.open(Help(self.state, self._symbols, view.name))

    # --- everywhere

    def _add(self, text: str) -> None:
        def add(found: Sequence[str]) -> None:
            self.do("add", functools.partial(self._torrent_actions.add, found))

        self.ask(Addition(text, add))

    def _undo(self) -> None:
        undo = self._undos.pop()
        if undo is None:
            self.apply(Said("there is nothing to undo"))
        else:
            self.apply(Said(f"undoing: {undo.text}", "busy"))
            self.do("undo", undo.work)

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
