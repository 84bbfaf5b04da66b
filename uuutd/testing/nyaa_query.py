"""The query language of Nyaa's full-text search, as far as people use it.

Words are all wanted, and each is found at the beginning of a word of the name; ``a|b``
is either, ``(...)`` a group, ``-word`` excludes, ``"..."`` is found anywhere, character
by character.  Punctuation is the trap: a ``!`` at a word belongs to it, and a word with a
colon in it or a ``-`` at its end finds nothing.
"""

import re
from collections.abc import Callable
from functools import lru_cache

Match = Callable[[str], bool]

MOST_WORDS = 1000
_LONGEST_PREFIX = 15
_GLUE = str.maketrans({"-": "_", "!": "_"})
_SEPARATORS = "[]\u00d7;【】"
_SPLITS = re.compile(rf"[\s(){re.escape(_SEPARATORS)}]+")
_WORDS = re.compile(r"[\w']+")
_NUMBERS = re.compile(r"[0-9]+")
_TOKENS = re.compile(r'(?P<not>-(?=[^\s\-|)]))|[()|]|"[^"]*"|[^\s()|"]+|"')
_SPLITTING_SIGNS = str.maketrans(dict.fromkeys(_SEPARATORS, " "))


class TooManyWords(Exception):
    """More words than the site's search engine takes."""


@lru_cache(maxsize=4096)
def words_of(name: str) -> frozenset[str]:
    """Return all words under which the site files a name.

    ``S01E05`` is filed as itself and as ``1`` and ``5``, ``05`` as itself and as ``5``:
    so ``5`` finds both, and ``05`` only the second.
    """
    filed: set[str] = set()
    for chunk in _SPLITS.split(name.lower().translate(_GLUE)):
        words = _WORDS.findall(chunk)
        filed.update(words)
        filed.add("".join(words))
        for word in words:
            filed.update(word.split("_"))
            filed.update(number.lstrip("0") for number in _NUMBERS.findall(word))
    filed.discard("")
    return frozenset(filed)


def parse(query: str) -> Match:
    """Return what tells whether a name matches *query*; a query of nothing matches all."""
    found = _TOKENS.finditer(query.translate(_SPLITTING_SIGNS))
    tokens = [match[0] for match in found if match["not"] or match[0].strip("-")]
    if len(tokens) > MOST_WORDS:
        raise TooManyWords
    return _Parser(tokens).all_of()


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def all_of(self) -> Match:
        """Read alternatives up to the end or to a closing parenthesis: all of them must match."""
        parts: list[Match] = []
        while self._at < len(self._tokens) and self._tokens[self._at] != ")":
            parts.append(self._one_of())
        self._at += 1
        return lambda name: all(part(name) for part in parts)

    def _one_of(self) -> Match:
        parts = [self._unit()]
        while self._at < len(self._tokens) and self._tokens[self._at] == "|":
            self._at += 1
            parts.append(self._unit())
        return lambda name: any(part(name) for part in parts)

    def _unit(self) -> Match:
        if self._at >= len(self._tokens):
            return _anything
        unit = self._tokens[self._at]
        if unit == ")":
            return _anything
        self._at += 1
        if unit == "-":
            excluded = self._unit()
            return lambda name: not excluded(name)
        if unit == "(":
            return self.all_of()
        if unit.startswith('"') and len(unit) > 2:
            phrase = unit[1:-1].lower()
            return lambda name: phrase in name.lower()
        return _word(unit)


def _anything(_: str) -> bool:
    return True


def _word(text: str) -> Match:
    word = re.sub(r"~[0-9]?$|\*$", "", text.lower().lstrip("+")).translate(_GLUE)
    if not word.strip('_&|"'):
        return _anything
    if text.endswith("-"):
        return lambda _: False
    if len(word) > _LONGEST_PREFIX:
        return lambda name: word in words_of(name)
    return lambda name: any(filed.startswith(word) for filed in words_of(name))
