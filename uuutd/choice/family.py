"""The titles by which a show and its relatives are known, and how a name begins with one."""

from bisect import bisect_left
from collections.abc import Hashable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import attrs

from ..domain import Format, RelationKind, Wanted, Work
from . import lexicon
from .numbering import Line, is_serial
from .official import Title, take_apart
from .words import Words, glue, join

_KEPT = 64
"""How many families are kept: each is some ten kilobytes, and made in a tenth of a millisecond."""
_SHORTEST_SUFFIX = 3
_SHORTEST_HEAD = 4


class Alias(NamedTuple):
    """What a title says: which show it names, and the season and part it names by itself.

    *kind* is ``line`` for a title of the show at *place* in the line, ``other`` for that of
    the relative at *place* outside of it, and ``base`` for a title of the line as a whole.
    """

    kind: Literal["line", "other", "base"]
    place: int
    signs: str = ""
    season: int | None = None
    part: int | None = None

    @property
    def marked(self) -> bool:
        """Whether the title itself names a season or a part."""
        return self.season is not None or self.part is not None


class Anchor(NamedTuple):
    """Where a known title ends in a name, and all that it may name."""

    end: int
    aliases: tuple[Alias, ...]


class Known:
    """Titles as `words.join` makes them, each with what it says, and the search for the longest."""

    def __init__(self, known: dict[str, tuple[Alias, ...]]) -> None:
        self._known = known
        self._sorted = sorted(known)
        self._openings = frozenset([joined[:2] for joined in known])

    def may_match(self, text: str) -> bool:
        """Whether one of these titles may begin with this word."""
        return len(text) == 1 or text[:2] in self._openings

    def match(self, words: Words, start: int) -> Anchor | None:
        """Return the longest of these titles that begins with the word at *start*."""
        texts = words.texts
        joined = texts[start]
        if len(joined) > 1 and joined[:2] not in self._openings:
            return None
        known, position, end, best, stop = self._sorted, 0, start + 1, "", start
        many, last = len(known), len(texts)
        while (position := bisect_left(known, joined, position)) < many:
            nearest = known[position]
            if nearest == joined:
                best, stop = joined, end
            elif not nearest.startswith(joined):
                break
            if end == last:
                break
            text = texts[end]
            joined = glue(joined, text) if text[0].isdigit() else joined + text
            end += 1
        return Anchor(stop, self._known[best]) if best else None


class Family:
    """A show, its line and its other relatives, under all their titles.

    *titles* are all that one of them is called, *subtitles* what follows a title in the longer
    titles of relatives.  Which episode is wanted makes no difference.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.work = wanted.work
        self.line = Line.of(wanted)
        self._related = wanted.related
        in_line = {place.work.id for place in self.line.places}
        relatives = (*wanted.prequels, *(relation.work for relation in wanted.related))
        self.others: tuple[Work, ...] = tuple(w for w in relatives if w.id not in in_line)
        self._aliases: dict[str, list[Alias]] = {}
        self._add_titles()
        self._add_synonyms()
        self._add_common_heads()
        self.titles = Known({joined: tuple(known) for joined, known in self._aliases.items()})
        self.subtitles = Known(self._suffixes())

    def title_of(self, alias: Alias) -> str:
        """Return the title of the show that *alias* names, for people."""
        return str(self.work_of(alias).titles)

    def work_of(self, alias: Alias) -> Work:
        """Return the show that *alias* names."""
        if alias.kind == "other":
            return self.others[alias.place]
        return self.line.places[alias.place].work

    def _add(self, joined: str, alias: Alias) -> None:
        if not joined:
            return
        known = self._aliases.setdefault(joined, [])
        if alias not in known:
            known.append(alias)

    def _works(self) -> Iterator[tuple[Literal["line", "other"], int, Work]]:
        for index, place in enumerate(self.line.places):
            yield "line", index, place.work
        for index, work in enumerate(self.others):
            yield "other", index, work

    def _add_titles(self) -> None:
        for kind, index, work in self._works():
            titles = [take_apart(text) for text in work.titles.all()]
            for title in titles:
                if kind == "line" and self._is_of_line(title, titles, index):
                    self._add_base(title.joined, title.signs)
                else:
                    self._add_title(title, kind, index)

    def _add_title(self, title: Title, kind: Literal["line", "other"], index: int) -> None:
        season, part = title.season, title.part
        if kind == "line" and title.loose == self.line.places[index].season:
            season = title.loose
        if kind == "line" and season not in (None, self.line.places[index].season):
            self._add_season_of_arc(title, index)
            return
        self._add(title.joined, Alias(kind, index, title.signs, season, part))
        if kind == "line" and (season is not None or part is not None):
            self._add_base(title.head, title.signs)
            if not self.line.complete or title.bare in self._aliases:
                self._add_base(title.bare, title.signs)

    def _is_of_line(self, title: Title, titles: list[Title], index: int) -> bool:
        """Whether a later show's title is that of all seasons: another of its *titles* adds a mark.

        If the first show's has other signs, as that of ``Show!!`` after ``Show!``, it is not.
        """
        if title.marked or not any((t.season or 1) > 1 and t.head == title.joined for t in titles):
            return False
        first = self.line.places[0].work.titles.all() if index else ()
        signs = {each.signs for each in map(take_apart, first) if each.joined == title.joined}
        return title.signs in (signs or {""})

    def _add_season_of_arc(self, title: Title, index: int) -> None:
        """Add a title that counts the seasons of an arc: ``Show: Arc 2nd Season`` is the third."""
        alias = Alias("line", index, title.signs, self.line.places[index].season, title.part)
        self._add(title.joined, alias)
        if title.part is None:
            self._add(glue(title.head, f"s{title.season}"), alias)

    def _add_base(self, joined: str, signs: str) -> None:
        if len(joined) > 1:
            self._add(joined, Alias("base", 0, signs))

    def _add_synonyms(self) -> None:
        """Add what else the shows are called, as far as that names them and nothing else.

        A synonym of a later season that names no season is as a rule one of the whole
        line, unless it goes on from a title that is known.  One of a spin-off that shares
        no word of its own with it is one of the show that it spun off from.
        """
        foreign = self._words_of_parents()
        for index, place in enumerate(self.line.places):
            for title in map(take_apart, place.work.synonyms):
                if index == self.line.wanted and foreign and not self._is_own(title, foreign):
                    continue
                first = index == 0 and self.line.complete
                if title.season is not None and title.part is None and place.part > 1:
                    self._add_base(title.bare, title.signs)  # its numbers may be the season's
                elif not (title.marked or first or any(self._known_heads(title))):
                    self._add_base(title.joined, title.signs)
                elif title.season in (None, place.season) or self._is_of_arc(title, index):
                    self._add_title(title, "line", index)
        for index, work in enumerate(self.others):
            for title in map(take_apart, work.synonyms):
                if title.joined not in self._aliases:
                    self._add_title(title, "other", index)

    def _is_of_arc(self, title: Title, index: int) -> bool:
        """Whether a synonym counts a season behind the title of an earlier show but the first."""
        known = self._aliases.get(title.head, ())
        return any(alias.kind == "line" and 0 < alias.place < index for alias in known)

    def _words_of_parents(self) -> set[str]:
        """Return the words in the titles of the shows that the wanted one belongs to."""
        parents = [r.work for r in self._related if r.kind is RelationKind.PARENT]
        if not is_serial(self.work):
            parents += [work for work in self.others if is_serial(work)]
        return {word for work in parents for text in work.titles.all() for word in _words(text)}

    def _is_own(self, title: Title, foreign: set[str]) -> bool:
        """Whether a synonym has a word of the wanted show's titles that its parents' lack."""
        own = {word for text in self.work.titles.all() for word in _words(text)} - foreign
        return not own.isdisjoint(title.words.texts)

    def _add_common_heads(self) -> None:
        """Add what the shows of the line have in common before their subtitles begin."""
        for texts in self._title_rows():
            first, *rest = map(take_apart, texts)
            for title in rest:
                head = _common_head(first, title)
                if len(head) >= _SHORTEST_HEAD and head not in self._aliases:
                    self._add_base(head, first.signs)

    def _title_rows(self) -> Iterator[list[str]]:
        works = [place.work for place in self.line.places]
        for row in (
            [work.titles.romaji for work in works],
            [work.titles.english for work in works],
        ):
            if row[0] and len(row) > 1:
                yield [text for text in row if text]

    def _known_heads(self, title: Title) -> Iterator[int]:
        """Yield how many words of a title make another known title."""
        joined = ""
        for count, text in enumerate(title.words.texts[:-1], 1):
            joined = glue(joined, text)
            if joined in self._aliases:
                yield count

    def _suffixes(self) -> dict[str, tuple[Alias, ...]]:
        """Return what follows a known title in the longer titles of relatives."""
        found: dict[str, set[Alias]] = {}
        for kind, index, work in self._works():
            for title in map(_plain_title, work.titles.all()):
                if title.marked:
                    continue
                for count in self._known_heads(title):
                    suffix = join(title.words.texts[count:])
                    if len(suffix) >= _SHORTEST_SUFFIX and not suffix.isdigit():
                        found.setdefault(suffix, set()).add(Alias(kind, index))
        return {suffix: tuple(known) for suffix, known in found.items() if self._may_name(known)}

    def _may_name(self, known: set[Alias]) -> bool:
        """Whether a subtitle names one show, or a film and a series that its kind tells apart."""
        works = [self.work_of(alias) for alias in known]
        return len(works) == 1 or {each.format is Format.MOVIE for each in works} == {True, False}


@attrs.frozen
class _Content:
    """What a family is made from; two with the same *key* make the same."""

    key: Hashable
    wanted: Wanted = attrs.field(eq=False)


def family_of(wanted: Wanted) -> Family:
    """Return the family of a wanted show; it is kept for the next search for the show."""
    key = (
        (wanted.redirects, wanted.counts_from),
        _key(wanted.work),
        *map(_key, wanted.prequels),
        None,
        *((relation.kind, relation.distance, _key(relation.work)) for relation in wanted.related),
    )
    return _family(_Content(key, wanted))


@lru_cache(maxsize=_KEPT)
def _family(content: _Content) -> Family:
    return Family(content.wanted)


def _key(work: Work) -> Hashable:
    """Return all that is ever asked of a show in here; its numbers elsewhere are not."""
    titles = work.titles
    return (
        work.id,
        (titles.romaji, titles.english, titles.native),
        work.synonyms,
        work.format,
        work.airing,
        work.episodes,
        work.season_year,
        work.start_date,
    )


def _plain_title(text: str) -> Title:
    """Take a title apart without the words that only say that it is a film's."""
    title = take_apart(text)
    words = title.words.texts
    said = {i for i, each in enumerate(words) if lexicon.FORMATS.get(each) is Format.MOVIE}
    said |= {i - 1 for i in said if i and words[i - 1] == "the"}
    if not said or len(said) == len(words):
        return title
    return take_apart(" ".join(each for i, each in enumerate(words) if i not in said))


def _words(title: str) -> list[str]:
    return take_apart(title).words.texts


@lru_cache(maxsize=1024)
def closest(aliases: tuple[Alias, ...], signs: str) -> tuple[Alias, ...]:
    """Return those aliases whose own signs, such as ``!!``, are most like these."""
    distances = [_distance(alias.signs, signs) for alias in aliases]
    least = min(distances)
    return tuple([a for a, distance in zip(aliases, distances, strict=True) if distance == least])


def _distance(one: str, other: str) -> int:
    return 0 if one == other else 1 + abs(len(one) - len(other))


def _common_head(one: Title, other: Title) -> str:
    count = 0
    for left, right in zip(one.words.texts, other.words.texts, strict=False):
        if left != right:
            break
        count += 1
    if not _opens_subtitle(one, count) or not _opens_subtitle(other, count):
        return ""
    return join(one.words.texts[:count])


def _opens_subtitle(title: Title, count: int) -> bool:
    """Whether a subtitle begins after so many words."""
    if not 0 < count < len(title.words):
        return False
    gap = title.words.gaps[count]
    return ": " in gap or " -" in gap or "~" in gap
