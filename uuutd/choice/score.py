"""Preferences among releases that break no rule, as tiers of points.

Each tier outweighs all below it together, so that the points of a release add up to a
score that never contradicts the order of the preferences.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import attrs

from ..domain import Reason, Release, Taste
from . import lexicon
from .facets import Facets
from .identity import Identity

JUDGE_LIMIT = 10
"""How many points one judge may give or take."""

_SEEDER_BANDS = (1, 5, 20, 50, 100, 200, 500, 1000, 5000)
_JUDGE_WEIGHT = len(_SEEDER_BANDS) + 1
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Contender:
    """A release that passed the rules, with what the judges gave it."""

    release: Release
    facets: Facets
    identity: Identity
    version: int = 1
    judged: tuple[Reason, ...] = ()


@attrs.frozen
class _Step:
    """A release's level in one tier that has so many steps, and the words for it."""

    level: int
    steps: int
    text: str


def reasons(contender: Contender, taste: Taste, judges: int) -> tuple[Reason, ...]:
    """Return the reasons whose points are the score; *judges* tells how many had a say."""
    found = [_seeders(contender.release)]
    found += [Reason(r.text, r.points * _JUDGE_WEIGHT) for r in reversed(contender.judged)]
    weight = _JUDGE_WEIGHT * (1 + 2 * JUDGE_LIMIT * judges)
    for step in reversed(list(_steps(contender, taste))):
        if step.text:
            found.append(Reason(step.text, step.level * weight))
        weight *= step.steps + 1
    return tuple(reversed(found))


def order(contender: Contender, taste: Taste) -> tuple[object, ...]:
    """Return the key by which contenders are sorted, the best one last."""
    release = contender.release
    return (
        *(step.level for step in _steps(contender, taste)),
        sum(reason.points for reason in contender.judged),
        release.seeders or 0,
        release.published_at or _LONG_AGO,
        *identity_key(release),
    )


def identity_key(release: Release) -> tuple[object, ...]:
    """Return what tells two releases apart, so that no order depends on the indexer's."""
    return (
        release.title,
        release.info_hash or "",
        release.indexer,
        release.torrent_url or "",
        release.page_url or "",
        release.language.value,
        release.is_anime_video,
        release.remake,
        release.trusted,
        *(_number(n) for n in (release.size, release.seeders, release.leechers)),
        _number(release.downloads),
        release.published_at or _LONG_AGO,
        release.trackers,
    )


def _number(value: int | None) -> int:
    return -1 if value is None else value


def _steps(contender: Contender, taste: Taste) -> Iterator[_Step]:
    """Yield the tiers above the judges' points, the most important one first."""
    release, facets = contender.release, contender.facets
    if taste.batch != "never":
        yield _scope(contender.identity)
    yield _resolution(facets.resolution, taste.resolutions)
    yield _group(facets, taste.groups)
    if taste.codec is not None:
        yield _codec(facets.codec, taste.codec)
    yield _Step(-1, 1, "a remake") if release.remake else _Step(0, 1, "")
    yield _Step(1, 1, "trusted") if release.trusted else _Step(0, 1, "")


def _scope(identity: Identity) -> _Step:
    if not identity.several:
        return _Step(2, 2, "just this episode")
    return _Step(1, 2, "just this show") if identity.exact else _Step(0, 2, "a bigger pack")


def _resolution(resolution: str | None, wanted: tuple[str, ...]) -> _Step:
    steps = len(wanted) + 1
    if resolution is None:
        return _Step(0, steps, "unknown resolution")
    if resolution not in wanted:
        return _Step(1, steps, resolution)
    return _Step(steps - wanted.index(resolution), steps, resolution)


def _group(facets: Facets, wanted: tuple[str, ...]) -> _Step:
    for index, name in enumerate(wanted):
        if name.strip().casefold() in facets.groups:
            return _Step(len(wanted) - index, len(wanted), name)
    return _Step(0, len(wanted), "")


def _codec(codec: str | None, wanted: str) -> _Step:
    plain = wanted.casefold().replace(".", "").replace("-", "")
    fits = codec is not None and codec == lexicon.CODECS.get(plain, plain)
    return _Step(1, 1, wanted) if fits else _Step(0, 1, "")


def _seeders(release: Release) -> Reason:
    seeders = release.seeders or 0
    band = sum(seeders >= least for least in _SEEDER_BANDS)
    return Reason("1 seeder" if seeders == 1 else f"{seeders} seeders", band)
