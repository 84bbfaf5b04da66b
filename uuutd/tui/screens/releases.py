"""All releases found for an episode: the best first, the rejected last, each with the reasons."""

from collections.abc import Mapping

from ...remote import RemoteError
from ...terminal import words
from ...terminal.cells import Symbols
from ...wire import ChoiceReply, ReleaseReply
from ..keys import Action
from ..paint import Line, Row, column, exact, highlighted, spread, two_lines
from ..state import State
from .view import POINTER_CELLS, View

SCORE_CELLS = 5
SIZE_CELLS = 7
SEEDS_CELLS = 6
NARROW = 50


class Releases(View):
    """The releases of the next episode of *work*."""

    name = "releases"

    def __init__(self, state: State, symbols: Symbols, work: str) -> None:
        super().__init__(state, symbols)
        self.work = work

    @property
    def found(self) -> ChoiceReply | RemoteError | None:
        """What the search came to; None while it runs."""
        return self.state.choices.get(self.work)

    def focused(self) -> ReleaseReply | None:
        """Return the release that the focus is on."""
        return self._release(self.walker.focus)

    def make_row(self, name: str) -> Row:
        """Return the row of a release."""
        return Row(lambda cells, focus: self._paint(name, cells, focus=focus), two_lines)

    def update(self) -> None:
        """Show what was found."""
        found = self.found
        releases = found.releases if isinstance(found, ChoiceReply) else ()
        self.walker.show([str(place) for place in range(len(releases))])

    def headline(self, cells: int) -> Line:
        """Return whose releases these are, and how many fit."""
        card = self.state.card(self.work)
        name = words.title(card.entry.title) if card else ""
        found = self.found
        right = ""
        episode = card.entry.next_episode if card else None
        if isinstance(found, ChoiceReply):
            rejected = sum(1 for release in found.releases if release.rejections)
            right = f"{len(found.releases) - rejected} fit, {rejected} rejected "
            episode = found.wanted.episode
        sign = self.symbols.pointer
        left: Line = [("quiet", f" Watch {sign} {name} {sign} ep {episode}")]
        return spread(left, [("quiet", right)], cells, self.symbols)

    def empty(self) -> str:
        """Say how the search stands."""
        found = self.found
        if found is None:
            return f"searching{self.symbols.ellipsis}"
        if isinstance(found, RemoteError):
            return f"{found.detail} {found.hint or ''}"
        if found.failures:
            return "; ".join(f"{f.backend or '?'}: {f.detail}" for f in found.failures)
        return "the indexers know no release of this episode"

    def labels(self) -> Mapping[Action, str]:
        """Name what Enter would do now."""
        release = self.focused()
        if release is None:
            return {Action.TAKE: ""}
        return {Action.TAKE: "get it all the same"} if release.rejections else {}

    def _release(self, name: str | None) -> ReleaseReply | None:
        found = self.found
        if name is None or not isinstance(found, ChoiceReply) or int(name) >= len(found.releases):
            return None
        return found.releases[int(name)]

    def _paint(self, name: str, cells: int, *, focus: bool) -> list[Line]:
        release = self._release(name)
        if release is None:
            return [exact([], cells), exact([], cells)]
        score = self.symbols.failed if release.rejections else str(release.score)
        facts: Line = []
        if cells >= NARROW:
            length = "?" if release.size is None else words.size(release.size)
            seeds = "?" if release.seeders is None else str(release.seeders)
            facts = [
                column(length, SIZE_CELLS, right=True),
                column(seeds, SEEDS_CELLS, right=True),
                ("plain", " "),
            ]
        room = cells - POINTER_CELLS - SCORE_CELLS - sum(len(text) for _, text in facts)
        first: Line = [
            column(score, SCORE_CELLS - 1, "bad" if release.rejections else "good", right=True),
            ("plain", " "),
            column(release.title, max(room, 0), "quiet" if release.rejections else "title"),
            *facts,
        ]
        indent = " " * (POINTER_CELLS + SCORE_CELLS)
        second = exact([("plain", indent), self._why(release)], cells, self.symbols)
        lines = [self.pointed(first, cells, focus=focus), second]
        return [highlighted(line, "focus") for line in lines] if focus else lines

    def _why(self, release: ReleaseReply) -> tuple[str, str]:
        if release.rejections:
            return "bad", f"rejected: {reasons_against(release)}"
        points = (f"{reason.text} {reason.points:+}" for reason in release.reasons)
        return "quiet", f" {self.symbols.dot} ".join(points)


def reasons_against(release: ReleaseReply) -> str:
    """Say why *release* does not fit."""
    return ", ".join(rejection.text for rejection in release.rejections)
