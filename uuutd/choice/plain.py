"""The choice as a function of plain JSON values, for benchmarks and scripts."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar

from ..domain import (
    Airing,
    EntryId,
    Format,
    InfoHash,
    Language,
    Relation,
    RelationKind,
    Release,
    Taste,
    Titles,
    Wanted,
    Work,
)
from ..plugins import Plugins
from . import lexicon
from .given import Given
from .ranking import Judge, rank

E = TypeVar("E", Format, Airing)

_BATCHES: dict[object, Literal["never", "allow", "only"]] = {
    False: "never",
    True: "only",
    "never": "never",
    "allow": "allow",
    "only": "only",
}
_AUDIO: dict[object, Literal["sub", "dub"]] = {"sub": "sub", "dub": "dub"}
_SUBTITLES = {"2": Language.ENGLISH, "3": Language.FOREIGN, "4": Language.RAW}
_CATEGORY = re.compile(r"([0-9])_([0-9])", re.ASCII)
_SPOKEN = frozenset(lexicon.LANGUAGES.values())
_CODECS = frozenset(lexicon.CODECS) | frozenset(lexicon.CODECS.values())


def choose(
    media: Mapping[str, Any],
    wanted: Mapping[str, Any],
    releases: Sequence[Mapping[str, Any]],
    judges: Sequence[tuple[str, Judge]] | None = None,
) -> int | None:
    """Return the index of the release to take, None if nothing fits.

    *media* is a show, *wanted* an episode of it with the preferences that count, and
    *releases* what was found: docs/choice.md names all of their fields.  *judges* None means
    those of the installed plugins, which are looked for at the first call; an empty sequence
    means none.  Raises ValueError, which names the field, for what cannot be read.
    """
    if judges is None:
        judges = _installed()
    sought = _wanted(media, wanted)
    offers = [_release(release, index) for index, release in enumerate(releases)]
    found = rank(sought, offers, _taste(wanted), judges)
    if found.best is None:
        return None
    return next(i for i, offer in enumerate(offers) if offer is found.best.release)


@cache
def _installed() -> tuple[tuple[str, Judge], ...]:
    """Return the judges of the installed plugins; one that cannot be loaded is logged, left out."""
    plugins = Plugins()
    plugins.load(())
    return plugins.judges()


def _wanted(media: Mapping[str, Any], wanted: Mapping[str, Any]) -> Wanted:
    show = Given(media, "media")
    work = _work(show, "wanted")
    if not work.titles.all():
        raise show.wrong("title", "an object with romaji, english or native")
    return Wanted(
        work=work,
        episode=Given(wanted, "wanted").number("episode", 1) or 1,
        prequels=tuple(
            _work(each, f"prequel {index}") for index, each in enumerate(show.objects("prequels"))
        ),
        related=tuple(
            Relation(_relation_kind(each), _work(each, f"related {index}"))
            for index, each in enumerate(show.objects("related"))
        ),
    )


def _work(show: Given, key: str) -> Work:
    titles = show.object("title") or show
    return Work(
        id=EntryId(key),
        titles=Titles(
            romaji=titles.text("romaji"),
            english=titles.text("english"),
            native=titles.text("native"),
        ),
        synonyms=show.texts("synonyms"),
        format=_member(show, "format", Format),
        airing=_member(show, "status", Airing),
        episodes=show.number("episodes", 1),
        season_year=show.number("seasonYear", 1),
        start_date=show.day("startDate"),
    )


def _member(show: Given, name: str, kind: type[E]) -> E | None:
    """Return AniList's word for something, in capital letters or not."""
    word = show.text(name)
    if word is not None and word.upper() not in kind.__members__:
        raise show.wrong(name, f"one of {', '.join(kind.__members__)}")
    return None if word is None else kind[word.upper()]


def _relation_kind(show: Given) -> RelationKind:
    word = (show.text("relation") or "").upper()
    return RelationKind(word) if word in RelationKind.__members__ else RelationKind.OTHER


def _taste(wanted: Mapping[str, Any]) -> Taste:
    asked = Given(wanted, "wanted")
    prefs = asked.object("prefs") or Given({}, "wanted.prefs")
    usual = Taste()
    seeders, size = prefs.number("min_seeders", 0), prefs.number("min_size", 0)
    return Taste(
        resolutions=_resolutions(prefs) or usual.resolutions,
        groups=prefs.texts("groups"),
        codec=_codec(prefs),
        language=_language(prefs) or usual.language,
        audio=prefs.one_of("audio", _AUDIO) or usual.audio,
        batch=asked.one_of("batch", _BATCHES) or prefs.one_of("batch", _BATCHES) or usual.batch,
        min_seeders=usual.min_seeders if seeders is None else seeders,
        min_size=usual.min_size if size is None else size,
    )


def _resolutions(prefs: Given) -> tuple[str, ...]:
    said = prefs.texts("resolutions")
    known = [each for text in said if (each := lexicon.resolution(text.casefold()))]
    if len(known) != len(said):
        raise prefs.wrong("resolutions", "a list such as 1080p, 720p")
    return tuple(known)


def _codec(prefs: Given) -> str | None:
    codec = prefs.text("codec")
    if codec is None or codec.casefold() == "any":
        return None
    if codec.casefold().replace(".", "").replace("-", "") not in _CODECS:
        raise prefs.wrong("codec", "a video codec such as hevc, avc or av1, or any")
    return codec


def _language(prefs: Given) -> str | None:
    language = (prefs.text("language") or "").casefold()
    if language and language not in _SPOKEN:
        raise prefs.wrong("language", f"one of {', '.join(sorted(_SPOKEN))}")
    return language or None


def _release(values: Mapping[str, Any], index: int = 0) -> Release:
    release = Given(values, f"releases[{index}]")
    language, is_anime_video = _category(release)
    title, info_hash = release.text("title"), release.text("info_hash")
    if title is None:
        raise release.wrong("title", "a text")
    return Release(
        title=title,
        info_hash=None if info_hash is None else InfoHash(info_hash),
        indexer="",
        size=release.number("size", 0),
        seeders=release.number("seeders", 0),
        leechers=release.number("leechers", 0),
        downloads=release.number("downloads", 0),
        published_at=release.time("pubdate"),
        language=language,
        is_anime_video=is_anime_video,
        trusted=release.flag("trusted"),
        remake=release.flag("remake"),
    )


def _category(release: Given) -> tuple[Language, bool]:
    """Return what a category of Nyaa's promises; without one it is any anime."""
    promised = _promise(release.text("category") or "1_0")
    if promised is None:
        raise release.wrong("category", "one of Nyaa's, such as 1_2")
    return promised


@lru_cache(maxsize=64)
def _promise(category: str) -> tuple[Language, bool] | None:
    """Return the language and whether it is video; None for what is no category."""
    match = _CATEGORY.fullmatch(category)
    if match is None:
        return None
    main, sub = match[1], match[2]
    if main != "1":
        return Language.UNKNOWN, False
    return _SUBTITLES.get(sub, Language.UNKNOWN), sub != "1"
