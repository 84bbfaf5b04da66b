"""Season and part marks: ``S2``, ``2nd Season``, ``Part 2``, ``Cour 2``, ``III`` and so on."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_KANJI = "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341"

NUMBERS: dict[str, int] = {
    **{word: n for n, word in enumerate(_ORDINALS, 1)},
    **{word: n for n, word in enumerate(_CARDINALS, 1)},
    **{word: n for n, word in enumerate(_ROMANS, 1)},
}
_ORDINAL_WORDS: dict[str, int] = {
    **{word: n for n, word in enumerate(_ORDINALS, 1)},
    **{f"{n}{end}": n for n in range(1, 31) for end in ("st", "nd", "rd", "th")},
}
_LONE_ROMANS: dict[str, int] = {
    word: n for n, word in enumerate(_ROMANS, 1) if word not in ("i", "v", "x")
}
_LATER_ROMANS = {word: n for n, word in enumerate(_ROMANS, 1) if n > 1}
_SEASON_WORDS = frozenset({"season", "seasons", "saison", "series"})
_PART_WORDS = frozenset({"part", "pt", "cour"})
OTHER_COUNTERS = frozenset({"act", "book", "chapter", "episode", "phase", "vol", "volume"})
"""Words before a numeral that say what it counts: nothing that groups count by."""
_GLUED = re.compile(r"(s|season|part|cour)0*(\d{1,2})$")
_KANJI_MARK = re.compile(
    f"\u7b2c([{_KANJI}]+)(\u5b63|\u671f|\u30af\u30fc\u30eb|\u90e8\u5206)|"
    f"^([{_KANJI}]+)(\u5b63|\u671f)$"
)
_SEASON_COUNTERS = ("\u5b63", "\u671f")
_PART_COUNTERS = ("\u30af\u30fc\u30eb", "\u90e8\u5206")


class Mark(NamedTuple):
    """A season or part mark, and how many words make it."""

    kind: Literal["season", "part"]
    number: int
    size: int


def mark_at(texts: Sequence[str], index: int) -> Mark | None:
    """Return the mark that begins at this word, None if none does.

    A lone digit and the lone letters V and X are no marks: only what stands around them
    can tell.
    """
    text = texts[index]
    if not may_open(text):
        return None
    following = texts[index + 1] if index + 1 < len(texts) else ""
    if not text.isascii():
        return _kanji_mark(text)
    if text.isdigit():
        return None if following.isascii() else _counted_mark(int(text), following)
    return _plain_mark(texts, index, following)


def _plain_mark(texts: Sequence[str], index: int, following: str) -> Mark | None:
    text = texts[index]
    if text in _LONE_ROMANS:
        return Mark("season", _LONE_ROMANS[text], 1)
    glued = _GLUED.match(text)
    if glued:
        return Mark("season" if glued[1][0] == "s" else "part", int(glued[2]), 1)
    if text in _ORDINAL_WORDS and following in _SEASON_WORDS:
        return Mark("season", _ORDINAL_WORDS[text], 2)
    if text in _ORDINAL_WORDS and following in _PART_WORDS and not _is_counted(texts, index + 1):
        return Mark("part", _ORDINAL_WORDS[text], 2)
    if text in _SEASON_WORDS or text in _PART_WORDS:
        number = _number_word(following)
        if number is not None and text != "series":
            return Mark("season" if text in _SEASON_WORDS else "part", number, 2)
    return None


def _is_counted(texts: Sequence[str], index: int) -> bool:
    """Whether the number of a part stands behind its word, as in ``The 3rd Part 6``."""
    number = texts[index + 1] if index + 1 < len(texts) else ""
    return len(number) == 1 and number in "123456789"


@lru_cache(maxsize=4096)
def may_open(text: str) -> bool:
    """Whether a mark can begin with this word; the next one may have to agree."""
    return (
        not text.isascii()
        or text in _LONE_ROMANS
        or text in _ORDINAL_WORDS
        or text in _SEASON_WORDS
        or text in _PART_WORDS
        or (text.isdigit() and len(text) <= 2)
        or _GLUED.match(text) is not None
    )


def _number_word(text: str) -> int | None:
    """Return the number that a short word stands for: ``2``, ``ii``, ``two``, ``second``."""
    if text.isascii() and text.isdigit() and len(text) <= 2:
        return int(text)
    return NUMBERS.get(text)


def roman(text: str) -> int | None:
    """Return the value of a roman numeral up to ten, V and X among them; None for I."""
    return _LATER_ROMANS.get(text)


def _counted_mark(number: int, counter: str) -> Mark | None:
    if counter.startswith(_SEASON_COUNTERS):
        return Mark("season", number, 2)
    if counter.startswith(_PART_COUNTERS):
        return Mark("part", number, 2)
    return None


def _kanji_mark(text: str) -> Mark | None:
    match = _KANJI_MARK.search(text)
    if match is None:
        return None
    number = _kanji_number(match[1] or match[3])
    counter = match[2] or match[4]
    return Mark("season" if counter in _SEASON_COUNTERS else "part", number, 1)


def _kanji_number(text: str) -> int:
    ten = _KANJI[-1]
    if ten not in text:
        return _KANJI.index(text[-1]) + 1
    tens, _, ones = text.partition(ten)
    return (_KANJI.index(tens[-1]) + 1 if tens else 1) * 10 + (
        _KANJI.index(ones[0]) + 1 if ones else 0
    )
