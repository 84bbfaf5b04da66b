"""Names and titles in the form in which they are compared: folded, and cut into words."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

NAME_LIMIT = 512
"""How many characters of a name are read; a longer one is cut."""

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
_PLAIN_GAPS = frozenset({"", " ", "-", " - ", "."})
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_HAN = re.compile("[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SIGNS = re.compile(r"[^\w\s\-:;,./|\\()\[\]{}<>\"~]")


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
    return " ".join(folded.split())


class Word(NamedTuple):
    """One word of a folded text: letters and digits, or a run of another script.

    *gap* is what stands between it and the word before, *after* what stands behind it,
    and *depth* counts the brackets around it.
    """

    text: str
    gap: str
    after: str
    depth: int

    @property
    def is_latin(self) -> bool:
        """Whether it is made of plain letters and digits."""
        return self.text.isascii()


def cut(folded: str) -> list[Word]:
    """Cut a folded text into its words."""
    pieces = _WORD.split(folded)
    words: list[Word] = []
    depth = 0
    for index in range(1, len(pieces), 2):
        gap, text = pieces[index - 1], pieces[index]
        if gap not in _PLAIN_GAPS:
            for char in gap:
                depth = max(0, depth + _BRACKETS.get(char, 0))
        if "'" in text:
            text = text.replace("'", "")
        words.append(Word(text, gap, pieces[index + 1], depth))
    return words


def join(words: Sequence[Word]) -> str:
    """Return the words as one text without gaps: ``Re:Zero``, ``Re Zero`` and ``ReZero`` agree.

    Two numbers in a row stay apart.
    """
    joined = ""
    for word in words:
        joined = glue(joined, word.text)
    return joined


def glue(joined: str, text: str) -> str:
    """Add one word to a text that `join` makes."""
    if joined and joined[-1].isdigit() and text[0].isdigit():
        return f"{joined}|{text}"
    return joined + text


def signs(words: Sequence[Word]) -> str:
    """Return the signs between words that are no separators, such as ``!!``."""
    return "".join("".join(_SIGNS.findall(word.after)) for word in words)


def has_han(text: str) -> bool:
    """Whether *text* holds Chinese, Japanese or Korean letters."""
    return not text.isascii() and _HAN.search(text) is not None
