"""How episodes are counted: a show's own numbers, a season's, and those of the whole line.

The line of a show is its prequels, itself and its sequels, as far as they are series.
Groups count in any of these ways, so that one number in a name can mean several
episodes; `told.episodes` says which.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

import attrs

from ..domain import EntryId, Format, Redirect, RelationKind, Wanted, Work
from .marks import OTHER_COUNTERS, mark_at, roman
from .words import Words, fold, join, signs

_SERIAL = frozenset({Format.TV, Format.TV_SHORT, Format.ONA, None})
_NO_DATE = date.max


@attrs.frozen
class Title:
    """A title taken apart.

    *joined* is the whole of it as `words.join` makes it, *head* what stands before its first
    season or part mark and *bare* the title without its marks; both are empty without marks.
    *loose* is a last digit or roman numeral that is a season only if what stands before it is
    the title of a prequel.
    """

    words: Words
    joined: str
    signs: str
    season: int | None = None
    part: int | None = None
    head: str = ""
    bare: str = ""
    loose: int | None = None

    @property
    def marked(self) -> bool:
        """Whether it names a season or a part."""
        return self.season is not None or self.part is not None


@lru_cache(maxsize=4096)
def take_apart(title: str) -> Title:
    """Read the season and part marks of an official title or a synonym."""
    words = Words(fold(title))
    texts = words.texts
    season: int | None = None
    part: int | None = None
    plain: list[str] = []
    head = ""
    index = 0
    while index < len(texts):
        mark = mark_at(texts, index) if index else None
        if mark is None or (mark.size == 1 and not _ends_a_phrase(words, index)):
            plain.append(texts[index])
            index += 1
            continue
        head = head or join(plain)
        if mark.kind == "season" and season is None:
            season = mark.number
        elif mark.kind == "part" and part is None:
            part = mark.number
        index += mark.size
    bare = join(plain) if head else ""
    loose = _loose_number(words) if not head else None
    if loose is not None:
        head = join(texts[:-1])
    return Title(words, join(texts), signs(words.gaps[1:]), season, part, head, bare, loose)


def _ends_a_phrase(words: Words, index: int) -> bool:
    """Whether a roman numeral or the like closes the title or a part of it."""
    if roman(words.texts[index]) is None:
        return True
    if words.texts[index - 1] in OTHER_COUNTERS:
        return False
    if index + 1 == len(words):
        return True
    return words.gaps[index + 1] not in (" ", "-") or mark_at(words.texts, index + 1) is not None


def _loose_number(words: Words) -> int | None:
    if len(words) < 2 or words.gaps[-2] != " " or words.texts[-2] in OTHER_COUNTERS:
        return None
    last = words.texts[-1]
    if len(last) == 1 and last in "23456789":
        return int(last)
    return roman(last)


@attrs.frozen
class Place:
    """One show's place in its line: its season, and which part of the season it is."""

    work: Work
    season: int
    part: int

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
    before = [work for work in reversed(wanted.prequels) if is_serial(work)]
    known = {wanted.work.id, *(work.id for work in before)}
    sequels = sorted(
        (
            relation
            for relation in wanted.related
            if relation.kind is RelationKind.SEQUEL
            and is_serial(relation.work)
            and relation.work.id not in known
        ),
        key=lambda relation: (relation.distance, relation.work.start_date or _NO_DATE),
    )
    return [*before, wanted.work, *(relation.work for relation in sequels)], len(before)


def _next_place(before: Sequence[Place], work: Work) -> Place:
    season, part = _marks_of(work, before)
    last = before[-1] if before else None
    if last is None:
        season = season or _season_of_synonyms(work) or 1
    elif season is None or season < last.season:
        season = last.season if part is not None and part > 1 else last.season + 1
    earlier = sum(place.season == season for place in before)
    return Place(work, season, part or earlier + 1)


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
