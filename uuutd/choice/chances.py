"""What a single word of a name may be, whatever stands around it.

Most words can be very little, so that this tells which of the closer looks are worth it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from . import lexicon
from .extras import may_be_extra
from .marks import may_open, roman
from .numbers import COMPACT, CROSS, GLUED, NUMBER, is_bare

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


class TailChances(NamedTuple):
    """What a word behind the number of the episode may be, whatever stands around it.

    *open* is for the first word of a bracket, *stand* for one outside of brackets and *close*
    for one that says what kind of thing it is; *mark* is a version or a batch, and *technical*
    tells that the title of the episode, if there is one, is over.
    """

    open: bool
    stand: bool
    close: bool
    mark: bool
    technical: bool


@lru_cache(maxsize=4096)
def in_tail(text: str) -> TailChances:
    """Hold a word against all patterns of what stands behind the number; once for each word."""
    opens, extra = may_open(text), may_be_extra(text)
    return TailChances(
        open=opens
        or extra
        or is_bare(text)
        or text.isdigit()
        or text in lexicon.FORMATS
        or COMPACT.match(text) is not None
        or lexicon.LOOSE_EXTRA.match(text) is not None,
        stand=opens or extra,
        close=text in lexicon.FORMATS or lexicon.EXTRA.match(text) is not None or opens,
        mark=text in lexicon.BATCH_WORDS or not text.isascii() or _is_version(text),
        technical=lexicon.is_technical(text) and text not in lexicon.WEAK,
    )


def _is_version(text: str) -> bool:
    return VERSION.match(text) is not None or REPACK.match(text) is not None
