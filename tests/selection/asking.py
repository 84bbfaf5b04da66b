"""Short ways to want an episode and to ask whether a release may be taken for it."""

from datetime import UTC, date, datetime

import attrs

from uuutd.choice import pick_files, rank
from uuutd.domain import (
    Airing,
    EntryId,
    Format,
    Language,
    Relation,
    RelationKind,
    Release,
    Taste,
    Titles,
    TorrentFile,
    Wanted,
    Work,
)

GIB = 1024**3
LATE = datetime(2030, 1, 1, tzinfo=UTC)


def show(romaji, episodes=12, english=None, kind="TV", start=None, **more):
    """Describe a show."""
    titles = Titles(romaji=romaji, english=english, native=more.pop("native", None))
    return Work(
        id=EntryId(f"{romaji} {kind} {start}"),
        titles=titles,
        episodes=episodes,
        format=Format[kind],
        airing=Airing[more.pop("airing", "FINISHED")],
        start_date=date.fromisoformat(start) if start else None,
        **more,
    )


def want(episode, work, *prequels, **related):
    """Want an episode; *prequels* are the oldest last, *related* by kind: ``sequel=``."""
    others = tuple(
        Relation(RelationKind[kind.rstrip("_").upper()], other) for kind, other in related.items()
    )
    return Wanted(work=work, episode=episode, prequels=prequels, related=others)


def release(title, **more):
    """Offer a healthy release."""
    more = {
        "size": GIB,
        "seeders": 50,
        "language": Language.ENGLISH,
        "published_at": LATE,
        "indexer": "test",
    } | more
    return Release(title=title, info_hash=None, **more)


def verdict(wanted, title, taste=None, **more):
    """Judge a single release."""
    return rank(wanted, [release(title, **more)], taste or Taste()).verdicts[0]


def fits(wanted, title, taste=None, **more):
    """Say whether it may be taken; what it breaks, if it may not, must have been said."""
    found = verdict(wanted, title, taste, **more)
    assert found.fits or all(each.text for each in found.rejections)
    return found.fits


def chosen(wanted, titles, taste=None):
    """Choose among healthy releases; those who come first have the most seeders."""
    offers = [release(title, seeders=1000 - n) for n, title in enumerate(titles)]
    best = rank(wanted, offers, taste or Taste()).best
    return None if best is None else best.release.title


def files(wanted, paths, name=""):
    """Return the paths of those files that hold the wanted episode."""
    listed = [TorrentFile(index=n, path=path, size=GIB) for n, path in enumerate(paths)]
    return [paths[n] for n in pick_files(wanted, listed, name)]


def other_episode(wanted, episode):
    """Want another episode of the same show."""
    return attrs.evolve(wanted, episode=episode)
