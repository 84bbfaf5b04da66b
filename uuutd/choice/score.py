"""Preferences among releases that break no rule, as tiers of points.

Each tier outweighs all below it together, so that the points of a release add up to a
score that never contradicts the order of the preferences.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from ..domain import Reason, Release, Taste
from . import lexicon
from .facets import Facets, groups_of
from .identity import Identity

JUDGE_LIMIT = 10
"""How many points one judge may give or take."""

_SEEDER_BANDS = (1, 5, 20, 50, 100, 200, 500, 1000, 5000)
_JUDGE_WEIGHT = len(_SEEDER_BANDS) + 1
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Contender(NamedTuple):
    """A release that passed the rules, with what the judges gave it."""

    release: Release
    facets: Facets
    identity: Identity
    version: int = 1
    judged: tuple[Reason, ...] = ()


class Standing(NamedTuple):
    """Where a release stands: *points* of the tiers above the judges', and all *reasons*.

    The points of the reasons are the score.
    """

    points: int
    reasons: tuple[Reason, ...]


class Scale:
    """A taste, worked out: what each level of each tier is worth if so many judges have a say."""

    def __init__(self, taste: Taste, judges: int) -> None:
        resolutions, groups = taste.resolutions, taste.groups
        trusted = _JUDGE_WEIGHT * (1 + 2 * JUDGE_LIMIT * judges)
        remake = trusted * 2
        codec = remake * 2
        group = codec * (1 if taste.codec is None else 2)
        earlier = group * (len(groups) + 1)
        resolution = earlier * (1 if taste.earlier_group is None else 2)
        scope = resolution * (len(resolutions) + 2)
        self._trusted = Reason("trusted", trusted)
        self._remake = Reason("a remake", -remake)
        self._wanted_codec = None if taste.codec is None else _plain_codec(taste.codec)
        self._codec = Reason(taste.codec or "", codec)
        self._earlier_names = groups_of(taste.earlier_group)
        self._earlier = Reason("the group of your earlier episodes", earlier)
        self._groups = [
            (name.strip().casefold(), Reason(name, level * group))
            for level, name in zip(range(len(groups), 0, -1), groups, strict=True)
        ]
        self._resolutions = {
            name: Reason(name, level * resolution)
            for level, name in zip(
                range(2, len(resolutions) + 2), reversed(resolutions), strict=True
            )
        }
        self._unlisted = resolution
        self._unknown = Reason("unknown resolution", 0)
        self._scopes = taste.batch != "never"
        self._single = Reason("just this episode", 2 * scope)
        self._exact = Reason("just this show", scope)
        self._bigger = Reason("a bigger pack", 0)

    def standing(self, contender: Contender) -> Standing:
        """Weigh a release in every tier."""
        reasons = list(self._tiers(contender.release, contender.facets, contender.identity))
        points = sum([reason.points for reason in reasons])
        reasons += [Reason(r.text, r.points * _JUDGE_WEIGHT) for r in contender.judged]
        reasons.append(_seeders(contender.release.seeders or 0))
        return Standing(points, tuple(reasons))

    def _tiers(self, release: Release, facets: Facets, identity: Identity) -> Iterator[Reason]:
        """Yield what the tiers above the judges' points give, the most important one first."""
        if self._scopes:
            yield self._scope(identity)
        yield self._resolution(facets.resolution)
        if (self._groups or self._earlier_names) and facets.group is not None:
            names = facets.groups
            if not names.isdisjoint(self._earlier_names):
                yield self._earlier
            yield from [reason for name, reason in self._groups if name in names][:1]
        if self._wanted_codec is not None and facets.codec == self._wanted_codec:
            yield self._codec
        if release.remake:
            yield self._remake
        if release.trusted:
            yield self._trusted

    def _scope(self, identity: Identity) -> Reason:
        if not identity.several:
            return self._single
        return self._exact if identity.exact else self._bigger

    def _resolution(self, resolution: str | None) -> Reason:
        if resolution is None:
            return self._unknown
        return self._resolutions.get(resolution) or Reason(resolution, self._unlisted)


@lru_cache(maxsize=32)
def scale(taste: Taste, judges: int) -> Scale:
    """Return the scale of a taste; *judges* tells how many have a say."""
    return Scale(taste, judges)


def order(contender: Contender, points: int) -> tuple[object, ...]:
    """Return the key by which contenders with these *points* are sorted, the best one last."""
    release = contender.release
    return (
        points,
        sum([reason.points for reason in contender.judged]),
        release.seeders or 0,
        release.published_at or _LONG_AGO,
    )


def identity_key(release: Release) -> tuple[object, ...]:
    """Return what tells two releases apart, so that no order depends on the indexer's.

    Last comes what is not kept of a search, as it may hold a passkey: without it the rest has
    to decide as it did.
    """
    return (
        release.title,
        release.info_hash or "",
        release.indexer,
        release.page_url or "",
        release.language.value,
        release.is_anime_video,
        release.remake,
        release.trusted,
        *(_number(n) for n in (release.size, release.seeders, release.leechers)),
        _number(release.downloads),
        release.published_at or _LONG_AGO,
        release.trackers,
        release.torrent_url or "",
    )


def _number(value: int | None) -> int:
    return -1 if value is None else value


def _plain_codec(codec: str) -> str:
    plain = codec.casefold().replace(".", "").replace("-", "")
    return lexicon.CODECS.get(plain, plain)


@lru_cache(maxsize=1024)
def _seeders(seeders: int) -> Reason:
    return Reason(
        "1 seeder" if seeders == 1 else f"{seeders} seeders",
        bisect_right(_SEEDER_BANDS, seeders),
    )
