"""Official titles and synonyms, taken apart: what names the show, and what its season or part."""

from functools import lru_cache

import attrs

from .marks import OTHER_COUNTERS, mark_at, roman
from .words import Words, fold, join, signs


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
    return Title(words, join(texts), _signs(words), season, part, head, bare, loose)


def _signs(words: Words) -> str:
    """Return the signs of a title, the last one as where a number follows."""
    *gaps, last = words.gaps[1:] or [""]
    return signs([*gaps, f"{last} -"])


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


def extends(title: Title, head: Title) -> bool:
    """Whether a title without marks goes on from another one with a subtitle of its own."""
    count = len(head.words)
    texts = title.words.texts
    if title.marked or title.loose or len(texts) <= count or texts[:count] != head.words.texts:
        return False
    return title.words.gaps[count] != " "
