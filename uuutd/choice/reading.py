"""Reading a release name: find a title that is known, then read what follows it."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from .chances import in_tail
from .extras import is_extra, is_pair
from .facets import Facets, read_facets
from .family import Alias, Anchor, Family, closest
from .found import Found
from .marks import mark_at
from .scan import scan
from .words import Words, fold, signs

_HEAD_WORDS = 40
"""How many words into a name a title may begin."""
_HEAD_MARK = 2
"""The most words that a bracket has which names no group but what the release is."""
_TELLING = frozenset({"#", *map(chr, range(0x2200, 0x2300))})
"""Signs that are no decoration: those of mathematics, such as the integral, among them."""
_KEPT = 512
"""How many names are kept cut into words, some three kilobytes each: each is held against
every show that it may be of, and an indexer's answer is at most 300 names."""


class Reading(NamedTuple):
    """A name as it was read: the shows its title may name, what follows, and the facets.

    *odd* are signs on the title, such as the prime of a sequel, that no known title has.
    """

    aliases: tuple[Alias, ...]
    found: Found
    facets: Facets
    odd: str = ""


class _Name:
    """A name cut into words; *begin* is the first one behind the bracket it begins with."""

    def __init__(self, title: str) -> None:
        self.words = Words(fold(title))
        self.begin = _behind_group(self.words)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where a title may begin."""
        return tuple(_title_starts(self.words, self.begin))


_cut = lru_cache(maxsize=_KEPT)(_Name)


def read(title: str, family: Family) -> Reading | None:
    """Read a release name; None if it holds no title of the family where a title stands.

    Only the first `words.NAME_LIMIT` characters count.
    """
    name = _cut(title)
    words, begin = name.words, name.begin
    located = _find_title(name, family)
    if located is None:
        return None
    start, anchor = located
    found = scan(words, anchor.end, family)
    if 1 <= begin <= _HEAD_MARK and in_tail(words.texts[0]).stand:
        _read_head(words, begin, found)
    if start > begin:
        _read_before(words, begin, start, family, found)
    written = signs(words.gaps[start + 1 : anchor.end + 1])
    aliases = anchor.aliases
    if len(aliases) > 1:
        aliases = closest(aliases, written)
    odd = min([_odd(written, alias.signs) for alias in aliases], key=len)
    aliases = found.suffix or aliases
    return Reading(aliases, found, read_facets(title, words, anchor.end), odd)


@lru_cache(maxsize=256)
def _odd(written: str, known: str) -> str:
    """Return the signs of a name that a title does not have, or not as often.

    Many names lack signs of the title, but none that make another show's title of it.
    """
    if written == known:
        return ""
    beyond = "".join((Counter(written) - Counter(known)).elements())
    lacking = (Counter(known) - Counter(written)).elements()
    return beyond or "".join(sign for sign in lacking if sign in _TELLING)


def read_number(name: str, family: Family, aliases: tuple[Alias, ...]) -> Reading:
    """Read a name that does not repeat the title, as that of an episode of the known show."""
    cut = _cut(name)
    words, begin = cut.words, cut.begin
    return Reading(aliases, scan(words, begin, family), read_facets(name, words, begin))


def _behind_group(words: Words) -> int:
    """Return the first word behind the bracket that a name begins with."""
    if words.gaps[0] == "[":
        for index, gap in enumerate(words.gaps):
            if "]" in gap:
                return index
    return 0


def _find_title(name: _Name, family: Family) -> tuple[int, Anchor] | None:
    """Return where the first known title begins, and where it ends."""
    words, begin = name.words, name.begin
    if begin < len(words):
        anchor = family.titles.match(words, begin)
        if anchor is not None:
            return begin, anchor
    for start in name.starts:
        anchor = family.titles.match(words, start)
        if anchor is not None:
            return start, anchor
    if begin:
        anchor = family.titles.match(words, 0)
        if anchor is not None and anchor.end == begin:
            return 0, anchor
    return None


def _title_starts(words: Words, begin: int) -> Iterator[int]:
    """Yield where a title may begin behind the head, with a part of a bilingual name.

    Such a part begins behind a slash, with another script, or in a new bracket as long as
    no plain letters stood before it.
    """
    foreign = True
    for index in range(begin + 1, min(len(words), begin + _HEAD_WORDS)):
        gap, before = words.gaps[index], words.texts[index - 1]
        foreign = foreign and (not before.isascii() or before.isdigit())
        slashed = "|" in gap or ("/" in gap and (" " in gap or foreign))
        latin = words.texts[index].isascii()
        turned = latin != before.isascii() and (foreign or not latin)
        if slashed or turned or (foreign and gap[-1:] in ("[", "(")):
            yield index


def _read_head(words: Words, begin: int, found: Found) -> None:
    """Read the bracket a name begins with, if it is no group's: ``[Season 2]``, ``[Reaction]``."""
    texts = words.texts[:begin]
    mark = mark_at(texts, 0)
    if mark is not None and mark.size == begin and not (begin == 1 and texts[0].isalpha()):
        if mark.kind == "season":
            found.note_season(mark.number)
        else:
            found.part = found.part or mark.number
    elif is_extra(texts, 0) and begin == 1 + is_pair(texts, 0):
        found.extra = texts[0]


def _read_before(words: Words, begin: int, end: int, family: Family, found: Found) -> None:
    """Read the season marks in the parts of a bilingual name that stand before the title."""
    before = scan(words, begin, family, end)
    if before.season is not None and not before.numbered:
        found.seasons |= frozenset(before.seasons)
        found.season = found.season if found.season is not None else before.season
    if before.part is not None and found.part is None:
        found.part = before.part
    found.aside += before.aside
    found.extra = found.extra or before.extra
