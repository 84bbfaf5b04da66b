"""Texts from outside, made safe to store, to compare and to show in a terminal.

Release names, titles and error texts are written by strangers: they may hold terminal
escapes, text that runs backwards, invisible characters and towers of accents.
"""

import re
import unicodedata

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Mc", "Me"})
_MARKS_PER_BASE = 3
_SPACES = re.compile(r"\s+")
_LINE_ENDS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]")


def clean(text: str, limit: int = 512) -> str:
    """Return *text* as one line of at most *limit* visible characters, in NFC.

    Line ends and tabs become spaces; control, format, private and unassigned characters
    and variation selectors go; a base keeps at most three combining marks; runs of spaces
    become one.  Cleaning what is clean changes nothing.
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text).strip()[:limit].rstrip()
    kept = "".join(char for char in _LINE_ENDS.sub(" ", text) if _is_kept(char))
    normal = _limit_marks(unicodedata.normalize("NFC", kept))
    return _SPACES.sub(" ", normal).strip()[:limit].rstrip()


def _is_kept(char: str) -> bool:
    return unicodedata.category(char) not in _DROPPED and not _is_variation_selector(char)


def _is_variation_selector(char: str) -> bool:
    return (
        "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or char in "\u180b\u180c\u180d\u180f"
    )


def _limit_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        if marks <= _MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)
