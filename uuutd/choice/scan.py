"""What follows the title in a name: season, part, episodes, and what kind of thing it is."""

import re
from collections.abc import Sequence

import attrs

from ..domain import Format
from . import lexicon
from .family import Alias, Family
from .marks import mark_at, roman
from .words import Word

_COMPACT = re.compile(r"s(\d{1,2})ep?(\d{1,4})(?:e(\d{1,4}))?(?:v(\d))?([a-d])?$")
_CROSS = re.compile(r"(\d{1,2})x(\d{2,3})$")
_GLUED = re.compile(r"(?:ep?|eps|episode)(\d{1,4})(?:v(\d))?([a-d])?$")
_NUMBER = re.compile(r"(\d{1,4})(?:v(\d)|([a-d])|end|fin)?$")
_SEASON = re.compile(r"s(\d{1,2})$")
_VERSION = re.compile(r"v(\d)$")
_REPACK = re.compile(r"(?:repack|proper|rerip)(\d?)$")
_YEARS = range(1950, 2040)
_OPENING = "(["
_CLOSING = ")]"


@attrs.define
class Found:
    """What was read behind a title.

    *last* is set for a range, *half* for ``24.5`` and for one of several files of an
    episode, *compact* for numbers like ``S01E17``, *vague* for a number that may be a
    season as well.  *unexplained* are words before the number that nothing accounts for.
    *suffix* is a subtitle that names another show, *aside* what titles in brackets name.
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

    @property
    def numbered(self) -> bool:
        """Whether the number of an episode was found, whole or not."""
        return self.number is not None or self.half or self.vague


class Scanner:
    """Reads the words behind a title once, from left to right."""

    def __init__(self, words: Sequence[Word], start: int, family: Family) -> None:
        self._words = words
        self._start = start
        self._family = family
        self._depth = words[start - 1].depth if start else 0
        self._technical = False
        self._foreign = False
        self.found = Found()

    def run(self) -> Found:
        """Read all words and return what was found."""
        index = self._start
        while index < len(self._words):
            index += self._before(index) if not self.found.numbered else self._after(index)
        return self.found

    # --- before the number ------------------------------------------------------------------

    def _before(self, index: int) -> int:
        """Read on at a word while no number was found; return how many words that took."""
        word = self._words[index]
        if "/" in word.gap or "|" in word.gap:
            self._foreign = True
        elif word.gap != " ":
            self._foreign = False
        return (
            self._episode(index)
            or self._season(index)
            or self._title(index)
            or self._number(index)
            or self._label(index)
            or self._rest(index)
        )

    def _episode(self, index: int) -> int:
        """Read ``S01E05``, ``E05``, ``Episode 5``."""
        text = self._words[index].text
        match = _COMPACT.match(text)
        if match:
            self._set_season(int(match[1]))
            self.found.compact = True
            return self._set_number(index, match[2], match[3], match[4], match[5])
        match = _GLUED.match(text)
        if match:
            return self._set_number(index, match[1], None, match[2], match[3], spaced=True)
        if text in lexicon.EPISODE_WORDS and index + 1 < len(self._words):
            match = _NUMBER.match(self._words[index + 1].text)
            if match:
                return 1 + self._set_number(
                    index + 1, match[1], None, match[2], match[3], spaced=True
                )
        match = _CROSS.match(text)
        if match and lexicon.resolution(text) is None:
            self._set_season(int(match[1]))
            self.found.compact = True
            return self._set_number(index, match[2])
        return 0

    def _season(self, index: int) -> int:
        """Read a season or part mark, or several seasons."""
        if index == self._start and self._is_lone_season(index):
            return 1
        mark = mark_at(self._words, index)
        if mark is None or (self._technical and self._words[index].depth == 0):
            return 0
        if mark.kind == "part":
            self.found.part = mark.number
            return mark.size
        self._set_season(mark.number)
        return mark.size + self._more_seasons(index + mark.size)

    def _is_lone_season(self, index: int) -> bool:
        """Read the ``2`` of ``Title 2 - 05`` and the ``V`` of ``Title V - 05``."""
        text = self._words[index].text
        number = int(text) if len(text) == 1 and text in "23456789" else roman(text)
        if number is None or self._words[index].gap not in (" ", "-", "."):
            return False
        if len(text) == 1 and not self._number_follows(index + 1):
            return False
        self._set_season(number)
        return True

    def _number_follows(self, index: int) -> bool:
        """Whether the next words are a dash or bracket and the number of an episode."""
        if index >= len(self._words):
            return False
        word = self._words[index]
        if _COMPACT.match(word.text) or _GLUED.match(word.text):
            return True
        dashed = "-" in word.gap and word.gap != "-"
        return (dashed or "[" in word.gap) and _NUMBER.match(word.text) is not None

    def _more_seasons(self, index: int) -> int:
        """Read what makes one season mark several: ``S01-S03``, ``Season 1+2``, ``S01-05``."""
        taken = 0
        while index + taken < len(self._words):
            word = self._words[index + taken]
            joined = word.gap.strip() in ("-", "+", "~", ",") and (
                " " not in word.gap or not word.text.isdigit() or "+" in word.gap
            )
            match = _SEASON.match(word.text)
            number = match[1] if match else word.text
            if not joined or not number.isdigit() or len(number) > 2:
                break
            low, high = max(self.found.seasons), int(number)
            self.found.seasons.update(range(low, high + 1) if "+" not in word.gap else (high,))
            taken += 1
        return taken

    def _title(self, index: int) -> int:
        """Read a subtitle, or another title in brackets or behind a slash."""
        word = self._words[index]
        if self._technical:
            return self._aside(index)
        suffix = self._family.suffix(self._words, index)
        if suffix is not None:
            self.found.suffix = suffix.aliases[0]
            return suffix.end - index
        other_script = index > 0 and self._words[index - 1].is_latin != word.is_latin
        if "/" in word.gap or "|" in word.gap or other_script:
            anchor = self._family.match(self._words, index)
            if anchor is not None:
                self.found.aside.append(anchor.aliases)
                self._foreign = False
                return anchor.end - index
        return self._aside(index)

    def _aside(self, index: int) -> int:
        """Read another title in round brackets."""
        word = self._words[index]
        if "(" not in word.gap or word.text.isdigit():
            return 0
        anchor = self._family.match(self._words, index)
        if anchor is None:
            return 0
        self.found.aside.append(anchor.aliases)
        return anchor.end - index

    def _number(self, index: int) -> int:
        """Read a bare number: an episode, a range, or a year."""
        word = self._words[index]
        match = _NUMBER.match(word.text)
        if match is None:
            return 0
        following = self._word(index + 1)
        if following.startswith(lexicon.DATE_COUNTERS) or following in ("bit", "bits"):
            return 2
        if self._is_year(index):
            self.found.year = int(match[1])
            return 2 if self._is_year(index + 1) else 1
        strong = self._is_introduced(index) or following.startswith(lexicon.EPISODE_COUNTERS)
        if not strong and (self._technical or self._foreign or word.depth > self._depth):
            return 1
        if self._is_of_title(index, strong):
            self.found.unexplained.append(word.text)
            return 1
        if not strong and len(match[1]) == 1 and self._range_end(index, spaced=False) is None:
            self.found.vague = True
            return 1
        return self._set_number(index, match[1], None, match[2], match[3])

    def _is_introduced(self, index: int) -> bool:
        """Whether a dash, ``#`` or a bracket of its own marks a number as an episode's."""
        gap = self._words[index].gap
        if "#" in gap:
            return True
        if gap.rstrip().endswith("-"):
            return not self._technical or " - " in gap
        if self._technical or gap[-1:] not in _OPENING:
            return False
        after = self._words[index].after
        return after[:1] in _CLOSING or self._range_end(index, spaced=False) is not None

    def _is_of_title(self, index: int, strong: bool) -> bool:
        """Whether the number of the episode comes only later: ``- 100 Years Quest - 01``."""
        if self._range_end(index, spaced=False) is not None:
            return False
        if not strong and self._number_follows(index + 1):
            return True
        for later in range(index + 1, len(self._words)):
            word = self._words[later]
            if any(b in word.gap for b in _OPENING) or lexicon.is_technical(word.text):
                return False
            if later > index + 1 and self._number_follows(later) and self._closes_phrase(later):
                return True
        return False

    def _is_year(self, index: int) -> bool:
        """Whether this word is a year: in round brackets, or before what follows a title."""
        text = self._word(index)
        if len(text) != 4 or not text.isdigit() or int(text) not in _YEARS:
            return False
        gap = self._words[index].gap
        if gap[-1:] == "(" or (gap == "-" and self._is_year(index - 1)):
            return True
        following = self._word(index + 1)
        return "-" not in gap and (
            not following
            or lexicon.is_technical(following)
            or mark_at(self._words, index + 1) is not None
            or self._number_follows(index + 1)
        )

    def _label(self, index: int) -> int:
        """Read what says which kind of thing it is: film, extra, batch."""
        word = self._words[index]
        added = "+" in word.gap and (self.found.season is not None or self._technical)
        if word.text in lexicon.FORMATS:
            if not added and not (self._technical and word.depth == 0):
                self.found.format = lexicon.FORMATS[word.text]
            return 1
        if word.text in lexicon.BATCH_WORDS:
            self.found.batch = True
            return 1
        if lexicon.EXTRA.match(word.text) or (
            not self._technical and lexicon.LOOSE_EXTRA.match(word.text)
        ):
            if not added:
                self.found.extra = word.text
            return 1
        if not word.is_latin:
            self._han(word.text)
            return 1
        return self._revision(word.text)

    def _rest(self, index: int) -> int:
        """Account for a word that says nothing of the show, or note that nothing does."""
        word = self._words[index]
        technical = lexicon.is_technical(word.text) or (
            word.depth > 0 and lexicon.CHECKSUM.match(word.text) is not None
        )
        if technical and (word.depth > 0 or word.text not in lexicon.WEAK):
            self._technical = True
        elif not (
            self._technical
            or self._foreign
            or word.text in lexicon.HARMLESS
            or (word.text == "the" and self._word(index + 1) in lexicon.FORMATS)
        ):
            self.found.unexplained.append(word.text)
        return 1

    # --- behind the number ------------------------------------------------------------------

    def _after(self, index: int) -> int:
        """Read on at a word behind the number; return how many words that took."""
        word = self._words[index]
        text = word.text
        taken = self._aside(index)
        if taken:
            return taken
        if text in lexicon.BATCH_WORDS:
            self.found.batch = self.found.batch or word.depth > 0 or self._technical
        elif not self._technical and "+" not in word.gap and lexicon.EXTRA.match(text):
            self.found.extra = text
        elif text in lexicon.FORMATS and "+" not in word.gap and self._closes(index):
            self.found.format = lexicon.FORMATS[text]
        elif not word.is_latin:
            self._han(text)
        elif self._revision(text):
            pass
        elif not self._technical and word.depth > 0 and self.found.part is None:
            mark = mark_at(self._words, index)
            if mark is not None and mark.kind == "part":
                self.found.part = mark.number
        if not self._technical and lexicon.is_technical(text) and text not in lexicon.WEAK:
            self._technical = True
        return 1

    def _closes(self, index: int) -> bool:
        """Whether this word stands right behind the number and nothing but brackets follows."""
        if self._technical or "-" not in self._words[index].gap:
            return False
        if index + 1 == len(self._words):
            return True
        return any(bracket in self._words[index].after for bracket in _OPENING)

    # --- helpers ----------------------------------------------------------------------------

    def _word(self, index: int) -> str:
        return self._words[index].text if index < len(self._words) else ""

    def _set_season(self, number: int) -> None:
        if self.found.season is None:
            self.found.season = number
        self.found.seasons.add(number)

    def _set_number(
        self,
        index: int,
        first: str,
        last: str | None = None,
        version: str | None = None,
        letter: str | None = None,
        *,
        spaced: bool = False,
    ) -> int:
        """Note the number at *index* with what belongs to it; return how many words that is."""
        found = self.found
        found.number = int(first)
        found.half = letter is not None
        if version:
            found.version = int(version)
        if last is not None:
            self._set_last(int(last))
            return 1
        if self._is_fraction(index + 1):
            found.half = True
            return 2
        end = self._range_end(index, spaced)
        if end is None:
            return 1
        end_index, number = end
        self._set_last(number)
        return end_index - index + 1

    def _set_last(self, number: int) -> None:
        """Note the end of a range; a smaller number is one of several files of an episode."""
        first = self.found.number or 0
        if number > first:
            self.found.last = number
        elif number < first:
            self.found.half = True

    def _is_fraction(self, index: int) -> bool:
        """Whether this word is the ``5`` of ``24.5``."""
        if index >= len(self._words):
            return False
        word = self._words[index]
        return word.gap == "." and len(word.text) == 1 and word.text.isdigit() and word.after != "."

    def _range_end(self, index: int, spaced: bool) -> tuple[int, int] | None:
        """Return where the range that begins at *index* ends, and its last number."""
        end = index + 1
        if self._word(end) in ("to", "and") and self._words[end].gap == " ":
            end += 1
        if end >= len(self._words):
            return None
        word = self._words[end]
        match = _COMPACT.match(word.text)
        number = match[2] if match else word.text.removeprefix("ep").removeprefix("e")
        if not number.isascii() or not number.isdigit() or len(number) > 4:
            return None
        joint = word.gap.strip()
        if end == index + 1 and joint not in ("-", "~", "+", ","):
            return None
        if joint == "-" and " " in word.gap and not match:
            same = len(number) == len(self._words[index].text) and len(number) > 1
            if not (spaced or same) or not self._closes_phrase(end):
                return None
        if end > index + 1 and not self._closes_phrase(end):
            return None
        return end, int(number)

    def _closes_phrase(self, index: int) -> bool:
        """Whether a name, a bracket or its technical part follows this word."""
        if index + 1 >= len(self._words):
            return True
        if any(bracket in self._words[index].after for bracket in _OPENING + _CLOSING):
            return True
        return lexicon.is_technical(self._words[index + 1].text)

    def _revision(self, text: str) -> int:
        """Read ``v2``, ``REPACK``, ``PROPER2``."""
        if text[0] not in "vrp":
            return 0
        match = _VERSION.match(text)
        if match:
            self.found.version = int(match[1])
            return 1
        match = _REPACK.match(text)
        if match:
            self.found.version = int(match[1] or 1) + 1
            return 1
        return 0

    def _han(self, text: str) -> None:
        if lexicon.HAN_MOVIE.search(text):
            self.found.format = Format.MOVIE
        if lexicon.BATCH_HAN.search(text):
            self.found.batch = True
