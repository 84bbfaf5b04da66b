"""What follows the title in a name: season, part, episodes, and what kind of thing it is."""

import re

from ..domain import Format
from . import lexicon
from .chances import chances
from .extras import PIECES, SEQUELS, SOUND, is_added, is_carrier, is_extra
from .family import Family
from .found import Found
from .marks import mark_at, roman
from .numbers import (
    COMPACT,
    CROSS,
    GLUED,
    NUMBER,
    closes_phrase,
    is_alone,
    is_bare,
    is_closed,
    is_fraction,
    is_greek,
    is_lettered,
    is_of_title,
    is_year,
    number_follows,
    range_end,
)
from .tail import read_aside, read_han, read_tail, read_version
from .words import Words

_SILENT = PIECES | lexicon.HARMLESS
_LONGEST_PLAIN = 3
"""How many characters an episode's number has that is neither a year nor a picture's height."""
_SEASON = re.compile(r"s(\d{1,2})$")


def scan(words: Words, start: int, family: Family, end: int | None = None) -> Found:
    """Read the words from *start* on, as far as *end*, once and from left to right."""
    found = Found()
    scanner = _Scanner(words, start, family, found)
    stop = len(words) if end is None else end
    index = start
    while index < stop and not found.numbered:
        index += scanner.read(index)
    if index < stop:
        read_tail(words, index, stop, family, found)
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
        self._signed = False

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
                self._found.note_season(int(match[1]))
                self._found.compact = True
                taken = self._note(index, match[2], match[4], match[5])
                if match[3]:
                    self._found.note_last(int(match[3]))
                return taken
        elif "x" in text:
            match = CROSS.match(text)
            if match and lexicon.resolution(text) is None:
                self._found.note_season(int(match[1]))
                self._found.compact = True
                return self._note(index, match[2])
        return 0

    def _read_season(self, index: int) -> int:
        """Read a season or part mark, or several seasons."""
        if (index == self._start or self._foreign) and self._is_lone_season(index):
            return 1
        texts = self._words.texts
        mark = mark_at(texts, index)
        loose = self._technical and self._words.depths[index] == 0
        if mark is None or (loose and mark.size == 1 and texts[index].isalpha()):
            return 0
        if mark.kind == "part":
            self._found.part = mark.number
            return mark.size
        self._found.note_season(mark.number)
        return mark.size + self._more_seasons(index + mark.size)

    def _is_lone_season(self, index: int) -> bool:
        """Read the ``2`` of ``Title 2 - 05`` and the ``V`` of ``Title V - 05``."""
        text = self._words.texts[index]
        number = int(text) if len(text) == 1 and text in "23456789" else roman(text)
        if number is None or self._words.gaps[index] not in (" ", "-", "."):
            return False
        if (len(text) == 1 or self._foreign) and not number_follows(self._words, index + 1):
            return False
        self._found.note_season(number)
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
            self._found.seasons |= frozenset((high,) if "+" in gap else range(low, high + 1))
            taken += 1
        return taken

    def _read_title(self, index: int) -> int:
        """Read a subtitle, or another title behind a slash, in brackets, in another script."""
        words, family = self._words, self._family
        suffix = family.subtitles.match(words, index)
        if suffix is not None and not (self._technical and self._is_marginal(index, suffix.end)):
            self._found.suffix = suffix.aliases
            return suffix.end - index
        if self._technical:
            return read_aside(words, index, family, self._found) or self._read_repeated(index)
        gap, text = words.gaps[index], words.texts[index]
        turned = index > 0 and words.texts[index - 1].isascii() != text.isascii()
        if turned or "/" in gap or "|" in gap:
            anchor = family.titles.match(words, index)
            if anchor is not None:
                self._found.aside += (anchor.aliases,)
                self._found.beside = anchor.aliases
                self._foreign = False
                return anchor.end - index
        return read_aside(words, index, family, self._found)

    def _read_repeated(self, index: int) -> int:
        """Read another title behind technical words: ``[1080p] The Other Title - 05``."""
        if self._words.depths[index] > 0 or self._words.gaps[index] in (" ", "-", "."):
            return 0
        anchor = self._family.titles.match(self._words, index)
        if anchor is None or anchor.end == index + 1:
            return 0
        self._found.aside += (anchor.aliases,)
        return anchor.end - index

    def _is_marginal(self, index: int, end: int) -> bool:
        """Whether what stands behind technical words, up to *end*, may be no more than a note."""
        if "+" in self._words.gaps[index] or is_added(self._words.texts, index):
            return True
        return self._words.depths[index] > 0 and not (
            self._words.gaps[index][-1:] in ("(", "[") and is_closed(self._words, end - 1)
        )

    def _read_number(self, index: int) -> int:
        """Read a bare number: an episode, a range, or a year."""
        words = self._words
        match = NUMBER.match(words.texts[index])
        if match is None:
            return 0
        following = words.text(index + 1)
        if self._is_plain(index):
            return self._note(index, match[1], match[2], match[3])
        if following.startswith(lexicon.DATE_COUNTERS) or following in ("bit", "bits"):
            return 2
        if is_year(words, index) or self._is_year_of_film(int(match[1])):
            self._found.year = int(match[1])
            span = words.gaps[index + 1] == "-" and len(following) == 4 and following.isdigit()
            return 2 if span else 1
        introduced = self._is_introduced(index) or following.startswith(lexicon.EPISODE_COUNTERS)
        inside = words.depths[index] > self._depth
        left_over = self._technical and not introduced and self._is_left_over(index)
        if not (introduced or left_over) and (self._technical or self._foreign or inside):
            return 1
        if range_end(words, index) is None:
            if left_over or self._is_height(index):
                self._found.vague = True
                return 1
            if is_of_title(words, index, introduced=introduced):
                self._found.unexplained += (words.texts[index],)
                return 1
            if not introduced and len(match[1]) == 1:
                self._found.vague = True
                return 1
        return self._note(index, match[1], match[2], match[3])

    def _is_plain(self, index: int) -> bool:
        """Whether it is as usual as in ``Title - 05 [1080p]``, and there is nothing to ponder."""
        gaps = self._words.gaps
        usual = gaps[index] == " - " and gaps[index + 1] in (" [", " (")
        return usual and len(self._words.texts[index]) <= _LONGEST_PLAIN

    def _is_left_over(self, index: int) -> bool:
        """Whether a number behind technical words is none of them: ``[1080p] 15-28``."""
        words = self._words
        if not is_bare(words.texts[index]):
            return False
        if is_alone(words, index):
            return True
        behind = words.depths[index] == 0 and words.gaps[index][:1] in (")", "]")
        ends = closes_phrase(words, index) or range_end(words, index) is not None
        return behind and ends and not is_fraction(words, index + 1)

    def _is_height(self, index: int) -> bool:
        """Whether a number alone in a bracket may as well be the only resolution of a name."""
        texts = self._words.texts
        if int(texts[index]) not in lexicon.HEIGHTS if texts[index].isdigit() else True:
            return False
        alone = self._words.gaps[index][-1:] in ("(", "[") and is_closed(self._words, index)
        return alone and not any(map(lexicon.resolution, texts))

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
        added = is_added(self._words.texts, index) or "+" in self._words.gaps[index]
        added = added and (found.season is not None or self._technical)
        if text in lexicon.FORMATS:
            if not added:
                found.format = lexicon.FORMATS[text]
        elif text in lexicon.BATCH_WORDS:
            found.batch = True
            return 2 if self._words.text(index + 1) == "series" else 1
        elif lexicon.EXTRA.match(text) or (not self._technical and lexicon.LOOSE_EXTRA.match(text)):
            if not added:
                found.extra = text
        elif is_greek(text):
            found.unexplained += (text,)
        elif not text.isascii():
            read_han(text, found)
        else:
            return 1 if read_version(text, found) else 0
        return 1

    def _read_rest(self, index: int) -> int:
        """Account for a word that says nothing of the show, or note that nothing does."""
        text, inside = self._words.texts[index], self._words.depths[index] > 0
        technical = lexicon.is_technical(text) or (
            inside and lexicon.CHECKSUM.match(text) is not None
        )
        if technical and (inside or text not in lexicon.WEAK):
            self._technical = True
            self._found.sound = self._found.sound or text in SOUND
            if text == "bdmv":
                self._found.doubt = "is a copy of whole discs, and no video"
        elif self._technical:
            self._read_late(index, known=technical)
        elif text in SEQUELS or not (
            self._foreign
            or text in lexicon.HARMLESS
            or (text == "the" and self._words.text(index + 1) in lexicon.FORMATS)
        ):
            self._found.unexplained += (text,)
        return 1

    def _read_late(self, index: int, *, known: bool) -> None:
        """Read a word behind the technical ones, where a group may sign and little may follow."""
        texts, gap, found = self._words.texts, self._words.gaps[index], self._found
        if is_carrier(texts, index):
            found.doubt = f"is one of several discs or volumes ({texts[index].upper()})"
        elif is_extra(texts, index):
            if "+" not in gap and not is_added(texts, index):
                found.extra = texts[index]
        elif self._words.depths[index] == 0 and not (known or self._signed or self._foreign):
            self._signed = gap == "-" or texts[index] == "by"
            if not (self._signed or texts[index] in _SILENT or not texts[index].isascii()):
                found.late += (texts[index],)

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
        found.half = letter is not None or is_lettered(self._words, index)
        if version:
            found.version = int(version)
        if is_fraction(self._words, index + 1):
            found.half = True
            return 2
        end = range_end(self._words, index, spaced=spaced)
        if end is None:
            return 1
        found.note_last(end[1])
        return end[0] - index + 1
