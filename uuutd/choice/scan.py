"""What follows the title in a name: season, part, episodes, and what kind of thing it is."""

import re

import attrs

from ..domain import Format
from . import lexicon
from .chances import REPACK, VERSION, chances, may_close
from .family import Alias, Family
from .marks import mark_at, roman
from .numbers import (
    COMPACT,
    CROSS,
    GLUED,
    NUMBER,
    OPENING,
    is_alone,
    is_fraction,
    is_of_title,
    is_year,
    number_follows,
    range_end,
)
from .words import Words

_SEASON = re.compile(r"s(\d{1,2})$")


@attrs.define
class Found:
    """What was read behind a title.

    *last* is set for a range, *half* for ``24.5`` and for one of several files of an
    episode, *compact* for numbers like ``S01E17``, *vague* for a number that may be a
    season as well.  *unexplained* are words before the number that nothing accounts for.
    *suffix* is a subtitle that names another show, *aside* what titles in brackets name and
    *beside* what the second title of a bilingual name does.
    """

    season: int | None = None
    part: int | None = None
    seasons: set[int] = attrs.Factory(set)
    number: int | None = None
    last: int | None = None
    half: bool = False
    compact: bool = False
    vague: bool = False
    version: int = 1
    format: Format | None = None
    extra: str | None = None
    batch: bool = False
    year: int | None = None
    unexplained: list[str] = attrs.Factory(list)
    suffix: Alias | None = None
    aside: list[tuple[Alias, ...]] = attrs.Factory(list)
    beside: tuple[Alias, ...] = ()

    @property
    def numbered(self) -> bool:
        """Whether the number of an episode was found, whole or not."""
        return self.number is not None or self.half or self.vague


def scan(words: Words, start: int, family: Family, end: int | None = None) -> Found:
    """Read the words from *start* on, as far as *end*, once and from left to right."""
    found = Found()
    scanner = _Scanner(words, start, family, found)
    stop = len(words) if end is None else end
    index = start
    while index < stop and not found.numbered:
        index += scanner.read(index)
    if index < stop:
        _read_tail(words, index, stop, family, found)
    return found


class _Scanner:
    """Reads what stands between a title and the number of the episode."""

    def __init__(self, words: Words, start: int, family: Family, found: Found) -> None:
        self._words = words
        self._start = start
        self._family = family
        self._found = found
        self._depth = words.depths[start - 1] if start else 0
        self._technical = False
        self._foreign = False

    def read(self, index: int) -> int:
        """Read on at a word; return how many words that took."""
        gap, text = self._words.gaps[index], self._words.texts[index]
        if "/" in gap or "|" in gap:
            self._foreign = True
        elif gap != " ":
            self._foreign = False
        episode, season, number, kind = chances(text)
        return (
            (episode and self._read_episode(index))
            or (season and self._read_season(index))
            or self._read_title(index)
            or (number and self._read_number(index))
            or (kind and self._read_kind(index))
            or self._read_rest(index)
        )

    def _read_episode(self, index: int) -> int:
        """Read ``S01E05``, ``1x05``, ``E05``, ``Episode 5``."""
        text = self._words.texts[index]
        if text[0] == "e":
            match = GLUED.match(text)
            if match:
                return self._note(index, match[1], match[2], match[3], spaced=True)
            match = NUMBER.match(self._words.text(index + 1))
            if match and text in lexicon.EPISODE_WORDS:
                return 1 + self._note(index + 1, match[1], match[2], match[3], spaced=True)
        elif text[0] == "s":
            match = COMPACT.match(text)
            if match:
                self._note_season(int(match[1]))
                self._found.compact = True
                taken = self._note(index, match[2], match[4], match[5])
                if match[3]:
                    _note_last(self._found, int(match[3]))
                return taken
        elif "x" in text:
            match = CROSS.match(text)
            if match and lexicon.resolution(text) is None:
                self._note_season(int(match[1]))
                self._found.compact = True
                return self._note(index, match[2])
        return 0

    def _read_season(self, index: int) -> int:
        """Read a season or part mark, or several seasons."""
        if index == self._start and self._is_lone_season(index):
            return 1
        mark = mark_at(self._words.texts, index)
        if mark is None or (self._technical and self._words.depths[index] == 0):
            return 0
        if mark.kind == "part":
            self._found.part = mark.number
            return mark.size
        self._note_season(mark.number)
        return mark.size + self._more_seasons(index + mark.size)

    def _is_lone_season(self, index: int) -> bool:
        """Read the ``2`` of ``Title 2 - 05`` and the ``V`` of ``Title V - 05``."""
        text = self._words.texts[index]
        number = int(text) if len(text) == 1 and text in "23456789" else roman(text)
        if number is None or self._words.gaps[index] not in (" ", "-", "."):
            return False
        if len(text) == 1 and not number_follows(self._words, index + 1):
            return False
        self._note_season(number)
        return True

    def _more_seasons(self, index: int) -> int:
        """Read what makes one season mark several: ``S01-S03``, ``Season 1+2``, ``S01-05``."""
        taken = 0
        while index + taken < len(self._words):
            text, gap = self._words.texts[index + taken], self._words.gaps[index + taken]
            match = _SEASON.match(text)
            number = match[1] if match else text
            joined = gap.strip() in ("-", "+", "~", ",") and (match or " " not in gap or "+" in gap)
            if not joined or not number.isdecimal() or len(number) > 2:
                break
            low, high = max(self._found.seasons), int(number)
            self._found.seasons.update((high,) if "+" in gap else range(low, high + 1))
            taken += 1
        return taken

    def _read_title(self, index: int) -> int:
        """Read a subtitle, or another title behind a slash, in brackets, in another script."""
        words, family = self._words, self._family
        if self._technical:
            return _read_aside(words, index, family, self._found)
        suffix = family.subtitles.match(words, index)
        if suffix is not None:
            self._found.suffix = suffix.aliases[0]
            return suffix.end - index
        gap, text = words.gaps[index], words.texts[index]
        turned = index > 0 and words.texts[index - 1].isascii() != text.isascii()
        if turned or "/" in gap or "|" in gap:
            anchor = family.titles.match(words, index)
            if anchor is not None:
                self._found.aside.append(anchor.aliases)
                self._found.beside = anchor.aliases
                self._foreign = False
                return anchor.end - index
        return _read_aside(words, index, family, self._found)

    def _read_number(self, index: int) -> int:
        """Read a bare number: an episode, a range, or a year."""
        words = self._words
        match = NUMBER.match(words.texts[index])
        if match is None:
            return 0
        following = words.text(index + 1)
        if following.startswith(lexicon.DATE_COUNTERS) or following in ("bit", "bits"):
            return 2
        if is_year(words, index) or self._is_year_of_film(int(match[1])):
            self._found.year = int(match[1])
            span = words.gaps[index + 1] == "-" and len(following) == 4 and following.isdigit()
            return 2 if span else 1
        introduced = self._is_introduced(index) or following.startswith(lexicon.EPISODE_COUNTERS)
        inside = words.depths[index] > self._depth
        if not introduced and (self._technical or self._foreign or inside):
            return 1
        if range_end(words, index) is None:
            if is_of_title(words, index, introduced=introduced):
                self._found.unexplained.append(words.texts[index])
                return 1
            if not introduced and len(match[1]) == 1:
                self._found.vague = True
                return 1
        return self._note(index, match[1], match[2], match[3])

    def _is_year_of_film(self, number: int) -> bool:
        """Whether a number is the film's year, be it behind a dash that closes its title."""
        work = self._family.work
        start = work.start_date if work.format is Format.MOVIE else None
        return start is not None and abs(number - start.year) <= 1

    def _is_introduced(self, index: int) -> bool:
        """Whether a dash, ``#`` or a bracket of its own marks a number as an episode's."""
        gap = self._words.gaps[index]
        if "#" in gap:
            return True
        if gap.rstrip().endswith("-"):
            return not self._technical or " - " in gap
        return not self._technical and is_alone(self._words, index)

    def _read_kind(self, index: int) -> int:
        """Read what says which kind of thing it is: film, extra, batch, a later version."""
        text, found = self._words.texts[index], self._found
        added = "+" in self._words.gaps[index] and (found.season is not None or self._technical)
        if text in lexicon.FORMATS:
            if not added and not (self._technical and self._words.depths[index] == 0):
                found.format = lexicon.FORMATS[text]
        elif text in lexicon.BATCH_WORDS:
            found.batch = True
        elif lexicon.EXTRA.match(text) or (not self._technical and lexicon.LOOSE_EXTRA.match(text)):
            if not added:
                found.extra = text
        elif not text.isascii():
            _read_han(text, found)
        else:
            return 1 if _read_version(text, found) else 0
        return 1

    def _read_rest(self, index: int) -> int:
        """Account for a word that says nothing of the show, or note that nothing does."""
        text, inside = self._words.texts[index], self._words.depths[index] > 0
        technical = lexicon.is_technical(text) or (
            inside and lexicon.CHECKSUM.match(text) is not None
        )
        if technical and (inside or text not in lexicon.WEAK):
            self._technical = True
        elif not (
            self._technical
            or self._foreign
            or text in lexicon.HARMLESS
            or (text == "the" and self._words.text(index + 1) in lexicon.FORMATS)
        ):
            self._found.unexplained.append(text)
        return 1

    def _note_season(self, number: int) -> None:
        if self._found.season is None:
            self._found.season = number
        self._found.seasons.add(number)

    def _note(
        self,
        index: int,
        number: str,
        version: str | None = None,
        letter: str | None = None,
        *,
        spaced: bool = False,
    ) -> int:
        """Note the number at *index* with what belongs to it; return how many words that is."""
        found = self._found
        found.number = int(number)
        found.half = letter is not None
        if version:
            found.version = int(version)
        if is_fraction(self._words, index + 1):
            found.half = True
            return 2
        end = range_end(self._words, index, spaced=spaced)
        if end is None:
            return 1
        _note_last(found, end[1])
        return end[0] - index + 1


def _note_last(found: Found, number: int) -> None:
    """Note the end of a range; a smaller number is one of several files of an episode."""
    first = found.number or 0
    if number > first:
        found.last = number
    elif number < first:
        found.half = True


def _read_tail(words: Words, start: int, stop: int, family: Family, found: Found) -> None:
    """Read what stands behind the number of the episode."""
    technical = False
    index = start
    texts, gaps = words.texts, words.gaps
    while index < stop:
        text = texts[index]
        if "(" in gaps[index]:
            taken = _read_aside(words, index, family, found)
            if taken:
                index += taken
                continue
        if text in lexicon.BATCH_WORDS:
            found.batch = found.batch or technical or words.depths[index] > 0
        elif not text.isascii():
            _read_han(text, found)
        elif text[0] in "vrp":
            _read_version(text, found)
        if not technical:
            if may_close(text):
                _read_closing(words, index, found)
            technical = lexicon.is_technical(text) and text not in lexicon.WEAK
        index += 1


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


def _read_aside(words: Words, index: int, family: Family, found: Found) -> int:
    """Read another title in round brackets; return how many words it has."""
    if "(" not in words.gaps[index]:
        return 0
    anchor = family.titles.match(words, index)
    if anchor is None or (anchor.end == index + 1 and words.texts[index].isdigit()):
        return 0
    found.aside.append(anchor.aliases)
    return anchor.end - index


def _read_version(text: str, found: Found) -> bool:
    """Read ``v2``, ``REPACK``, ``PROPER2``."""
    match = VERSION.match(text)
    if match:
        found.version = int(match[1])
        return True
    match = REPACK.match(text)
    if match:
        found.version = int(match[1] or 1) + 1
    return match is not None


def _read_han(text: str, found: Found) -> None:
    """Read the Chinese and Japanese words for films and for all episodes."""
    if lexicon.HAN_MOVIE.search(text):
        found.format = Format.MOVIE
    if lexicon.BATCH_HAN.search(text):
        found.batch = True
