"""The hard rules: whoever breaks one must not be taken, whatever anybody prefers."""

from collections.abc import Iterator
from datetime import timedelta, timezone

import attrs

from ..domain import Format, Language, Rejection, Release, Taste, Wanted
from . import lexicon
from .facets import Facets
from .family import Family
from .identity import Identity, identify
from .reading import Reading, read

JAPAN = timezone(timedelta(hours=9))
_MIB = 1024 * 1024


@attrs.frozen(kw_only=True)
class Candidate:
    """A release as it was read, and what the rules have against it."""

    release: Release
    reading: Reading | None
    identity: Identity
    rejections: tuple[Rejection, ...]


def examine(release: Release, family: Family, taste: Taste) -> Candidate:
    """Read a release's name and hold it against all rules."""
    reading = read(release.title, family)
    if reading is None:
        identity = Identity(stranger="the name does not begin with a title of the show")
        rejection = Rejection("R1", f"not this show: {identity.stranger}")
        return Candidate(release=release, reading=None, identity=identity, rejections=(rejection,))
    identity = identify(reading, family)
    rejections = (
        *_show(identity),
        *_episode(identity, family.wanted, taste),
        *_batch(identity, family.wanted, taste),
        *_language(reading.facets, release, taste),
        *_alive(release, reading, taste),
        *_date(release, reading, family.wanted),
    )
    return Candidate(release=release, reading=reading, identity=identity, rejections=rejections)


def _show(identity: Identity) -> Iterator[Rejection]:
    if identity.stranger:
        yield Rejection("R1", f"not this show: {identity.stranger}")


def _episode(identity: Identity, wanted: Wanted, taste: Taste) -> Iterator[Rejection]:
    if identity.doubt:
        yield Rejection("R2", identity.doubt)
    elif identity.held and taste.batch != "only" and wanted.episode not in identity.numbers:
        if identity.several:
            yield Rejection("R2", f"does not hold episode {wanted.episode}")
        else:
            yield Rejection("R2", f"is episode {identity.numbers.start}, not {wanted.episode}")


def _batch(identity: Identity, wanted: Wanted, taste: Taste) -> Iterator[Rejection]:
    if not identity.held:
        return
    if not identity.several:
        if taste.batch == "only":
            yield Rejection("R3", "is a single episode, and a whole season is wanted")
    elif taste.batch == "never":
        yield Rejection("R3", "holds several episodes")
    elif not identity.whole and not _is_open_pack(identity, wanted):
        yield Rejection("R3", "does not hold the whole show")


def _is_open_pack(identity: Identity, wanted: Wanted) -> bool:
    """Whether it runs from the first to the wanted episode or further, of an open-ended show."""
    return (
        wanted.work.episodes is None
        and identity.exact
        and identity.numbers.start == 1
        and wanted.episode in identity.numbers
    )


def _language(facets: Facets, release: Release, taste: Taste) -> Iterator[Rejection]:
    text = _wrong_audio(facets, release) if taste.audio == "dub" else None
    if taste.audio == "sub":
        text = _wrong_subtitles(facets, release, taste.language.casefold())
    if text is not None:
        yield Rejection("R4", text)


def _wrong_audio(facets: Facets, release: Release) -> str | None:
    """Say why there is no English speech in it; None if there is."""
    if facets.dub == "en":
        return None
    if facets.dub is not None and not facets.dual:
        return f"is spoken in another language ({facets.dub})"
    if facets.dual and release.language not in (Language.FOREIGN, Language.RAW):
        return None
    return "has no English audio"


def _wrong_subtitles(facets: Facets, release: Release, language: str) -> str | None:
    """Say why its subtitles or its audio do not fit; None if all is well."""
    if release.language is Language.RAW or facets.raw:
        return "is raw, without subtitles"
    if facets.dub is not None and not facets.dual:
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


def _looks_foreign(facets: Facets) -> str | None:
    """Say what speaks against English where neither the indexer nor the name says a language."""
    if facets.foreign:
        return "is named in another script, and does not say that it is English"
    if facets.groups & lexicon.SUBBING_RAWS:
        return None
    if any(name.endswith(("raw", "raws")) for name in facets.groups):
        return "is by a group for raws, and does not say that it has subtitles"
    return None


def _alive(release: Release, reading: Reading, taste: Taste) -> Iterator[Rejection]:
    seeders = release.seeders or 0
    if seeders < taste.min_seeders:
        known = "no known seeders" if release.seeders is None else f"{seeders} seeders"
        yield Rejection("R5", f"{known}, {taste.min_seeders} are needed")
    if release.size is not None and release.size < taste.min_size:
        yield Rejection("R5", f"too small to be an episode ({release.size // _MIB} MiB)")
    if reading.facets.suffix in lexicon.HARMFUL_SUFFIXES:
        yield Rejection("R5", f"is a .{reading.facets.suffix} file, not a video")
    if not release.is_anime_video:
        yield Rejection("R5", "is filed as something else than video")
    if reading.found.extra is not None:
        yield Rejection("R5", f"is an extra ({reading.found.extra.upper()}), not an episode")


def _date(release: Release, reading: Reading, wanted: Wanted) -> Iterator[Rejection]:
    """Compare dates as Japan counts them, where shows start; a film needs no date but no number."""
    if wanted.work.format is Format.MOVIE:
        if reading.found.number is not None:
            yield Rejection("R6", "has an episode number, and a film has none")
        return
    start = wanted.work.start_date
    if start is None or release.published_at is None:
        return
    published = release.published_at.astimezone(JAPAN).date()
    if published < start:
        yield Rejection("R6", f"was published on {published}, before the show began on {start}")
