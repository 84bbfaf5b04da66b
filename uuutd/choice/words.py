"""Names and titles in the form in which they are compared: folded, and cut into words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

NAME_LIMIT = 512
"""How many characters of a name are read; a longer one is cut."""

_FOLDED_LIMIT = 2 * NAME_LIMIT
"""How much of a folded name counts: one character may stand for eighteen."""

_FOLDS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u2032`", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u301c\u223c", "~"),
        **dict.fromkeys("\u3010\u300e\u300c\u3014", "["),
        **dict.fromkeys("\u3011\u300f\u300d\u3015", "]"),
        "\u2044": "/",
        "\xd7": " x ",
        "_": " ",
        "&": " and ",
    }
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"([a-z0-9]+(?:'[a-z0-9]+)*|[^\W_a-z0-9]+)")
_ASCII_WORD = re.compile(r"([a-z0-9]+)")
_PLAIN_GAPS = frozenset({"", " ", "-", " - ", "."})
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_LAST_HASH = re.compile(r"#(?= [-(\[])")
"""The hash of ``Show!!# - 05``; that of ``Show #05`` belongs to the number."""
_SIGNS = re.compile(r"[^\w\s\-:;,./|\\()\[\]{}<>\"~#+*=&@%$^]")


def fold(text: str) -> str:
    """Return *text* as it is compared: lower case, plain width, plain quotes and dashes.

    Latin accents go, the multiplication sign becomes an ``x``, an ampersand ``and``.
    Only the first `NAME_LIMIT` characters count.
    """
    text = text[:NAME_LIMIT]
    if text.isascii():
        folded = text.lower().replace("_", " ").replace("&", " and ").replace("`", "'")
    else:
        decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDS))
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed)).translate(_FOLDS)
        folded = text.casefold()
    return " ".join(folded.split())[:_FOLDED_LIMIT]


class Words:
    """The words of a folded text: letters and digits, or runs of another script.

    ``gaps[i]`` is what stands before the word ``texts[i]`` and ``gaps[i + 1]`` what stands
    behind it; ``depths[i]`` counts the brackets around it.  *ascii* tells that nothing in
    the text is of another script.
    """

    __slots__ = ("ascii", "depths", "gaps", "texts")

    def __init__(self, folded: str) -> None:
        quoted = "'" in folded
        self.ascii = folded.isascii()
        pieces = (_ASCII_WORD if self.ascii and not quoted else _WORD).split(folded)
        self.texts = pieces[1::2]
        self.gaps = pieces[::2]
        self.depths = _depths(self.gaps)
        if quoted:
            self.texts = [text.replace("'", "") for text in self.texts]

    def __len__(self) -> int:
        return len(self.texts)

    def text(self, index: int) -> str:
        """Return a word, or nothing past the ends."""
        return self.texts[index] if 0 <= index < len(self.texts) else ""


def _depths(gaps: Sequence[str]) -> list[int]:
    steps = list(map(_step, gaps))
    del steps[-1]
    depths = list(accumulate(steps))
    if depths and min(depths) < 0:
        return list(accumulate(steps, lambda depth, step: max(0, depth + step), initial=0))[1:]
    return depths


@lru_cache(maxsize=1024)
def _step(gap: str) -> int:
    """Return how many more brackets open than close in a gap."""
    return sum(_BRACKETS.get(char, 0) for char in gap)


def join(texts: Iterable[str]) -> str:
    """Return the words as one text without gaps: ``Re:Zero``, ``Re Zero`` and ``ReZero`` agree.

    Two numbers in a row stay apart.
    """
    joined = ""
    for text in texts:
        joined = glue(joined, text)
    return joined


def glue(joined: str, text: str) -> str:
    """Add one word to a text that `join` makes."""
    if joined and joined[-1].isdigit() and text[0].isdigit():
        return f"{joined}|{text}"
    return joined + text


def signs(gaps: Iterable[str]) -> str:
    """Return the signs on words that are no separators, such as ``!!``."""
    return "".join([_signs(gap) for gap in gaps if gap not in _PLAIN_GAPS])


@lru_cache(maxsize=1024)
def _signs(gap: str) -> str:
    attached, _, apart = gap.partition(" ")
    found = _SIGNS.findall(attached)
    if _LAST_HASH.search(gap):
        found.append("#")
    if not attached:  # ``Show \u222c`` is another show, ``Show \u2022 05`` is not
        found = [sign for sign in _SIGNS.findall(apart) if unicodedata.category(sign) == "Sm"]
    return "".join(found)
