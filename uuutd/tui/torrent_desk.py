"""What the keys do where torrents are listed, and where one is shown."""

import asyncio
import functools
import re
from collections.abc import Callable, Mapping, Sequence

from ..terminal.cells import Symbols
from ..wire import JobReply, SpeedLimits, TorrentDetailReply, TorrentReply
from .keys import Action
from .magnets import magnet
from .over import Choice, Menu, Prompt
from .screens.removal import Removal
from .screens.torrent import Torrent
from .screens.torrents import Torrents
from .shell import Shell
from .sorting import ORDERS
from .state import Said, State
from .torrent_actions import Batch, TorrentActions

LOOK_EVERY = 2.0
NONE_HERE = "there is no torrent here to do that to"

_LIMIT = re.compile(r"(\d{1,9})([km]?)", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1024, "k": 1024, "m": 1024**2}


class TorrentDesk:
    """Carries out what is asked for in the view *torrents* and in those opened from it."""

    def __init__(
        self,
        shell: Shell,
        state: State,
        symbols: Symbols,
        torrents: Torrents,
        actions: TorrentActions,
    ) -> None:
        self._shell = shell
        self._state = state
        self._symbols = symbols
        self._torrents = torrents
        self._actions = actions
        self.handlers: Mapping[Action, Callable[[], object]] = {
            Action.OPEN: self._open,
            Action.BACK: self._back,
            Action.MARK: self._mark,
            Action.MARK_RANGE: self._mark_range,
            Action.MARK_ALL: self._mark_all,
            Action.MARK_OTHERS: lambda: torrents.mark(torrents.shown() - torrents.marks),
            Action.FILTER: self._filter,
            Action.NO_FILTER: lambda: torrents.show_only(""),
            Action.SORT: self._sort,
            Action.REVERSE: lambda: torrents.sort_by(torrents.order),
            Action.PAUSE: self._pause,
            Action.REMOVE: functools.partial(self._remove, files=False),
            Action.REMOVE_FILES: functools.partial(self._remove, files=True),
            Action.RECHECK: self._recheck,
            Action.LABEL: self._label,
            Action.LIMIT: self._limit,
            Action.COPY: self._copy,
            Action.WANT: self._want,
        }

    # --- what it is about

    def _targets(self) -> list[TorrentReply]:
        view = self._shell.view()
        targets = view.targets() if isinstance(view, Torrents | Torrent) else []
        if not targets:
            self._shell.apply(Said(NONE_HERE))
        return targets

    def _begin(self, name: str, batch: Batch) -> None:
        batch.ended = functools.partial(self._ended, batch)
        self._shell.do(name, lambda: self._actions.carry_out(batch))

    def _ended(self, batch: Batch) -> None:
        """Leave marked what failed."""
        done = {torrent.hash for torrent in batch.succeeded}
        self._torrents.mark(self._torrents.marks - done)

    # --- looking

    def _open(self) -> None:
        torrent = self._torrents.focused()
        if torrent is None:
            return
        view = Torrent(self._state, self._symbols, torrent.hash)
        self._shell.open(view)

        async def follow() -> None:
            while self._shell.is_open(view):
                if self._shell.view() is view:
                    await self._actions.read(view.torrent)
                await asyncio.sleep(LOOK_EVERY)

        self._shell.do("detail", follow)

    def _back(self) -> None:
        """Undo one thing after the other: the message, the marks, the filter; then go back."""
        torrents = self._torrents
        if self._shell.view() is not torrents:
            self._shell.back()
        elif self._state.message != Said(""):
            self._shell.apply(Said(""))
        elif torrents.marks or torrents.anchor:
            torrents.mark(frozenset())
        else:
            torrents.show_only("")

    def _filter(self) -> None:
        torrents, before = self._torrents, self._torrents.filter_text

        def done(text: str) -> str:
            said = torrents.show_only(text)
            return said if torrents.filter_text != text.strip() else ""

        def left() -> None:
            torrents.show_only(before)

        self._shell.ask(Prompt("filter", before, done, changed=torrents.show_only, left=left))

    def _sort(self) -> None:
        choices = [
            Choice(key, order.label, functools.partial(self._torrents.sort_by, key))
            for key, order in ORDERS.items()
        ]
        self._shell.ask(Menu("sort by", choices))

    # --- marks

    def _mark(self) -> None:
        torrents = self._torrents
        focused = torrents.focused()
        if focused is not None:
            torrents.mark(torrents.marks ^ {focused.hash})
            torrents.walker.step(1)

    def _mark_range(self) -> None:
        torrents = self._torrents
        if torrents.anchor is None:
            torrents.anchor = torrents.walker.focus
            self._shell.apply(Said("a range begins here: move, and v marks up to there"))
        else:
            torrents.mark(torrents.marks | torrents.range())
            self._shell.apply(Said(""))

    def _mark_all(self) -> None:
        shown = self._torrents.shown()
        self._torrents.mark(frozenset() if shown <= self._torrents.marks else shown)

    # --- acting

    def _pause(self) -> None:
        targets = self._targets()
        running = [torrent for torrent in targets if torrent.state != "paused"]
        if targets:
            pause = bool(running)
            batch = self._actions.pausing(running or targets, pause=pause)
            back = functools.partial(self._actions.pausing, pause=not pause)
            self._reversible("pause", batch, back)

    def _reversible(
        self, name: str, batch: Batch, back: Callable[[Sequence[TorrentReply]], Batch]
    ) -> None:
        batch.ended = functools.partial(self._ended, batch)
        self._shell.do(name, lambda: self._actions.reversible(batch, back))

    def _remove(self, *, files: bool) -> None:
        targets = self._targets()
        if not targets:
            return

        def remove(files: bool) -> None:
            jobs: dict[str, JobReply] = {}
            batch = self._actions.removing(targets, jobs, files=files)
            batch.ended = functools.partial(self._ended, batch)
            self._shell.do("remove", lambda: self._actions.remove(batch, jobs, files=files))

        self._shell.ask(Removal(targets, remove, files=files))

    def _recheck(self) -> None:
        if targets := self._targets():
            self._begin("recheck", self._actions.checking(targets))

    def _label(self) -> None:
        targets = self._targets()
        if not targets:
            return
        before = targets[0].labels if len({torrent.labels for torrent in targets}) == 1 else ()

        def done(text: str) -> str:
            labels = tuple(dict.fromkeys(text.split()))
            batch = self._actions.labelling(targets, labels)
            self._reversible("label", batch, self._actions.labelling_back)
            return ""

        self._shell.ask(Prompt("labels", " ".join(before), done))

    def _limit(self) -> None:
        targets = self._targets()
        if not targets:
            return

        def done(text: str) -> str:
            limits = read_limits(text)
            if limits is None:
                return "write down and up, as 2M 500K; 0 is no limit"
            before: dict[str, SpeedLimits] = {}
            batch = self._actions.limiting(targets, limits, before)
            back = functools.partial(self._actions.limiting_back, before=before)
            self._reversible("limit", batch, back)
            return ""

        self._shell.ask(Prompt("limits down up (2M 500K, 0 none)", "", done))

    def _want(self) -> None:
        view = self._shell.view()
        file = view.file() if isinstance(view, Torrent) else None
        detail = view.detail if isinstance(view, Torrent) else None
        if file is not None and isinstance(detail, TorrentDetailReply):
            self._shell.do("want", functools.partial(self._actions.want, detail, file.index))

    def _copy(self) -> None:
        targets = self._targets()
        if not targets:
            return
        texts = {
            "m": ("magnet link", [magnet(t) for t in targets]),
            "n": ("name", [t.name for t in targets]),
            "h": ("info hash", [t.hash for t in targets]),
            "p": ("path", [_path(t) for t in targets]),
            "c": ("command that fetches it", [c for t in targets for c in t.fetch_commands]),
        }
        choices = [
            Choice(key, what, functools.partial(self._shell.copy, "\n".join(lines), what))
            for key, (what, lines) in texts.items()
            if any(lines)
        ]
        self._shell.ask(Menu("copy", choices))


def _path(torrent: TorrentReply) -> str:
    return "/".join((torrent.save_path.rstrip("/"), torrent.name)) if torrent.save_path else ""


def read_limits(text: str) -> SpeedLimits | None:
    """Read ``2M 500K``: the most to receive and to send, KiB where no unit stands.

    One number is for receiving only; 0 is no limit.  None if it is something else.
    """
    found = [_LIMIT.fullmatch(word) for word in text.split()]
    if len(found) not in (1, 2) or None in found:
        return None
    values = [int(each[1]) * _UNITS[each[2].lower()] or None for each in found if each]
    return SpeedLimits(down=values[0], up=values[1] if len(values) > 1 else None)
