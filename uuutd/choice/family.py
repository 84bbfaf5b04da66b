"""The titles by which a show and its relatives are known, and how a name begins with one."""

from collections.abc import Container, Iterable, Iterator
from typing import Literal

import attrs

from ..domain import RelationKind, Wanted, Work
from .numbering import Line, Title, is_serial, take_apart
from .words import Words, glue, join

_SHORTEST_SUFFIX = 3
_SHORTEST_HEAD = 4


@attrs.frozen
class Alias:
    """What a title says: which show it names, and the season and part it names by itself.

    *kind* is ``line`` for a title of the show at *index* in the line, ``other`` for that of
    the relative at *index* outside of it, and ``base`` for a title of the line as a whole.
    """

    kind: Literal["line", "other", "base"]
    index: int
    signs: str = ""
    season: int | None = None
    part: int | None = None

    @property
    def marked(self) -> bool:
        """Whether the title itself names a season or a part."""
        return self.season is not None or self.part is not None


@attrs.frozen
class Anchor:
    """Where a known title ends in a name, and all that it may name."""

    end: int
    aliases: tuple[Alias, ...]


class Family:
    """A wanted show, its line and its other relatives, under all their titles."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.line = Line.of(wanted)
        in_line = {place.work.id for place in self.line.places}
        relatives = (*wanted.prequels, *(relation.work for relation in wanted.related))
        self.others: tuple[Work, ...] = tuple(w for w in relatives if w.id not in in_line)
        self._aliases: dict[str, list[Alias]] = {}
        self._suffixes: dict[str, Alias] = {}
        self._add_titles()
        self._add_synonyms()
        self._add_common_heads()
        self._add_suffixes()
        self._limit = max(map(len, self._aliases), default=0)
        self._openings = frozenset(alias[:2] for alias in self._aliases)

    @property
    def work(self) -> Work:
        """The wanted show."""
        return self.wanted.work

    def match(self, words: Words, start: int) -> Anchor | None:
        """Return the longest known title that begins with the word at *start*."""
        first = words.texts[start]
        if len(first) > 1 and first[:2] not in self._openings:
            return None
        found = _longest(words, start, self._aliases, self._limit)
        return Anchor(found[0], tuple(self._aliases[found[1]])) if found else None

    def suffix(self, words: Words, start: int) -> Anchor | None:
        """Return the longest known subtitle that begins with the word at *start*."""
        if not self._suffixes:
            return None
        found = _longest(words, start, self._suffixes, self._limit)
        return Anchor(found[0], (self._suffixes[found[1]],)) if found else None

    def title_of(self, alias: Alias) -> str:
        """Return the title of the show that *alias* names, for people."""
        if alias.kind == "other":
            return str(self.others[alias.index].titles)
        return str(self.line.places[alias.index].work.titles)

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
            for text in work.titles.all():
                self._add_title(take_apart(text), kind, index)

    def _add_title(self, title: Title, kind: Literal["line", "other"], index: int) -> None:
        season, part = title.season, title.part
        if kind == "line" and title.loose == self.line.places[index].season:
            season = title.loose
        self._add(title.joined, Alias(kind, index, title.signs, season, part))
        if kind == "line" and (season is not None or part is not None):
            self._add_base(title.head, title.signs)
            self._add_base(title.bare, title.signs)

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
                if not (title.marked or first or any(self._known_heads(title))):
                    self._add_base(title.joined, title.signs)
                elif title.season in (None, place.season):
                    self._add_title(title, "line", index)
        for index, work in enumerate(self.others):
            for title in map(take_apart, work.synonyms):
                if title.joined not in self._aliases:
                    self._add_title(title, "other", index)

    def _words_of_parents(self) -> set[str]:
        """Return the words in the titles of the shows that the wanted one belongs to."""
        parents = [r.work for r in self.wanted.related if r.kind is RelationKind.PARENT]
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

    def _add_suffixes(self) -> None:
        """Add what follows a known title in the longer titles of relatives."""
        found: dict[str, set[Alias]] = {}
        for kind, index, work in self._works():
            for text in work.titles.all():
                title = take_apart(text)
                if title.marked:
                    continue
                for count in self._known_heads(title):
                    suffix = join(title.words.texts[count:])
                    if len(suffix) >= _SHORTEST_SUFFIX and not suffix.isdigit():
                        found.setdefault(suffix, set()).add(Alias(kind, index))
        self._suffixes = {s: next(iter(a)) for s, a in found.items() if len(a) == 1}


def _words(title: str) -> list[str]:
    return take_apart(title).words.texts


def _longest(
    words: Words, start: int, titles: Container[str], limit: int
) -> tuple[int, str] | None:
    """Return where the longest of *titles* ends that begins with the word at *start*."""
    joined = ""
    best: tuple[int, str] | None = None
    for index in range(start, len(words.texts)):
        joined = glue(joined, words.texts[index])
        if len(joined) > limit:
            break
        if joined in titles:
            best = (index + 1, joined)
    return best


def closest(aliases: Iterable[Alias], signs: str) -> list[Alias]:
    """Return those aliases whose own signs, such as ``!!``, are most like these."""
    distances = [(_distance(alias.signs, signs), alias) for alias in aliases]
    least = min(distance for distance, _ in distances)
    return [alias for distance, alias in distances if distance == least]


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
