"""How episodes are counted: a show's own numbers, a season's, and those of the whole line.

The line of a show is its prequels, itself and its sequels, as far as they are series.
Groups count in any of these ways, so that one number in a name can mean several
episodes; `told.episodes` says which.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations
from typing import Literal, NamedTuple

import attrs

from ..domain import EntryId, Format, Redirect, RelationKind, Wanted, Work
from .official import extends, take_apart

_SERIAL = frozenset({Format.TV, Format.TV_SHORT, Format.ONA, None})
_NO_DATE = date.max
_PAUSE = range(-14, 22)
"""How many days there are between two parts of a season that are sent one after the other."""
_MOST_JOINED = 4
"""Of how many shows it is asked whether they go on the season before; each doubles the readings."""


@attrs.frozen
class Place:
    """One show's place in its line: its season, and which part of the season it is.

    *named* tells that a title or synonym names the season; else it is counted.  *joined* tells
    that it may as well go on the season before, as an arc that is sent right after another.
    """

    work: Work
    season: int
    part: int
    named: bool = True
    joined: bool = False

    @property
    def length(self) -> int | None:
        """How many episodes it has, None while nobody knows."""
        return self.work.episodes


ELSEWHERE = -1
"""The place of shows that are not in the line."""


class Episode(NamedTuple):
    """The episode *number*, in its own numbering, of the show at *place* in the line.

    *elsewhere* is the title of the show if its place is `ELSEWHERE`.
    """

    place: int
    number: int
    elsewhere: str = ""


@attrs.frozen
class Numbering:
    """One accepted way to number the wanted episode, explained in *text* for people.

    *source* says who says so: the show itself, the chain of prequels, the public table or the
    user.  *behind* is the title behind which the number counts so, None for any of the line.
    """

    kind: Literal["own", "season", "continuous"]
    number: int
    season: int | None
    text: str
    source: Literal["own", "chain", "table", "user"] = "chain"
    behind: str | None = None


@attrs.frozen(eq=False)
class Line:
    """The shows that are counted through, oldest first, and where the wanted one stands.

    *redirects* are what the public table says of numbers, by the show whose title they stand
    behind, *relatives* all shows that these may name, and *counts_from* is the number that
    the user gave to the wanted show's first episode.
    """

    places: tuple[Place, ...]
    wanted: int
    redirects: Mapping[EntryId, tuple[Redirect, ...]] = attrs.field(factory=dict)
    relatives: Mapping[EntryId, Work] = attrs.field(factory=dict)
    counts_from: int | None = None

    @classmethod
    def of(cls, wanted: Wanted) -> "Line":
        """Derive seasons and parts from the titles and the order of prequels and sequels."""
        works, index = _line_works(wanted)
        places: list[Place] = []
        for work in works:
            places.append(_next_place(places, work))
        if not wanted.redirects:
            return cls(tuple(places), index, counts_from=wanted.counts_from)
        redirects: dict[EntryId, tuple[Redirect, ...]] = {}
        for redirect in wanted.redirects:
            redirects[redirect.source] = (*redirects.get(redirect.source, ()), redirect)
        known = (wanted.work, *wanted.prequels, *(each.work for each in wanted.related))
        relatives = {work.id: work for work in known}
        return cls(tuple(places), index, redirects, relatives, wanted.counts_from)

    @cached_property
    def place(self) -> Place:
        """The wanted show's place."""
        return self.places[self.wanted]

    @cached_property
    def complete(self) -> bool:
        """Whether it begins with a first season, so that numbers can be counted through."""
        return self.places[0].season == 1 and self.places[0].part == 1

    @property
    def is_told(self) -> bool:
        """Whether anything but the lengths says how it is counted."""
        return self.counts_from is not None or bool(self.redirects)

    def redirected(self, source: EntryId, number: int) -> frozenset[Episode]:
        """Return what the public table makes of a number behind a title of *source*."""
        found: set[Episode] = set()
        for redirect in self.redirects.get(source, ()):
            meant = redirect.meaning(number)
            if meant is not None:
                found.add(self._of_target(redirect.target, meant))
        return frozenset(found)

    def _of_target(self, target: EntryId | None, number: int) -> Episode:
        for index, place in enumerate(self.places):
            if place.work.id == target:
                return Episode(index, number)
        work = self.relatives.get(target) if target is not None else None
        return Episode(ELSEWHERE, number, str(work.titles) if work else "another show")

    def into(self, target: EntryId) -> Iterator[Redirect]:
        """Yield the redirects that lead to a show."""
        for redirects in self.redirects.values():
            yield from (each for each in redirects if each.target == target)

    def season(self, number: int) -> list[int]:
        """Return the places of one season, in order."""
        return self._seasons.get(number, [])

    @cached_property
    def _seasons(self) -> dict[int, list[int]]:
        seasons: dict[int, list[int]] = {}
        for index, place in enumerate(self.places):
            seasons.setdefault(place.season, []).append(index)
        return seasons

    def readings(self, number: int) -> list[list[int]]:
        """Return all that a season's number can mean: the places of the season by each count.

        There are several only behind shows of which nobody says whether they are a season of
        their own; groups count them in either way, and all that follows them.
        """
        found = [[i for i, s in enumerate(seasons) if s == number] for seasons in self._counts]
        return [places for n, places in enumerate(found) if places and places not in found[:n]]

    @cached_property
    def _counts(self) -> list[list[int]]:
        """The seasons of the places, by each way to count them, the plain one first."""
        unsure = [i for i, place in enumerate(self.places) if place.joined][:_MOST_JOINED]
        chosen = (c for n in range(len(unsure) + 1) for c in combinations(unsure, n))
        return [self._counted(joined) for joined in chosen]

    def _counted(self, joined: Sequence[int]) -> list[int]:
        seasons: list[int] = []
        less = 0
        for index, place in enumerate(self.places):
            less = 0 if place.named else less + (index in joined)
            seasons.append(place.season - less)
        return seasons

    def arc(self, place: int, number: int) -> int | None:
        """Return the place of a later season of an arc, None if it has none.

        ``Show: Arc S02E05`` is the fifth episode of ``Show: Arc 2nd Season``, or may be
        that of ``Show: Arc - The Return``, whose titles go on from the arc's.
        """
        if place == 0 or number < 2:
            return None
        first, later = self.places[place], range(place + 1, len(self.places))
        for index in later:
            if _is_season_of(self.places[index].work, first.work, number):
                return index
        going = [index for index in later if _extends(self.places[index].work, first.work)]
        return going[number - 2] if number - 2 < len(going) else None

    def part(self, season: int, part: int) -> int | None:
        """Return the place of one part of a season."""
        for index in self.season(season):
            if self.places[index].part == part:
                return index
        return None

    def count(self, number: int, places: Sequence[int]) -> Episode | None:
        """Count *number* through these places one after the other; None past their end.

        None as well when a show on the way has an unknown length.
        """
        left = number
        if left < 1:
            return None
        for index in places:
            length = self.places[index].length
            if length is None:
                last = index == places[-1]
                return Episode(index, left) if last else None
            if left <= length:
                return Episode(index, left)
            left -= length
        return None

    def count_all(self, number: int) -> Episode | None:
        """Count *number* through the whole line."""
        return self.count(number, range(len(self.places))) if self.complete else None

    def offset(self, index: int, places: Sequence[int]) -> int | None:
        """Return how many episodes come before this place among *places*."""
        total = 0
        for before in places:
            if before == index:
                return total
            length = self.places[before].length
            if length is None:
                return None
            total += length
        return None

    def numberings(self, episode: int) -> Iterator[Numbering]:
        """Yield every numbering of an episode of the wanted show that follows from lengths."""
        place = self.place
        title = str(place.work.titles)
        yield Numbering("own", episode, None, f"episode {episode} of {title}", "own", title)
        season_offset = self.offset(self.wanted, self.season(place.season))
        if season_offset is not None:
            number = season_offset + episode
            before = f", {season_offset} of it before this part" if season_offset else ""
            text = f"episode {number} of season {place.season}{before}"
            source: Literal["own", "chain"] = "chain" if self.wanted else "own"
            yield Numbering("season", number, place.season, text, source)
        offset = self.offset(self.wanted, range(len(self.places))) if self.complete else None
        if offset:
            shows = ", ".join(f"{p.length} of {p.work.titles}" for p in self.places[: self.wanted])
            text = f"episode {offset + episode} counted on from {shows}"
            first = str(self.places[0].work.titles)
            yield Numbering("continuous", offset + episode, None, text, "chain", first)


def is_serial(work: Work) -> bool:
    """Whether it is a series, or may be one: only such are counted through."""
    return work.format in _SERIAL


def _line_works(wanted: Wanted) -> tuple[list[Work], int]:
    if not is_serial(wanted.work):
        return [wanted.work], 0
    before = [work for work in reversed(wanted.prequels) if _is_counted(work)]
    known = {wanted.work.id, *(work.id for work in before)}
    sequels = sorted(
        (
            relation
            for relation in wanted.related
            if relation.kind is RelationKind.SEQUEL
            and _is_counted(relation.work)
            and relation.work.id not in known
        ),
        key=lambda relation: (relation.distance, relation.work.start_date or _NO_DATE),
    )
    return [*before, wanted.work, *(relation.work for relation in sequels)], len(before)


def _is_counted(work: Work) -> bool:
    """Whether it has a place in the line: a prologue of one episode is no season."""
    return is_serial(work) and work.episodes != 1


def _next_place(before: Sequence[Place], work: Work) -> Place:
    season, part = _marks_of(work, before)
    last = before[-1] if before else None
    named, joined = True, False
    if last is None:
        season = season or _season_of_synonyms(work) or 1
    elif season is None or season < last.season:
        later = part is not None and part > 1
        season = last.season if later else last.season + 1
        named = _season_of_synonyms(work) == season
        joined = not later and not named and _may_go_on(work, before)
    earlier = sum(place.season == season for place in before)
    return Place(work, season, part or earlier + 1, named, joined)


def _may_go_on(work: Work, before: Sequence[Place]) -> bool:
    """Whether a show that names no season may be counted into the season before."""
    last = before[-1].work
    if last.start_date and last.episodes and work.start_date:
        end = last.start_date + timedelta(days=7 * last.episodes)
        if (work.start_date - end).days in _PAUSE:
            return True
    known = {take_apart(text).joined for text in before[0].work.titles.all()}
    plain = [take_apart(text).joined for text in last.titles.all()]
    return known.isdisjoint(plain) and _extends(work, last)


def _is_season_of(work: Work, first: Work, number: int) -> bool:
    """Whether a title of a show is that of another with a season's mark."""
    known = {take_apart(text).joined for text in first.titles.all()}
    titles = map(take_apart, work.titles.all())
    return any(title.season == number and title.head in known for title in titles)


def _extends(work: Work, first: Work) -> bool:
    """Whether the titles of a show go on from those of another, without a mark."""
    heads = [take_apart(text) for text in first.titles.all()]
    return any(extends(take_apart(text), head) for text in work.titles.all() for head in heads)


def _marks_of(work: Work, before: Sequence[Place]) -> tuple[int | None, int | None]:
    season: int | None = None
    part: int | None = None
    for text in work.titles.all():
        title = take_apart(text)
        season = season or title.season
        part = part or title.part
        if season is None and title.loose and _is_titled(title.head, before):
            season = title.loose
    return season, part


def _is_titled(head: str, places: Sequence[Place]) -> bool:
    """Whether one of these shows has that title, with or without its marks."""
    for place in places:
        for text in place.work.titles.all():
            title = take_apart(text)
            if head in (title.joined, title.head, title.bare):
                return True
    return False


def _season_of_synonyms(work: Work) -> int | None:
    seasons = (take_apart(text).season for text in work.synonyms)
    return next((season for season in seasons if season is not None), None)
