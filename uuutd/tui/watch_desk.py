"""What the keys do on the watchlist, and where the releases of an episode are chosen."""

import functools
from collections.abc import Awaitable, Callable, Mapping

from ..terminal.cells import Symbols
from .actions import Actions
from .feed import Feed
from .keys import Action
from .over import Confirm
from .screens.releases import Releases, reasons_against
from .screens.watch import Watch
from .shell import Shell
from .state import Card, Said, Sorted, State


class WatchDesk:
    """Carries out what is asked for in the view *watch* and in those opened from it."""

    def __init__(
        self,
        shell: Shell,
        state: State,
        symbols: Symbols,
        watch: Watch,
        actions: Actions,
        feed: Feed,
    ) -> None:
        self._shell = shell
        self._state = state
        self._symbols = symbols
        self._watch = watch
        self._actions = actions
        self._feed = feed
        self.handlers: Mapping[Action, Callable[[], object]] = {
            Action.NEXT_STEP: lambda: self._about_card("next step", actions.next_step),
            Action.WATCHED: lambda: self._about_card("watched", actions.watched),
            Action.RELEASES: self._open_releases,
            Action.TAKE: self._take,
            Action.REFRESH: self._refresh,
        }

    def _about_card(self, name: str, action: Callable[[Card], Awaitable[None]]) -> None:
        card = self._watch.focused()
        if card is not None:
            self._shell.do(name, functools.partial(action, card))

    def _open_releases(self) -> None:
        card = self._watch.focused()
        if card is None:
            return
        if card.entry.next_episode is None:
            self._shell.apply(Said("all episodes are watched already"))
            return
        self._shell.open(Releases(self._state, self._symbols, card.entry.work))
        self._search(card)

    def _search(self, card: Card) -> None:
        self._shell.do("search", functools.partial(self._actions.search, card))

    def _refresh(self) -> None:
        view = self._shell.view()
        card = self._state.card(view.work) if isinstance(view, Releases) else None
        if card is not None:
            self._search(card)
        else:
            self._shell.apply(Said("reading everything again"))
            self._shell.do("refresh", self._reread)

    async def _reread(self) -> None:
        await self._feed.read_all()
        self._shell.apply(Sorted())
        self._shell.apply(Said("read everything again", "good"))

    def _take(self) -> None:
        view = self._shell.view()
        release = view.focused() if isinstance(view, Releases) else None
        card = self._state.card(view.work) if isinstance(view, Releases) else None
        if release is None or card is None:
            return

        def get() -> None:
            self._shell.back()
            self._shell.do("get", functools.partial(self._actions.get, card, release))

        if release.rejections:
            why = reasons_against(release)
            question = f"this overrides: {why}.  y gets it, other keys do not"
            self._shell.ask(Confirm(question, get))
        else:
            get()
