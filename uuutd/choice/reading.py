"""Reading a release name: find a title that is known, then read what follows it."""

from collections import Counter
from collections.abc import Iterator

import attrs

from .facets import Facets, read_facets
from .family import Alias, Anchor, Family, closest
from .scan import Found, scan
from .words import Words, fold, signs

_HEAD_WORDS = 40
"""How many words into a name a title may begin."""


@attrs.frozen
class Reading:
    """A name as it was read: the shows its title may name, what follows, and the facets.

    *odd* are signs on the title, such as the prime of a sequel, that no known title has.
    """

    aliases: tuple[Alias, ...]
    found: Found
    facets: Facets
    odd: str = ""


def read(title: str, family: Family) -> Reading | None:
    """Read a release name; None if it holds no title of the family where a title stands.

    Only the first `words.NAME_LIMIT` characters count.
    """
    words = Words(fold(title))
    begin = _behind_group(words)
    anchor = _find_title(words, begin, family)
    if anchor is None:
        return None
    found = scan(words, anchor.end, family)
    if anchor.start > begin:
        _read_before(words, begin, anchor.start, family, found)
    written = signs(words.gaps[anchor.start + 1 : anchor.end + 1])
    aliases = tuple(closest(anchor.aliases, written))
    odd = min((_beyond(written, alias.signs) for alias in aliases), key=len)
    if found.suffix is not None:
        aliases = (found.suffix,)
    return Reading(aliases, found, read_facets(title, words, anchor.end), odd)


def _beyond(written: str, known: str) -> str:
    """Return the signs of a name that a title does not have, or not as often."""
    return "".join((Counter(written) - Counter(known)).elements()) if written else ""


def read_number(name: str, family: Family, aliases: tuple[Alias, ...]) -> Reading:
    """Read a name that does not repeat the title, as that of an episode of the known show."""
    words = Words(fold(name))
    begin = _behind_group(words)
    return Reading(aliases, scan(words, begin, family), read_facets(name, words, begin))


@attrs.frozen
class _Title(Anchor):
    start: int = 0


def _behind_group(words: Words) -> int:
    """Return the first word behind the bracket that a name begins with."""
    if words.gaps[0] == "[":
        for index, gap in enumerate(words.gaps):
            if "]" in gap:
                return index
    return 0


def _find_title(words: Words, begin: int, family: Family) -> _Title | None:
    for start in _title_starts(words, begin):
        anchor = family.match(words, start)
        if anchor is not None:
            return _Title(anchor.end, anchor.aliases, start)
    if begin:
        anchor = family.match(words, 0)
        if anchor is not None and anchor.end == begin:
            return _Title(anchor.end, anchor.aliases, 0)
    return None


def _title_starts(words: Words, begin: int) -> Iterator[int]:
    """Yield where a title may begin: at the head, or with a part of a bilingual name.

    Such a part begins behind a slash, with another script, or in a new bracket as long as
    no plain letters stood before it.
    """
    if begin < len(words):
        yield begin
    foreign = True
    for index in range(begin + 1, min(len(words), begin + _HEAD_WORDS)):
        gap, before = words.gaps[index], words.texts[index - 1]
        foreign = foreign and (not before.isascii() or before.isdigit())
        slashed = "|" in gap or ("/" in gap and (" " in gap or foreign))
        latin = words.texts[index].isascii()
        turned = latin != before.isascii() and (foreign or not latin)
        if slashed or turned or (foreign and gap[-1:] in ("[", "(")):
            yield index


def _read_before(words: Words, begin: int, end: int, family: Family, found: Found) -> None:
    """Read the season marks in the parts of a bilingual name that stand before the title."""
    before = scan(words, begin, family, end)
    if before.season is not None and not before.numbered:
        found.seasons.update(before.seasons)
        found.season = found.season if found.season is not None else before.season
    if before.part is not None and found.part is None:
        found.part = before.part
    found.aside.extend(before.aside)
    found.extra = found.extra or before.extra
