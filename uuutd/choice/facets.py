"""What a name says of the file: who made it, how it looks, what is spoken and written in it."""

import re
from collections.abc import Callable
from functools import lru_cache

from . import languages, lexicon
from .words import Words

_LEADING_GROUP = re.compile(r"\s*[\[\u3010]([^\[\]\u3010\u3011]{1,80})[\]\u3011]")
_SEPARATE_GROUPS = re.compile(r"\s*(?:[&+,/]|\bx\b)\s*")


class Facets:
    """What a name says of the file; None and False where it says nothing.

    The readers of the words fill it in.

    *languages* are those of the subtitles, as ISO 639-1 codes; *multi* promises several
    without naming them.  *dub* is the language of an only audio track that is not the
    original one, *dual* tells that there are both.  *raw* marks an untouched recording.
    *foreign* tells that a part of the name is in another script.  *audio* are the languages
    of the tracks that are named, *unsubbed* tells that there are no subtitles and *textual*
    that there is nothing else.  *suffix* is what the name ends with behind a dot, *other*
    the same if that is the suffix of no video.  *start* is the first word behind the title.
    """

    group: str | None = None
    resolution: str | None = None
    codec: str | None = None
    source: str | None = None
    checksum: str | None = None
    suffix: str | None = None
    languages: frozenset[str] = frozenset()
    multi: bool = False
    dub: str | None = None
    dual: bool = False
    raw: bool = False
    foreign: bool = False
    audio: frozenset[str] = frozenset()
    unsubbed: bool = False
    textual: bool = False
    other: str | None = None
    start: int = 0

    @property
    def groups(self) -> frozenset[str]:
        """The group's name for comparing, and those of its members if several worked together."""
        return groups_of(self.group)


def groups_of(group: str | None) -> frozenset[str]:
    """Return a group's name for comparing, and those of its members if it is several."""
    if group is None:
        return frozenset()
    name = group.strip().casefold()
    return frozenset({name, *_SEPARATE_GROUPS.split(name)} - {""})


def _leading_group(title: str) -> str | None:
    """Return what stands in the first bracket, if the name begins with one."""
    match = _LEADING_GROUP.match(title)
    name = match[1].strip() if match else ""
    return name if name and lexicon.resolution(name.casefold()) is None else None


def read_facets(title: str, words: Words, start: int) -> Facets:
    """Read the facets of a name whose title ends before the word at *start*."""
    facets = Facets()
    facets.start = start
    for index, reader in enumerate(map(_reader, words.texts[start:]), start):
        if reader is not None:
            reader(facets, words, index)
    if len(words) > 1 and words.gaps[-2].endswith("."):
        facets.suffix = words.texts[-1]
        facets.other = _other_suffix(words)
    facets.group = _leading_group(title) or _trailing_group(title, words, start)
    facets.foreign = not words.ascii and not all(map(str.isascii, words.texts))
    return facets


def _read_checksum(facets: Facets, words: Words, index: int) -> None:
    if words.depths[index]:
        facets.checksum = words.texts[index].upper()


def _read_chinese(facets: Facets, _words: Words, _index: int) -> None:
    facets.languages |= {"zh"}


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
    if language == "ja" and following == "only":
        facets.unsubbed = True
    if language == "ja" and languages.are_tracks(words, index):
        facets.audio |= {"ja", "en"}
    if text in lexicon.DUB_WORDS:
        facets.dub = language
        facets.audio |= {language}
        return
    spoken = following in ("audio", *lexicon.DUB_WORDS) or _is_behind_dub(words, index)
    ordinary = _is_ordinary(words, index) and not languages.is_list(words, index)
    if language != "ja" and not spoken and not ordinary:
        facets.languages |= {language}


def _is_behind_dub(words: Words, index: int) -> bool:
    """Whether it is the language of ``Dub: Italian``, and not that of ``Dub Italian Sub``."""
    if words.text(index - 1) not in lexicon.DUB_WORDS:
        return False
    open_ = not any(bracket in words.gaps[index] for bracket in "()[]")
    return open_ and words.text(index + 1) not in lexicon.SUB_WORDS


def _read_flag(facets: Facets, words: Words, index: int) -> None:
    """Read one of ``[US][BR][FR]``."""
    language = lexicon.FLAGS[words.texts[index]]
    if language != "ja" and languages.is_list(words, index):
        facets.languages |= {language}


def _read_dub(facets: Facets, words: Words, index: int) -> None:
    if words.texts[index] == "fandub":
        facets.dub = languages.UNKNOWN
    elif facets.dub is None and words.text(index + 1) not in lexicon.SUB_WORDS:
        several = words.text(index - 1) in lexicon.MANY_WORDS | {"dual"}
        said = "" if several else languages.dub_of(words, index, facets.start)
        facets.dual = facets.dual or several
        facets.dub = "en" if said == "" else said
        if said and said != languages.UNKNOWN:
            facets.audio |= {said}


def _read_sub(facets: Facets, words: Words, index: int) -> None:
    """Read ``Sub Espanol``, where the language stands behind, ``No Subs`` and ``Subs Only``."""
    following = words.text(index + 1)
    language = lexicon.LANGUAGES.get(following)
    if language is not None and language != "ja":
        facets.languages |= {language}
    if words.text(index - 1) in ("no", "without") and index > facets.start:
        facets.unsubbed = True
    if following == "only":
        facets.textual = True


def _read_unsubbed(facets: Facets, _words: Words, _index: int) -> None:
    facets.unsubbed = True


def _read_audio(facets: Facets, words: Words, index: int) -> None:
    if words.text(index - 1) not in lexicon.MANY_WORDS | {"dual"}:
        facets.audio |= languages.tracks_beside(words, index, facets.start)


def _read_many(facets: Facets, words: Words, index: int) -> None:
    following = words.text(index + 1)
    if following in lexicon.SUB_WORDS:
        facets.multi = True
    elif following == "audio":
        _read_dual(facets, words, index)


def _read_dual(facets: Facets, words: Words, index: int) -> None:
    if words.text(index + 1) not in lexicon.SUB_WORDS:
        facets.dual = True
        facets.audio |= languages.tracks_of_several(words, index, facets.start)


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
    before = words.text(index - 1)
    if word in _PLAIN_WORDS and words.depths[index] == 0:
        if len(word) > _LONGEST_CODE and lexicon.is_technical(before):
            return before in lexicon.WEAK
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
    **dict.fromkeys(lexicon.FLAGS, _read_flag),
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
    **dict.fromkeys(lexicon.UNSUBBED, _read_unsubbed),
    "audio": _read_audio,
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


def _other_suffix(words: Words) -> str | None:
    """Return the suffix of a name if it is one, and that of no video.

    Any short word is one where no title goes on: behind a bracket, a number, another suffix.
    A name that is cut by dots ends in any word, so that only known suffixes are any there.
    """
    text, before, gaps = words.texts[-1], words.text(len(words) - 2), words.gaps
    if text in lexicon.VIDEO_SUFFIXES:
        return None
    if text in lexicon.OTHER_SUFFIXES or before in lexicon.VIDEO_SUFFIXES:
        return text
    if not text[:1].isalpha() or len(text) > _LONGEST_SUFFIX or gaps[-1].strip():
        return None
    if text in lexicon.TRACK_SUFFIXES:
        return text if gaps[-3] != "." else None
    if lexicon.is_technical(text) or text in lexicon.HARMLESS or gaps[-3] == ".":
        return None
    return text if gaps[-2] != "." or before.isdigit() or lexicon.is_technical(before) else None


_LONGEST_SUFFIX = 4


def _trailing_group(title: str, words: Words, start: int) -> str | None:
    """Return the group of ``... H.264-GROUP (More)`` and ``... AAC -The-Group (CR)``."""
    texts, gaps = words.texts, words.gaps
    last = len(texts) - 1
    while last >= start and (words.depths[last] or gaps[last].endswith(".")):
        last -= 1
    first = last
    while first > start and gaps[first] == "-" and _is_name(words, first - 1):
        first -= 1
    if first <= start or not gaps[first].endswith("-") or not _is_name(words, first):
        return None
    name = "-".join(texts[first : last + 1])
    position = title.casefold().rfind(name)
    return title[position : position + len(name)] if position >= 0 else name


def _is_name(words: Words, index: int) -> bool:
    text = words.texts[index]
    if lexicon.is_technical(text) or text.isdigit():
        return False
    return words.gaps[index] != "-" or (words.text(index - 1), text) not in lexicon.COMPOUNDS
