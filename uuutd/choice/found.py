"""What was read behind a title."""

from ..domain import Format
from .family import Alias


class Found:
    """What was read behind a title: few of these for any name, so that the rest costs nothing.

    *last* is set for a range, *half* for ``24.5`` and for one of several files of an
    episode, *compact* for numbers like ``S01E17``, *vague* for a number that may be a
    season as well.  *unexplained* are words before the number that nothing accounts for.
    *suffix* are those that a subtitle names, *aside* what titles in brackets name and
    *beside* what the second title of a bilingual name does.  *also* are further numbers that
    the episode is said to have, *total* how many there are (``05 of 12``), and *aired* is a year
    behind the number.  *late* are words behind the technical ones that nothing accounts for,
    *sound* tells that the name speaks of music files, and *doubt* says why nobody can tell
    what it holds.
    """

    season: int | None = None
    part: int | None = None
    seasons: frozenset[int] = frozenset()
    number: int | None = None
    last: int | None = None
    half: bool = False
    compact: bool = False
    vague: bool = False
    version: int = 1
    format: Format | None = None
    extra: str | None = None
    batch: bool = False
    year: int | None = None
    unexplained: tuple[str, ...] = ()
    suffix: tuple[Alias, ...] = ()
    aside: tuple[tuple[Alias, ...], ...] = ()
    beside: tuple[Alias, ...] = ()
    also: tuple[int, ...] = ()
    total: int | None = None
    aired: int | None = None
    late: tuple[str, ...] = ()
    sound: bool = False
    doubt: str | None = None

    @property
    def numbered(self) -> bool:
        """Whether the number of an episode was found, whole or not."""
        return self.number is not None or self.half or self.vague

    def note_season(self, number: int) -> None:
        """Note a season mark: the first one counts, and the others must agree with it."""
        if self.season is None:
            self.season = number
        self.seasons |= {number}

    def note_last(self, number: int) -> None:
        """Note the end of a range; a smaller number is one of several files of an episode."""
        first = self.number or 0
        if number > first:
            self.last = number
        elif number < first:
            self.half = True
