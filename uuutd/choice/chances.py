"""What a single word of a name may be, whatever stands around it.

Most words can be very little, so that this tells which of the closer looks are worth it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from . import lexicon
from .marks import may_open, roman
from .numbers import COMPACT, CROSS, GLUED, NUMBER

VERSION = re.compile(r"v(\d)$")
REPACK = re.compile(r"(?:repack|proper|rerip)(\d?)$")


class Chances(NamedTuple):
    """What a word may be, whatever stands around it."""

    episode: bool
    season: bool
    number: bool
    kind: bool


@lru_cache(maxsize=4096)
def chances(text: str) -> Chances:
    """Hold a word against all patterns; this is done once for each word."""

    def fits(*patterns: re.Pattern[str]) -> bool:
        return any(pattern.match(text) for pattern in patterns)

    return Chances(
        episode=text in lexicon.EPISODE_WORDS or fits(GLUED, COMPACT, CROSS),
        season=may_open(text) or roman(text) is not None,
        number=fits(NUMBER),
        kind=not text.isascii()
        or text in lexicon.FORMATS
        or text in lexicon.BATCH_WORDS
        or fits(lexicon.EXTRA, lexicon.LOOSE_EXTRA, VERSION, REPACK),
    )


@lru_cache(maxsize=4096)
def may_close(text: str) -> bool:
    """Whether a word right behind the number of the episode may say what kind of thing it is."""
    return text in lexicon.FORMATS or lexicon.EXTRA.match(text) is not None or may_open(text)
