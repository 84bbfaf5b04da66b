"""What stands behind the number of an episode in a name, and what may stand anywhere in it."""

from ..domain import Format
from . import lexicon
from .chances import REPACK, VERSION, in_tail
from .extras import is_extra, is_pair
from .family import Family
from .found import Found
from .marks import mark_at, may_open
from .numbers import COMPACT, OPENING, closes_phrase, is_bare, is_closed, is_year
from .words import Words

_ENDINGS = frozenset({"final", "finale", "fin", "last", "new", "fixed", "uncropped", "hq", "mini"})
"""What the bracket behind a number may say of an episode, as well as `lexicon.HARMLESS`."""


def read_tail(words: Words, start: int, stop: int, family: Family, found: Found) -> None:
    """Read what stands behind the number of the episode."""
    technical = False
    index = start
    texts, gaps, depths = words.texts, words.gaps, words.depths
    while index < stop:
        text, gap = texts[index], gaps[index]
        may = in_tail(text)
        if gap[-1:] in ("(", "[", "{"):
            taken = read_aside(words, index, family, found) if "(" in gap else 0
            if taken:
                index += taken
                _read_season(words, index, stop, found)
                continue
            if may.open or family.subtitles.may_match(text):
                _read_bracket(words, index, family, found)
        elif index == start:
            _read_next(words, index, family, found)
        elif may.stand and depths[index] == 0 and "+" not in gap:
            _read_loose(words, index, found, technical=technical)
        if may.mark:
            _read_mark(text, found, sure=technical or depths[index] > 0)
        if not technical:
            if may.close:
                _read_closing(words, index, found)
            technical = may.technical
        index += 1
    _read_lone(words, start, found)


def _read_loose(words: Words, index: int, found: Found, *, technical: bool) -> None:
    """Read what stands for itself outside of brackets: ``05 - Season 2``, ``1080p OST``."""
    texts = words.texts
    if technical and is_extra(texts, index):
        found.extra = texts[index]
    elif technical or words.gaps[index] not in (" ", "."):
        mark = mark_at(texts, index)
        if mark is None or mark.kind != "season" or (mark.size == 1 and texts[index].isalpha()):
            return
        if closes_phrase(words, index + mark.size - 1):
            found.note_season(mark.number)


def _read_mark(text: str, found: Found, *, sure: bool) -> None:
    """Read a word that speaks for itself: a version, a batch, or the Chinese for a film or one.

    ``Complete`` may be a word of the episode's title, if it is not *sure* that it is none.
    """
    if text in lexicon.BATCH_WORDS:
        found.batch = found.batch or sure
    elif not text.isascii():
        read_han(text, found)
    else:
        read_version(text, found)


def _read_bracket(words: Words, index: int, family: Family, found: Found) -> None:
    """Read the first word of a bracket: ``(Season 2)``, ``[S02E05]``, ``(2009)``, ``(29)``."""
    texts, text = words.texts, words.texts[index]
    compact = COMPACT.match(text)
    if compact:
        found.note_season(int(compact[1]))
        found.also += (int(compact[2]),)
    elif is_closed(words, index) and is_year(words, index, bracketed=True):
        found.aired = int(text)
    elif is_closed(words, index) and is_bare(text):
        found.also += (int(text),)
    elif "+" in words.gaps[index]:
        return
    elif text in lexicon.FORMATS:
        found.format = lexicon.FORMATS[text]
    elif is_extra(texts, index) or lexicon.LOOSE_EXTRA.match(text):
        found.extra = text
    else:
        _read_season(words, index, len(texts), found)
        suffix = family.subtitles.match(words, index)
        if suffix is not None and is_closed(words, suffix.end - 1):
            found.suffix = suffix.aliases


def _read_season(words: Words, index: int, stop: int, found: Found) -> None:
    """Read the season mark that begins at this word of a bracket, if one does."""
    if index < stop and words.depths[index] > 0:
        mark = mark_at(words.texts, index)
        if mark is not None and mark.kind == "season":
            found.note_season(mark.number)


def _read_lone(words: Words, index: int, found: Found) -> None:
    """Note a word that nothing explains, and that has the bracket right behind the number alone.

    It may tell another show of the same title: ``Title - 05 (Returns)``.
    """
    if words.gaps[index] != " (" or index >= len(words) or not is_closed(words, index):
        return
    text = words.texts[index]
    told = found.suffix or found.extra or found.format is not None or text in lexicon.BATCH_WORDS
    plain = text.isascii() and text.isalpha() and not lexicon.is_technical(text)
    if plain and not told and text not in lexicon.HARMLESS | _ENDINGS and not may_open(text):
        found.late += (text,)


def _read_next(words: Words, index: int, family: Family, found: Found) -> None:
    """Read what stands right behind the number: ``05 Season 2``, ``05 of 12``, ``05/12``."""
    texts, gap = words.texts, words.gaps[index]
    suffix = family.subtitles.match(words, index)
    if suffix is not None and closes_phrase(words, suffix.end - 1):
        found.suffix = suffix.aliases
    if is_pair(texts, index):
        found.extra = texts[index]
    elif gap == "/" and is_bare(texts[index]):
        _note_total(int(texts[index]), found)
    elif gap not in (" ", ".") and "+" not in gap:
        _read_loose(words, index, found, technical=False)
    elif "+" not in gap:
        if texts[index] == "of" and is_bare(words.text(index + 1)):
            _note_total(int(texts[index + 1]), found)
            found.half = found.half or words.text(index + 2) in lexicon.BATCH_WORDS
        elif not found.compact:
            _read_joined(words, index, found)


def _note_total(total: int, found: Found) -> None:
    """Note how many episodes there are; ``05/06`` may be two of them."""
    found.total = total
    found.half = found.half or total == (found.number or 0) + 1


def _read_joined(words: Words, index: int, found: Found) -> None:
    """Read a mark or a second number that only a space parts from the number."""
    texts, text = words.texts, words.texts[index]
    mark = mark_at(texts, index)
    if is_bare(text):
        if closes_phrase(words, index) and words.text(index + 1) not in ("bit", "bits"):
            found.also += (int(text),)
    elif mark is None or (mark.size == 1 and text.isalpha()):
        return
    elif mark.kind == "season":
        found.note_season(mark.number)
    elif closes_phrase(words, index + mark.size - 1):
        found.half = True


def _read_closing(words: Words, index: int, found: Found) -> None:
    """Read what may stand right behind the number: ``- OVA``, ``NCED``, ``(Part 3)``."""
    text, gap = words.texts[index], words.gaps[index]
    if "+" not in gap and lexicon.EXTRA.match(text):
        found.extra = text
    elif text in lexicon.FORMATS and "-" in gap:
        after = words.gaps[index + 1]
        if index + 1 == len(words) or any(bracket in after for bracket in OPENING):
            found.format = lexicon.FORMATS[text]
    elif found.part is None and words.depths[index] > 0:
        mark = mark_at(words.texts, index)
        if mark is not None and mark.kind == "part":
            found.part = mark.number
            found.half = found.half or words.text(index + mark.size) == "of"


def read_aside(words: Words, index: int, family: Family, found: Found) -> int:
    """Read another title in round brackets; return how many words it has."""
    if "(" not in words.gaps[index]:
        return 0
    anchor = family.titles.match(words, index)
    if anchor is None or (anchor.end == index + 1 and words.texts[index].isdigit()):
        return 0
    found.aside += (anchor.aliases,)
    return anchor.end - index


def read_version(text: str, found: Found) -> bool:
    """Read ``v2``, ``REPACK``, ``PROPER2``."""
    match = VERSION.match(text)
    if match:
        found.version = int(match[1])
        return True
    match = REPACK.match(text)
    if match:
        found.version = int(match[1] or 1) + 1
    return match is not None


def read_han(text: str, found: Found) -> None:
    """Read the Chinese and Japanese words for films and for all episodes."""
    if lexicon.HAN_MOVIE.search(text):
        found.format = Format.MOVIE
    if lexicon.BATCH_HAN.search(text):
        found.batch = True
