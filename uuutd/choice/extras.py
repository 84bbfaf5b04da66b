"""Words for what is no episode, though it carries a show's title and maybe a number."""

from collections.abc import Sequence

from . import lexicon

_LONE = frozenset(
    {"reaction", "reactions", "parody", "amv", "amvs", "promo"}
    | {"recap", "recaps", "bonus", "bonuses", "extra", "extras", "omake", "omakes", "event"}
    | {"events", "concert", "commentary", "scan", "scans", "interview", "interviews", "digest"}
)
_PAIRS = frozenset(
    {("mini", "anime"), ("mini", "theater"), ("mini", "theatre"), ("picture", "drama")}
    | {("live", "action"), ("drama", "cd"), ("audio", "drama"), ("stage", "play")}
    | {("talk", "show"), ("making", "of"), ("behind", "the"), ("voice", "drama")}
)
_OPENING = frozenset(first for first, _ in _PAIRS)
SEQUELS = frozenset({"zoku", "shin", "sequel", "prequel", "mini", "petit", "puchi", "gaiden"})
"""Words that make another show's title of a title, wherever they stand in it."""
_CARRIERS = frozenset({"vol", "volume", "vols", "volumes", "disc", "disk", "discs", "cd", "dvd"})
"""What holds some of a show's episodes, nobody can tell which."""
SOUND = frozenset({"flac", "mp3", "ogg", "opus", "wav", "alac", "320kbps", "aac"})
"""What an album is named with, and an episode only beside its picture."""
_ADDING = frozenset({"with", "and", "plus", "incl", "including", "w"})
PIECES = frozenset(
    {"dl", "rip", "ray", "h", "x", "e", "ac", "la", "br", "fps", "mb", "gb", "vfr", "by", "tv", "s"}
    | {"season", "seasons", "episode", "episodes", "encode", "encoded", "fansub", "fansubs", "v"}
    | {
        "re",
        "series",
        "encodes",
        "rips",
        "enc",
        "quality",
        "only",
        "half",
        "full",
        "at",
        "da",
        "ep",
        "eps",
    }
    | _ADDING
)
"""Words among the technical ones that say nothing of the show."""


def may_be_extra(text: str) -> bool:
    """Whether a word may say, alone or with the next, that this is no episode."""
    return text in _LONE or text in _OPENING or lexicon.EXTRA.match(text) is not None


def is_extra(texts: Sequence[str], index: int) -> bool:
    """Whether a word, maybe with the next, says that this is something else than an episode."""
    text = texts[index]
    if index + 1 < len(texts) and texts[index + 1] in lexicon.SUB_WORDS:
        return False
    if text in _LONE or lexicon.EXTRA.match(text) is not None:
        return True
    return is_pair(texts, index)


def is_pair(texts: Sequence[str], index: int) -> bool:
    """Whether two words say so that say nothing else, even where a title may stand."""
    return index + 1 < len(texts) and (texts[index], texts[index + 1]) in _PAIRS


def is_carrier(texts: Sequence[str], index: int) -> bool:
    """Whether this is ``Vol. 3`` or ``Disc 2``."""
    following = texts[index + 1] if index + 1 < len(texts) else ""
    return texts[index] in _CARRIERS and following.isdigit()


def is_added(texts: Sequence[str], index: int) -> bool:
    """Whether this is what a release holds besides its episodes: ``with Extras``."""
    return index > 0 and texts[index - 1] in _ADDING
