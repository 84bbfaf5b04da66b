"""The hard rules: whoever breaks one must not be taken, whatever anybody prefers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from ..domain import Format, Language, Rejection, Release, Taste, Wanted
from . import lexicon
from .facets import Facets
from .family import Family
from .identity import Identity, identify
from .languages import UNKNOWN, language_of
from .reading import Reading, read

JAPAN = timezone(timedelta(hours=9))
_MIB = 1024 * 1024
_KEPT = 1024
"""How many names are kept read: what is searched again, and weighed for a second user."""
_STRANGER = Identity(stranger="the name does not begin with a title of the show")
_NOT_THIS = (Rejection("R1", f"not this show: {_STRANGER.stranger}"),)


class Candidate(NamedTuple):
    """A release as it was read, and what the rules have against it."""

    release: Release
    reading: Reading | None
    identity: Identity
    rejections: tuple[Rejection, ...]


def examine(release: Release, wanted: Wanted, family: Family, taste: Taste) -> Candidate:
    """Read a release's name and hold it against all rules."""
    reading, identity = _understand(release.title, family)
    if reading is None:
        return Candidate(release, None, identity, _NOT_THIS)
    facets = reading.facets
    rejections = (
        *_show(identity, wanted, taste),
        *_language(facets, release, taste),
        *_alive(release, taste),
        *_content(release, reading),
        *_date(release, reading, wanted),
    )
    return Candidate(release, reading, identity, rejections)


@lru_cache(maxsize=_KEPT)
def _understand(title: str, family: Family) -> tuple[Reading | None, Identity]:
    reading = read(title, family)
    return reading, _STRANGER if reading is None else identify(reading, family)


def _show(identity: Identity, wanted: Wanted, taste: Taste) -> Sequence[Rejection]:
    """Say what rules R1 to R3 have against what it holds."""
    if identity.stranger:
        return (Rejection("R1", f"not this show: {identity.stranger}"),)
    if identity.doubt:
        return (Rejection("R2", identity.doubt),)
    if not identity.held:
        return ()
    against: list[Rejection] = []
    if taste.batch != "only" and wanted.episode not in identity.numbers:
        if identity.several:
            against.append(Rejection("R2", f"does not hold episode {wanted.episode}"))
        else:
            text = f"is episode {identity.numbers.start}, not {wanted.episode}"
            against.append(Rejection("R2", text))
    if not identity.several:
        if taste.batch == "only":
            against.append(Rejection("R3", "is a single episode, and a whole season is wanted"))
    elif taste.batch == "never":
        against.append(Rejection("R3", "holds several episodes"))
    elif not identity.whole and not _is_open_pack(identity, wanted):
        against.append(Rejection("R3", "does not hold the whole show"))
    return against


def _is_open_pack(identity: Identity, wanted: Wanted) -> bool:
    """Whether it runs from the first to the wanted episode or further, of an open-ended show."""
    return (
        wanted.work.episodes is None
        and identity.exact
        and identity.numbers.start == 1
        and wanted.episode in identity.numbers
    )


def _language(facets: Facets, release: Release, taste: Taste) -> Sequence[Rejection]:
    text = _wrong_audio(facets, release) if taste.audio == "dub" else None
    if taste.audio == "sub":
        text = _wrong_subtitles(facets, release, _plain_language(taste.language))
    return () if text is None else (Rejection("R4", text),)


def _wrong_audio(facets: Facets, release: Release) -> str | None:
    """Say why there is no English speech in it; None if there is."""
    english = release.language not in (Language.FOREIGN, Language.RAW)
    if facets.dub == UNKNOWN:
        return "is dubbed in a way that is not understood"
    if "en" in facets.audio or (facets.dub == "en" and english):
        return None
    if facets.dub not in (None, "en"):
        return f"is spoken in another language ({facets.dub})"
    others = facets.audio or (facets.languages if "en" not in facets.languages else None)
    if facets.dual and others:
        return f"has no English audio, but names other languages ({', '.join(sorted(others))})"
    return None if facets.dual and english else "has no English audio"


def _wrong_subtitles(facets: Facets, release: Release, language: str) -> str | None:
    """Say why its subtitles or its audio do not fit; None if all is well."""
    if release.language is Language.RAW or facets.raw:
        return "is raw, without subtitles"
    if facets.unsubbed:
        return "says that it has no subtitles"
    if _lacks_original(facets):
        return "is dubbed, without the original audio"
    if language in facets.languages:
        return None
    if facets.languages:
        return f"has other subtitles ({', '.join(sorted(facets.languages))})"
    if language != "en":
        return f"does not say that it has subtitles in “{language}”"
    if release.language is Language.FOREIGN:
        return "is translated into another language than English"
    if release.language is Language.UNKNOWN and not facets.multi:
        return _looks_foreign(facets)
    return None


def _lacks_original(facets: Facets) -> bool:
    """Whether the original audio is not among the tracks; a single one of two may be the other."""
    if facets.dual:
        return len(facets.audio) > 1 and "ja" not in facets.audio
    return facets.dub is not None or (bool(facets.audio) and "ja" not in facets.audio)


@lru_cache(maxsize=64)
def _plain_language(language: str) -> str:
    """Return the code of a language as a user may write it: ``EN``, ``en-US``, ``English``."""
    text = language.strip().casefold()
    return language_of(text.replace("-", "")) or language_of(text.partition("-")[0]) or text


def _looks_foreign(facets: Facets) -> str | None:
    """Say what speaks against English where neither the indexer nor the name says a language."""
    if facets.foreign:
        return "is named in another script, and does not say that it is English"
    if facets.groups & lexicon.SUBBING_RAWS:
        return None
    if any(name.endswith(("raw", "raws")) for name in facets.groups):
        return "is by a group for raws, and does not say that it has subtitles"
    return None


def _alive(release: Release, taste: Taste) -> Sequence[Rejection]:
    seeders, size = release.seeders or 0, release.size
    if seeders >= taste.min_seeders and (size is None or size >= taste.min_size):
        return ()
    against: list[Rejection] = []
    if seeders < taste.min_seeders:
        known = "no known seeders" if release.seeders is None else f"{seeders} seeders"
        against.append(Rejection("R5", f"{known}, {taste.min_seeders} are needed"))
    if size is not None and size < taste.min_size:
        text = f"too small to be an episode ({size // _MIB} MiB)"
        against.append(Rejection("R5", text))
    return against


def _content(release: Release, reading: Reading) -> Sequence[Rejection]:
    facets, extra = reading.facets, reading.found.extra
    if release.is_anime_video and not facets.other and not facets.textual and extra is None:
        return ()
    against: list[Rejection] = []
    if facets.other:
        against.append(Rejection("R5", f"is a .{facets.other} file, not a video"))
    if facets.textual:
        against.append(Rejection("R5", "holds subtitles only"))
    if not release.is_anime_video:
        against.append(Rejection("R5", "is filed as something else than video"))
    if extra is not None:
        against.append(Rejection("R5", f"is an extra ({extra.upper()}), not an episode"))
    return against


def _date(release: Release, reading: Reading, wanted: Wanted) -> Sequence[Rejection]:
    """Compare dates as Japan counts them, where shows start; a film needs no date but no number."""
    if wanted.work.format is Format.MOVIE:
        if reading.found.number is None:
            return ()
        return (Rejection("R6", "has an episode number, and a film has none"),)
    start = wanted.work.start_date
    if start is None or release.published_at is None or release.published_at >= _begin(start):
        return ()
    published = release.published_at.astimezone(JAPAN).date()
    text = f"was published on {published}, before the show began on {start}"
    return (Rejection("R6", text),)


@lru_cache(maxsize=64)
def _begin(day: date) -> datetime:
    """Return when a day begins in Japan."""
    return datetime.combine(day, time(), JAPAN).astimezone(UTC)
