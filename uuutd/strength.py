"""How hard a password is to guess.

A program of its own, which reads one password and ends: its lists of words take 14 MiB, and
nobody chooses a password while the daemon has nothing to do.
"""

import json
import re
import sys
from collections.abc import Sequence

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

SAFE = 3
"""The lowest score of zxcvbn that will do: more than 10**8 guesses."""
LOOKED_AT = 64
"""Characters that are looked at, from the start: more take zxcvbn seconds."""
PRODUCT = ("uuutorrent", "uuutd", "uuut", "torrent", "anime", "anilist", "watchlist", "nyaa")

_DIGITS_AND_SIGNS = re.compile(r"[\W\d_]+")
_COMMON = frozenset(FREQUENCY_LISTS["passwords"])


def easily_guessed(password: str, about: Sequence[str] = ()) -> bool:
    """Whether *password* is soon guessed by somebody who knows the texts *about* its owner."""
    start = password[:LOOKED_AT]
    known = {text.casefold() for text in (*PRODUCT, *about)}
    known |= {letters for text in known if (letters := _DIGITS_AND_SIGNS.sub("", text))}
    # zxcvbn takes signs and digits for chance, wherever they stand: !!iloveyou2024!!
    letters = _DIGITS_AND_SIGNS.sub("", start.casefold())
    if letters in known or letters in _COMMON:
        return True
    score: int = zxcvbn(start, user_inputs=sorted(known), max_length=LOOKED_AT)["score"]
    return score < SAFE


def main() -> None:
    """Read a password and what is known of its owner, as a list in JSON; answer in JSON."""
    password, *about = json.load(sys.stdin)
    json.dump(easily_guessed(password, about), sys.stdout)


if __name__ == "__main__":
    main()
