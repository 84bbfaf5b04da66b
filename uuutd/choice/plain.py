"""The choice as a function of plain JSON values, for benchmarks and scripts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal

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
from .ranking import Judge, rank

_BATCHES: dict[object, Literal["never", "allow", "only"]] = {True: "only", "allow": "allow"}
_LANGUAGES = {"2": Language.ENGLISH, "3": Language.FOREIGN, "4": Language.RAW}


def choose(
    media: Mapping[str, Any],
    wanted: Mapping[str, Any],
    releases: Sequence[Mapping[str, Any]],
    judges: Sequence[tuple[str, Judge]] | None = None,
) -> int | None:
    """Return the index of the release to take, None if nothing fits.

    *media* is a show with ``title``, ``synonyms``, ``format``, ``episodes``, ``startDate``,
    ``prequels`` and ``related``; *wanted* has ``episode``, ``batch`` and ``prefs``; a
    release has ``title``, ``size``, ``seeders``, ``pubdate``, ``category`` (Nyaa's, such as
    ``1_2``) and so on.  *judges* None means those of the installed plugins, which are
    looked for at the first call; an empty sequence means none.
    """
    if judges is None:
        judges = _installed()
    offers = [_release(release) for release in releases]
    found = rank(_wanted(media, wanted), offers, _taste(wanted), judges)
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
    related = tuple(
        Relation(_relation_kind(work.get("relation")), _work(work, f"related {index}"))
        for index, work in enumerate(media.get("related") or ())
    )
    return Wanted(
        work=_work(media, "wanted"),
        episode=wanted.get("episode") or 1,
        prequels=tuple(
            _work(work, f"prequel {index}")
            for index, work in enumerate(media.get("prequels") or ())
        ),
        related=related,
    )


def _work(media: Mapping[str, Any], key: str) -> Work:
    titles = media.get("title") or media
    start, format_, status = media.get("startDate"), media.get("format"), media.get("status")
    return Work(
        id=EntryId(key),
        titles=Titles(
            romaji=titles.get("romaji"),
            english=titles.get("english"),
            native=titles.get("native"),
        ),
        synonyms=tuple(media.get("synonyms") or ()),
        format=Format(format_) if format_ else None,
        airing=Airing(status) if status else None,
        episodes=media.get("episodes"),
        season_year=media.get("seasonYear"),
        start_date=date.fromisoformat(start) if start else None,
    )


def _relation_kind(text: str | None) -> RelationKind:
    return RelationKind(text) if text in RelationKind.__members__ else RelationKind.OTHER


def _taste(wanted: Mapping[str, Any]) -> Taste:
    prefs = wanted.get("prefs") or {}
    usual = Taste()
    return Taste(
        resolutions=tuple(prefs.get("resolutions") or usual.resolutions),
        groups=tuple(prefs.get("groups") or ()),
        codec=prefs.get("codec"),
        language=prefs.get("language") or usual.language,
        audio=prefs.get("audio") or usual.audio,
        batch=_BATCHES.get(wanted.get("batch"), "never"),
        min_seeders=prefs.get("min_seeders", usual.min_seeders),
    )


def _release(release: Mapping[str, Any]) -> Release:
    category = release.get("category")
    main, _, sub = (category or "1_0").partition("_")
    published = release.get("pubdate")
    return Release(
        title=release["title"],
        info_hash=InfoHash(release["info_hash"]) if release.get("info_hash") else None,
        indexer="",
        size=release.get("size"),
        seeders=release.get("seeders"),
        leechers=release.get("leechers"),
        downloads=release.get("downloads"),
        published_at=_time(published) if published else None,
        language=_LANGUAGES.get(sub, Language.UNKNOWN) if main == "1" else Language.UNKNOWN,
        is_anime_video=main == "1" and sub != "1",
        trusted=bool(release.get("trusted")),
        remake=bool(release.get("remake")),
    )


def _time(text: str) -> datetime:
    """Read a time; one without a zone is in UTC."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
