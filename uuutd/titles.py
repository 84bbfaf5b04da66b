"""What to ask an indexer for, and how titles are compared.

An indexer's search is a full-text search: few and narrow queries find more than wide ones,
and punctuation glued to a word hides it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import attrs

from .choice.accepted import accepted
from .choice.marks import mark_at
from .choice.numbering import Line, Numbering, is_serial
from .choice.official import take_apart
from .choice.words import Words, fold
from .domain import Wanted

__all__ = ["SearchTerm", "fold", "search_terms"]

_MOST_TERMS = 4
_LONG = 100
"""From how many episodes on groups write numbers with three digits."""

_PACKS = ("batch", "complete", "BD", "BluRay")
"""Words of which packs, and few single episodes, have one.

"Season" is none: later seasons have it in their titles, and with it all of their episodes.
"""

_QUOTES = str.maketrans(
    {**dict.fromkeys("\u2018\u2019\u02bc\u2032`", "'"), "\xd7": " x ", "\u2013": "-", "\u2014": "-"}
)
_NO_WORD = re.compile(r"[^\w\s'\-]|_")
_EDGE = re.compile(r"(?<!\w)[-']+|[-']+(?!\w)")


@attrs.frozen
class SearchTerm:
    """Words that all have to be in a name, and numbers of which one has to; none for a film.

    Where packs are looked for, the words and spans by which they go stand among the numbers.
    """

    words: str
    numbers: tuple[str, ...]


def search_terms(wanted: Wanted) -> tuple[SearchTerm, ...]:
    """Return what to search for an episode: at most four terms, the likeliest first."""
    terms: dict[tuple[str, tuple[str, ...]], SearchTerm] = {}
    for term in _terms(wanted):
        if term.words:
            numbers = tuple(dict.fromkeys(term.numbers))
            terms.setdefault((fold(term.words), numbers), SearchTerm(term.words, numbers))
    return tuple(terms.values())[:_MOST_TERMS]


def _terms(wanted: Wanted) -> Iterator[SearchTerm]:
    work = wanted.work
    titles = [title for title in (work.titles.romaji, work.titles.english) if title]
    titles = titles or list(work.titles.all())
    line = Line.of(wanted)
    sought = _sought(wanted, line)
    if not is_serial(work):
        alone = work.episodes in (None, 1)
        numbers = () if alone else sought.own
        yield from (SearchTerm(_searchable(title), numbers) for title in titles)
        if alone or wanted.batch != "only":
            yield from _told(accepted(line, wanted.episode))
        return
    own = (*sought.own, *sought.marked)
    if line.place.season == 1 and line.wanted == 0:
        yield from (SearchTerm(_searchable(title), (*own, *sought.counted)) for title in titles)
        if wanted.batch != "never":
            yield from (SearchTerm(_searchable(title), ("S01",)) for title in titles)
        return
    counted = (*sought.marked, *sought.counted)
    bases = [_base(title, line, index) for index, title in enumerate(titles)]
    yield SearchTerm(_searchable(titles[0]), own)
    if line.place.part == 1:
        yield SearchTerm(f"{bases[0]} S{line.place.season}", sought.own)
    yield from (SearchTerm(base, counted) for base in bases)
    if not take_apart(titles[0]).marked:
        yield from (SearchTerm(_searchable(title), own) for title in titles[1:])


@attrs.frozen
class _Sought:
    """How what is wanted is numbered: by the show alone, by its season, and counted on."""

    own: tuple[str, ...]
    marked: tuple[str, ...]
    counted: tuple[str, ...]


def _sought(wanted: Wanted, line: Line) -> _Sought:
    numberings = accepted(line, wanted.episode)
    single = _Sought(
        _own_numbers(wanted), _season_numbers(numberings), _continuous_numbers(numberings)
    )
    if wanted.batch == "never":
        return single
    packs = _packs(wanted, line)
    if wanted.batch == "only":
        return packs
    # A season's mark alone would find all of its episodes, among which the wanted one drowns.
    return _Sought((*single.own, *packs.own), single.marked, (*single.counted, *packs.counted))


def _packs(wanted: Wanted, line: Line) -> _Sought:
    """Return the words and spans by which packs of the whole show go."""
    last, season = wanted.work.episodes, line.place.season
    marked = (f"S{season:02}",) if line.wanted or season > 1 else ()
    if last is None or last < 2:
        return _Sought(_PACKS, marked, _PACKS[:2])
    ends = (_continuous_numbers(accepted(line, number)) for number in (1, last))
    spans = (f"{first}-{final}" for first, final in zip(*ends, strict=False))
    own = f"{1:0{max(2, len(str(last)))}}-{last:02}"
    return _Sought((*_PACKS, own), marked, (*_PACKS[:2], *spans))


def _own_numbers(wanted: Wanted) -> tuple[str, ...]:
    """Return the number as groups write it: two digits, in long shows three or as it is."""
    number, length = wanted.episode, wanted.work.episodes
    if number >= _LONG or (length is not None and length < _LONG):
        return (f"{number:02}",)
    if length is None and not wanted.prequels:
        return (f"{number:02}", f"{number:03}")
    return (f"{number:02}",) if length is None else (f"{number:03}", f"{number:02}")


def _told(numberings: Sequence[Numbering]) -> Iterator[SearchTerm]:
    """Yield terms for the numbers that a show has only behind another one's title."""
    for each in numberings:
        if each.kind == "continuous" and each.behind is not None:
            yield SearchTerm(_searchable(each.behind), (f"{each.number:02}",))


def _season_numbers(numberings: Sequence[Numbering]) -> tuple[str, ...]:
    return tuple(
        f"S{each.season:02}E{each.number:02}"
        for each in numberings
        if each.kind == "season" and each.season is not None
    )


def _continuous_numbers(numberings: Sequence[Numbering]) -> tuple[str, ...]:
    found = {f"{each.number:02}": None for each in numberings if each.kind == "continuous"}
    return tuple(found)


def _base(title: str, line: Line, language: int) -> str:
    """Return what later seasons of a show have in common with its first, without their marks."""
    searchable = _searchable(title)
    bare = _without_marks(searchable)
    if bare != searchable or not line.complete:
        return bare
    first = line.places[0].work.titles
    original = (first.romaji, first.english)[language] or str(first)
    head, colon, _ = original.partition(": ")
    apart = not fold(searchable).startswith(fold(_searchable(original)))
    if colon and apart and fold(searchable).startswith(fold(_searchable(head))):
        return _searchable(head)
    return _searchable(original)


def _searchable(title: str) -> str:
    """Return a title without anything that a search takes for an operator or glues to a word."""
    plain = unicodedata.normalize("NFKC", title.translate(_QUOTES)).translate(_QUOTES)
    return " ".join(_EDGE.sub(" ", _NO_WORD.sub(" ", plain)).split())


def _without_marks(title: str) -> str:
    """Drop the words of a title that name its season or part."""
    chunks = title.split()
    words = [
        (text, place) for place, chunk in enumerate(chunks) for text in Words(fold(chunk)).texts
    ]
    plain = [text for text, _ in words]
    dropped: set[int] = set()
    for index in range(1, len(words)):
        mark = mark_at(plain, index)
        if mark is not None:
            dropped.update(place for _, place in words[index : index + mark.size])
    return " ".join(chunk for place, chunk in enumerate(chunks) if place not in dropped)
