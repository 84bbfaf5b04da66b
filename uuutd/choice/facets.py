"""What a name says of the file: who made it, how it looks, what is spoken and written in it."""

import re
from collections.abc import Callable
from functools import lru_cache

import attrs

from . import lexicon
from .words import Words

_LEADING_GROUP = re.compile(r"\s*[\[\u3010]([^\[\]\u3010\u3011]{1,80})[\]\u3011]")
_SEPARATE_GROUPS = re.compile(r"\s*(?:[&+,/]|\bx\b)\s*")


@attrs.define(kw_only=True)
class Facets:
    """What a name says of the file; None and False where it says nothing.

    The readers of the words fill it in.

    *languages* are those of the subtitles, as ISO 639-1 codes; *multi* promises several
    without naming them.  *dub* is the language of an only audio track that is not the
    original one, *dual* tells that there are both.  *raw* marks an untouched recording.
    *foreign* tells that a part of the name is in another script.
    """

    group: str | None = None
    resolution: str | None = None
    codec: str | None = None
    source: str | None = None
    checksum: str | None = None
    suffix: str | None = None
    languages: set[str] = attrs.Factory(set)
    multi: bool = False
    dub: str | None = None
    dual: bool = False
    raw: bool = False
    foreign: bool = False

    @property
    def groups(self) -> frozenset[str]:
        """The group's name for comparing, and those of its members if several worked together."""
        if self.group is None:
            return frozenset()
        name = self.group.casefold()
        return frozenset({name, *_SEPARATE_GROUPS.split(name)})


def _leading_group(title: str) -> str | None:
    """Return what stands in the first bracket, if the name begins with one."""
    match = _LEADING_GROUP.match(title)
    return match[1].strip() if match else None


def read_facets(title: str, words: Words, start: int) -> Facets:
    """Read the facets of a name whose title ends before the word at *start*."""
    facets = Facets()
    for index, text in enumerate(words.texts[start:], start):
        reader = _reader(text)
        if reader is not None:
            reader(facets, words, index)
    if words.texts and words.gaps[-2].endswith("."):
        facets.suffix = words.texts[-1]
    facets.group = _leading_group(title) or _trailing_group(title, words, start)
    facets.foreign = not words.ascii and not all(map(str.isascii, words.texts))
    return facets


def _read_checksum(facets: Facets, words: Words, index: int) -> None:
    if words.depths[index]:
        facets.checksum = words.texts[index].upper()


def _read_chinese(facets: Facets, _words: Words, _index: int) -> None:
    facets.languages.add("zh")


def _read_codec(facets: Facets, words: Words, index: int) -> None:
    facets.codec = facets.codec or lexicon.CODECS[words.texts[index]]


def _read_source(facets: Facets, words: Words, index: int) -> None:
    facets.source = facets.source or lexicon.SOURCES[words.texts[index]]


def _read_resolution(facets: Facets, words: Words, index: int) -> None:
    facets.resolution = facets.resolution or lexicon.resolution(words.texts[index])


def _read_language(facets: Facets, words: Words, index: int) -> None:
    text = words.texts[index]
    language = lexicon.LANGUAGES[text]
    following = words.text(index + 1)
    if text in lexicon.DUB_WORDS or following in lexicon.DUB_WORDS:
        facets.dub = language
    elif _is_ordinary(words, index):
        return
    elif following != "audio" and language != "ja":
        facets.languages.add(language)


def _read_dub(facets: Facets, words: Words, index: int) -> None:
    before = words.text(index - 1)
    if facets.dub is None and words.text(index + 1) not in lexicon.SUB_WORDS:
        facets.dub = lexicon.LANGUAGES.get(before, "en")
    if before in ("dual", "multi"):
        facets.dual = True


def _read_sub(facets: Facets, words: Words, index: int) -> None:
    """Read ``Sub Espanol``: the language stands behind."""
    language = lexicon.LANGUAGES.get(words.text(index + 1))
    if language is not None and language != "ja":
        facets.languages.add(language)


def _read_many(facets: Facets, words: Words, index: int) -> None:
    following = words.text(index + 1)
    if following in lexicon.SUB_WORDS:
        facets.multi = True
    elif following == "audio":
        facets.dual = True


def _read_dual(facets: Facets, words: Words, index: int) -> None:
    if words.text(index + 1) not in lexicon.SUB_WORDS:
        facets.dual = True


def _read_multi_subs(facets: Facets, _words: Words, _index: int) -> None:
    facets.multi = True


def _read_raw(facets: Facets, words: Words, index: int) -> None:
    """Read a mark: in brackets, or before them, or last; elsewhere it is a word of a title."""
    last = index + 1 == len(words)
    alone = words.gaps[index].isspace()  # and no part of a group's name, as in -Some-Raws (CR)
    if words.depths[index] or last or (alone and words.depths[index + 1]):
        facets.raw = True


def _read_broadcaster(facets: Facets, words: Words, index: int) -> None:
    """Read ``(MX 1280x720 x264 AAC)``: a station in front of the picture's size."""
    text, ahead = words.texts[index], index + 1
    if text == "at":
        if words.text(ahead) != "x":
            return
        ahead += 1
    if words.depths[index] and any(lexicon.resolution(words.text(i)) for i in (ahead, ahead + 1)):
        facets.raw = True
        facets.source = "tv"


def _is_ordinary(words: Words, index: int) -> bool:
    """Whether it is no language but a word of a title, as in ``(May the Rain Come)``."""
    word = words.texts[index]
    if word in _PLAIN_WORDS and words.depths[index] == 0:
        return words.text(index + 1) not in lexicon.SUB_WORDS
    if len(word) > _LONGEST_CODE:
        return False
    for after in range(index + 1, len(words)):
        text = words.texts[after]
        if words.gaps[after] != " " or text in lexicon.SUB_WORDS or text.isdigit():
            return False
        if not lexicon.is_technical(text):
            return True
    return False


_LONGEST_CODE = 3
_PLAIN_WORDS = frozenset({"english", "french", "german", "italian", "spanish", "may", "ind", "gb"})
"""Languages that are ordinary words: in the title of an episode they mean nothing."""

_Reader = Callable[[Facets, Words, int], None]

_READERS: dict[str, _Reader] = {
    **dict.fromkeys(lexicon.NAMED_RESOLUTIONS, _read_resolution),
    **dict.fromkeys(lexicon.CODECS, _read_codec),
    **dict.fromkeys(lexicon.BROADCASTERS | {"at"}, _read_broadcaster),
    **dict.fromkeys(lexicon.SOURCES, _read_source),
    **dict.fromkeys(lexicon.DUB_WORDS, _read_dub),
    **dict.fromkeys(lexicon.SUB_WORDS, _read_sub),
    **dict.fromkeys(lexicon.LANGUAGES, _read_language),
    **dict.fromkeys(lexicon.MANY_WORDS, _read_many),
    **dict.fromkeys(lexicon.MULTI_SUBS, _read_multi_subs),
    **dict.fromkeys(lexicon.DUAL_AUDIO | {"dual"}, _read_dual),
    **dict.fromkeys(("raw", "raws"), _read_raw),
}


@lru_cache(maxsize=4096)
def _reader(text: str) -> _Reader | None:
    """Return what reads a word, None for one that says nothing of the file."""
    if text in _READERS:
        return _READERS[text]
    if not text.isascii():
        return _read_chinese if lexicon.CHINESE_SUBS.search(text) else None
    if lexicon.resolution(text) is not None:
        return _read_resolution
    return _read_checksum if lexicon.CHECKSUM.match(text) else None


def _trailing_group(title: str, words: Words, start: int) -> str | None:
    """Return the group of ``... H.264-GROUP (More)`` and ``... AAC -The-Group (CR)``."""
    texts, gaps = words.texts, words.gaps
    last = len(texts) - 1
    while last >= start and (words.depths[last] or gaps[last].endswith(".")):
        last -= 1
    first = last
    while first > start and gaps[first] == "-" and _is_name(texts[first - 1]):
        first -= 1
    if first <= start or not gaps[first].endswith("-") or not _is_name(texts[first]):
        return None
    name = "-".join(texts[first : last + 1])
    position = title.casefold().rfind(name)
    return title[position : position + len(name)] if position >= 0 else name


def _is_name(text: str) -> bool:
    return not lexicon.is_technical(text) and not text.isdigit()
