"""Whether somebody made their release of an episode anew: v2, v3, a repack."""

from collections.abc import Iterable

import attrs

from ..choice.family import family_of
from ..choice.rules import examine
from ..domain import Release, Taste, Wanted


@attrs.frozen
class Made:
    """What the name of a release says of who made what, and which try it is.

    *holds* is what it holds, of the show and of others.
    """

    group: str | None
    resolution: str | None
    codec: str | None
    version: int
    holds: tuple[object, ...]


def read_made(release: Release, wanted: Wanted, taste: Taste) -> Made | None:
    """Read the name of a release; None if it is not one of the wanted episode's show."""
    candidate = examine(release, wanted, family_of(wanted), taste)
    if candidate.reading is None or wanted.episode not in candidate.identity.numbers:
        return None
    facets, identity = candidate.reading.facets, candidate.identity
    return Made(
        group=facets.group,
        resolution=facets.resolution,
        codec=facets.codec,
        version=candidate.reading.found.version,
        holds=(identity.numbers, identity.held, identity.several),
    )


def named(title: str) -> Release:
    """Return a release of which nothing but the name is known."""
    return Release(title=title, info_hash=None, indexer="")


def newer_than(
    title: str, releases: Iterable[Release], wanted: Wanted, taste: Taste
) -> Release | None:
    """Return the best of *releases* that repairs the one called *title*; None if none does.

    It holds the same episodes, is made by the same group, in the same or a better liked
    resolution, and its version is higher: another group's v2 repairs nothing.  *releases*
    are those that break no rule, the best first; one in the same codec comes before them.
    """
    held = read_made(named(title), wanted, taste)
    if held is None:
        return None
    repairs: list[tuple[bool, Release]] = []
    for release in releases:
        made = read_made(release, wanted, taste)
        if made is not None and _repairs(made, held, taste):
            repairs.append((made.codec != held.codec, release))
    return min(repairs, key=lambda repair: repair[0])[1] if repairs else None


def _repairs(new: Made, held: Made, taste: Taste) -> bool:
    if new.group is None or held.group is None:
        return False
    return (
        new.group.casefold() == held.group.casefold()
        and new.version > held.version
        and new.holds == held.holds
        and (
            new.resolution == held.resolution
            or _liking(new.resolution, taste) > _liking(held.resolution, taste)
        )
    )


def _liking(resolution: str | None, taste: Taste) -> int:
    """Return how well a resolution is liked: those not listed alike, and an unknown one least."""
    if resolution is None:
        return 0
    if resolution in taste.resolutions:
        return 1 + len(taste.resolutions) - taste.resolutions.index(resolution)
    return 1
