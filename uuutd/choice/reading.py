"""Reading a release name: find a title that is known, then read what follows it."""

import re
from collections.abc import Iterator, Sequence

import attrs

from .facets import Facets, read_facets
from .family import Alias, Anchor, Family, closest
from .scan import Found, Scanner
from .words import Word, cut, fold

_NOT_LETTERS = re.compile(r"[\W_]+")
_HEAD_WORDS = 40
"""How many words into a name a title may begin."""


@attrs.frozen
class Reading:
    """A name as it was read: the shows its title may name, what follows, and the facets."""

    aliases: tuple[Alias, ...]
    found: Found
    facets: Facets


def read(title: str, family: Family) -> Reading | None:
    """Read a release name; None if it holds no title of the family where a title stands.

    Only the first `words.NAME_LIMIT` characters count.
    """
    folded = fold(title)
    if not family.is_hinted(_NOT_LETTERS.sub("", folded)):
        return None
    words = cut(folded)
    begin = _behind_group(words)
    anchor = _find_title(words, begin, family)
    if anchor is None:
        return None
    found = Scanner(words, anchor.end, family).run()
    _read_before(words, begin, anchor, family, found)
    aliases = tuple(closest(anchor.aliases, words[anchor.start : anchor.end]))
    if found.suffix is not None:
        aliases = (found.suffix,)
    return Reading(aliases, found, read_facets(title, words, anchor.end))


@attrs.frozen
class _Title(Anchor):
    start: int = 0


def _behind_group(words: Sequence[Word]) -> int:
    """Return the first word behind the bracket that a name begins with."""
    if words and words[0].gap == "[":
        for index, word in enumerate(words):
            if "]" in word.after:
                return index + 1
    return 0


def _find_title(words: Sequence[Word], begin: int, family: Family) -> "_Title | None":
    for start in _title_starts(words, begin):
        anchor = family.match(words, start)
        if anchor is not None:
            return _Title(anchor.end, anchor.aliases, start)
    if begin:
        anchor = family.match(words, 0)
        if anchor is not None and anchor.end == begin:
            return _Title(anchor.end, anchor.aliases, 0)
    return None


def _title_starts(words: Sequence[Word], begin: int) -> Iterator[int]:
    """Yield where a title may begin: at the head, or with a part of a bilingual name.

    Such a part begins behind a slash, with another script, or in a new bracket as long as
    no plain letters stood before it.
    """
    if begin < len(words):
        yield begin
    foreign = True
    for index in range(begin + 1, min(len(words), begin + _HEAD_WORDS)):
        word, before = words[index], words[index - 1]
        foreign = foreign and (not before.is_latin or before.text.isdigit())
        slashed = "|" in word.gap or ("/" in word.gap and (" " in word.gap or foreign))
        turned = word.is_latin != before.is_latin and (foreign or not word.is_latin)
        if slashed or turned or (foreign and word.gap[-1:] in ("[", "(")):
            yield index


def _read_before(
    words: Sequence[Word], begin: int, title: "_Title", family: Family, found: Found
) -> None:
    """Read the season marks in the parts of a bilingual name that stand before the title."""
    if title.start <= begin:
        return
    scanner = Scanner(words[: title.start], begin, family)
    before = scanner.run()
    if before.season is not None and not before.numbered:
        found.seasons.update(before.seasons)
        found.season = found.season if found.season is not None else before.season
    if before.part is not None and found.part is None:
        found.part = before.part
    found.aside.extend(before.aside)
    found.extra = found.extra or before.extra


def read_number(name: str, family: Family, aliases: tuple[Alias, ...]) -> Reading:
    """Read a name that does not repeat the title, as that of an episode of the known show."""
    words = cut(fold(name))
    begin = _behind_group(words)
    found = Scanner(words, begin, family).run()
    return Reading(aliases, found, read_facets(name, words, begin))
