"""How numbers of episodes are written in names, and what stands around them."""

import re

from . import lexicon
from .marks import mark_at
from .words import Words

COMPACT = re.compile(r"s(\d{1,2})ep?(\d{1,4})(?:e(\d{1,4}))?(?:v(\d))?([a-d])?$")
CROSS = re.compile(r"(\d{1,2})x(\d{2,3})$")
GLUED = re.compile(r"(?:ep?|eps|episode)(\d{1,4})(?:v(\d))?([a-d])?$")
NUMBER = re.compile(r"(\d{1,4})(?:v(\d)|([a-d])|end|fin)?$")

OPENING = "(["
_CLOSING = ")]"
_JOINTS = ("-", "~", "+", ",", "..", "...")
_SPELLED = frozenset({"to", "and", "through", "thru", "till", "until", "bis", "a", "al", "ate"})
_SIDES = lexicon.HEIGHTS | {640, 704, 848, 1280, 1920, 3840}
"""Heights and widths of pictures."""
_YEARS = range(1950, 2040)
_LOOK_AHEAD = 12
"""How many words on the number of an episode may stand behind a number of the title."""


def number_follows(words: Words, index: int) -> bool:
    """Whether an episode's number stands at this word, behind a dash or in a bracket."""
    if index >= len(words):
        return False
    text, gap = words.texts[index], words.gaps[index]
    dashed = "-" in gap and gap != "-"
    if (dashed or "[" in gap) and NUMBER.match(text) is not None:
        return True
    return text[0] in "se" and (COMPACT.match(text) or GLUED.match(text)) is not None


def closes_phrase(words: Words, index: int) -> bool:
    """Whether the end, a bracket or the technical part of the name follows this word."""
    if index + 1 >= len(words):
        return True
    after = words.gaps[index + 1]
    if any(bracket in after for bracket in OPENING + _CLOSING):
        return True
    return lexicon.is_technical(words.texts[index + 1])


def is_alone(words: Words, index: int) -> bool:
    """Whether this word has a bracket of its own, or begins a range that has one."""
    if words.gaps[index][-1:] not in ("(", "["):
        return False
    return words.gaps[index + 1][:1] in (")", "]") or range_end(words, index) is not None


def is_fraction(words: Words, index: int) -> bool:
    """Whether this word is the ``5`` of ``24.5``."""
    if words.gaps[index] not in (".", ","):
        return False
    text = words.text(index)
    return len(text) == 1 and text.isdigit() and words.gaps[index + 1] != "."


def is_lettered(words: Words, index: int) -> bool:
    """Whether a Greek letter closes this number, as in ``23\u03b2``: one beside the episode 23."""
    return words.gaps[index + 1] == "" and is_greek(words.text(index + 1))


def is_greek(text: str) -> bool:
    """Whether a word begins with a Greek letter, which names are told apart by."""
    return "\u03b1" <= text[:1] <= "\u03c9"


def is_closed(words: Words, index: int) -> bool:
    """Whether a bracket closes right behind this word."""
    return words.gaps[index + 1][:1] in (")", "]")


def is_bare(text: str) -> bool:
    """Whether a word is a number that says nothing technical."""
    return (
        text.isascii()
        and text.isdigit()
        and len(text) <= 4
        and int(text) not in _SIDES
        and not lexicon.is_technical(text)
    )


def is_year(words: Words, index: int, *, bracketed: bool = False) -> bool:
    """Whether this word is a year: in round brackets, or before what follows a title.

    With *bracketed* it is known to stand in a bracket of its own.
    """
    text = words.text(index)
    if len(text) != 4 or not text.isdigit() or int(text) not in _YEARS:
        return False
    gap = words.gaps[index]
    if bracketed or gap[-1:] == "(":
        return True
    following = words.text(index + 1)
    return "-" not in gap and (
        not following
        or lexicon.is_technical(following)
        or mark_at(words.texts, index + 1) is not None
        or number_follows(words, index + 1)
    )


def is_of_title(words: Words, index: int, *, introduced: bool) -> bool:
    """Whether the number of the episode comes only later: ``- 100 Years Quest - 01``.

    It is not asked where a range begins.
    """
    if not introduced and number_follows(words, index + 1):
        return True
    for later in range(index + 1, min(len(words), index + _LOOK_AHEAD)):
        gap, text = words.gaps[later], words.texts[later]
        if "[" in gap or "(" in gap or lexicon.is_technical(text):
            return False
        if later > index + 1 and number_follows(words, later) and closes_phrase(words, later):
            return True
    return False


def range_end(words: Words, index: int, *, spaced: bool = False) -> tuple[int, int] | None:
    """Return where the range that begins at *index* ends, and its last number.

    With *spaced* a dash between spaces joins any two numbers, as behind ``Episode``.
    """
    end = index + 1
    if end >= len(words.texts):
        return None
    gap = words.gaps[end]
    spelled = gap == " " and words.texts[end] in _SPELLED
    if spelled:
        end += 1
        if end >= len(words.texts):
            return None
        gap = words.gaps[end]
    joint = gap.strip()
    if not spelled and joint not in _JOINTS:
        return None
    compact = COMPACT.match(words.texts[end])
    number = compact[2] if compact else words.texts[end].removeprefix("ep").removeprefix("e")
    if not number.isascii() or not number.isdigit() or len(number) > 4:
        return None
    loose = spelled or (joint == "-" and " " in gap and not compact)
    same = len(number) == len(words.texts[index]) > 1
    if loose and not (closes_phrase(words, end) and (spelled or spaced or same)):
        return None
    return end, int(number)
