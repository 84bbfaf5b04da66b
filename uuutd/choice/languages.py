"""Which languages a part of a name speaks of: lists in brackets, audio tracks, dubs."""

from . import lexicon
from .words import Words

UNKNOWN = "?"
"""Stands for a language that is not known, or for a dub that is no official one."""

_BRACKETS = frozenset("()[]{}")
_JOINTS = frozenset("+-/")
_FILLERS = frozenset({"and", "only", "with", "official", "original", "simul", "full"})
_DENIALS = frozenset({"no", "not", "non", "without", "un"})
_MOCKERIES = frozenset({"fan", "fandub", "abridged", "ai", "parody", "gag", "abridge"})
_NO_TRACKS = frozenset({"commentary", "commentaries", "description", "book"})


def language_of(text: str) -> str | None:
    """Return the language of a word where one must stand: ``french`` as well as ``fr``."""
    return lexicon.LANGUAGES.get(text) or lexicon.FLAGS.get(text)


def is_list(words: Words, index: int) -> bool:
    """Whether this word stands in a bracket that holds languages and nothing else."""
    first, end = _phrase(words, index, 0)
    return words.depths[index] > 0 and all(map(language_of, words.texts[first:end]))


def are_tracks(words: Words, index: int) -> bool:
    """Whether the word is of a list such as ``[ENG+JPN]``, which speech alone is named in."""
    first, end = _phrase(words, index, 0)
    plus = any("+" in gap for gap in words.gaps[first + 1 : end])
    return plus and is_list(words, index) and _named(words, first, end) == {"en", "ja"}


def tracks_beside(words: Words, index: int, start: int) -> set[str]:
    """Return the languages right before or behind ``audio``, as in ``[English Audio]``."""
    if words.text(index + 1) in _NO_TRACKS:
        return set()
    first, end = _phrase(words, index, start)
    return set(_before(words, index, first) or _behind(words, index, end))


def tracks_of_several(words: Words, index: int, start: int) -> set[str]:
    """Return what is listed with ``Dual Audio``: beside it, or in the next bracket or the last."""
    first, end = _phrase(words, index, start)
    last = index + 1 if words.text(index + 1) == "audio" else index
    beside = {*_before(words, index, first), *_behind(words, last, end)}
    if beside:
        return beside
    for other in (end, first - 1):
        if start <= other < len(words):
            listed = _listed(words, other)
            if listed:
                return listed
    return set()


def dub_of(words: Words, index: int, start: int) -> str | None:
    """Return the language of a dub, `UNKNOWN` included; None if the name denies that it is one.

    A dub without a language has the empty text.
    """
    first, end = _phrase(words, index, start)
    spoken = _before(words, index, first)
    ahead = index - 1
    while ahead >= first and (language_of(words.texts[ahead]) or words.texts[ahead] in _FILLERS):
        ahead -= 1
    if ahead >= first:
        text, gap = words.texts[ahead], words.gaps[ahead + 1]
        if text in _DENIALS:
            return None
        odd = (words.depths[index] > 0 or not spoken) and "," not in gap and _is_odd(text)
        if odd or text in _MOCKERIES:
            return UNKNOWN
    spoken = spoken or _behind(words, index, end)
    if not spoken:
        return ""
    return "en" if "en" in spoken else spoken[0]


def _phrase(words: Words, index: int, start: int) -> tuple[int, int]:
    """Return where the words around this one begin and end that no bracket parts from it."""
    first, end = index, index + 1
    while first > start and _BRACKETS.isdisjoint(words.gaps[first]):
        first -= 1
    while end < len(words) and _BRACKETS.isdisjoint(words.gaps[end]):
        end += 1
    return first, end


def _before(words: Words, index: int, first: int) -> list[str]:
    """Return the languages that stand in a row right before this word."""
    found: list[str] = []
    while index > first:
        index -= 1
        text = words.texts[index]
        language = language_of(text)
        if language is not None:
            found.append(language)
        elif text not in _FILLERS and not text.isdigit():
            break
    return found


def _behind(words: Words, index: int, end: int) -> list[str]:
    """Return the languages that stand in a row right behind this word, those of subtitles not."""
    found: list[str] = []
    for after in range(index + 1, end):
        text = words.texts[after]
        language = language_of(text)
        if words.text(after + 1) in lexicon.SUB_WORDS:
            break
        if language is not None:
            found.append(language)
        elif text not in _FILLERS:
            break
    return found


def _listed(words: Words, index: int) -> set[str]:
    """Return the languages of a list of speech in the bracket that this word stands in."""
    if not words.depths[index]:
        return set()
    first, end = _phrase(words, index, 0)
    found = _named(words, first, end)
    joined = any(not _JOINTS.isdisjoint(gap) for gap in words.gaps[first + 1 : end])
    if is_list(words, index):
        return found if len(found) > 1 else set()
    written = lexicon.SUB_WORDS.isdisjoint(words.texts[first:end])
    return found if "ja" in found and joined and written else set()


def _named(words: Words, first: int, end: int) -> set[str]:
    return {found for found in map(language_of, words.texts[first:end]) if found}


def _is_odd(text: str) -> bool:
    """Whether a word in front of a dub may be a language that is not known."""
    return (
        text.isalpha()
        and not lexicon.is_technical(text)
        and text not in lexicon.HARMLESS
        and text not in lexicon.FORMATS
        and text not in lexicon.BATCH_WORDS
    )
