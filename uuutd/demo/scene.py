"""What the demo plays with: invented shows, and releases with generated content.

Nothing in the product knows these names; another scene works as well, and a test
plays one.
"""

from datetime import UTC, date, datetime, timedelta

import attrs

from ..testing.anilist_world import Media, weekly

MIB = 1 << 20


@attrs.frozen(kw_only=True)
class Offer:
    """A release on the indexer.

    Only one with *content* (in bytes) has a file that can be downloaded; *size* is what
    the indexer says, the content's size if left out.
    """

    title: str
    seeders: int
    content: int = 0
    size: int | None = None
    category: str = "1_2"
    trusted: bool = False


@attrs.frozen(kw_only=True)
class Listed:
    """A show on the user's watchlist and how far they are; *prequel* is the season before."""

    media: Media
    progress: int
    prequel: Media | None = None


@attrs.frozen(kw_only=True)
class Scene:
    """A watchlist, what the indexer offers, and the show whose next episode is fetched."""

    user: str
    listed: tuple[Listed, ...]
    offers: tuple[Offer, ...]
    get: Media


def default_scene(now: datetime | None = None) -> Scene:
    """Return the demo's own scene: a second season, which some groups count on from the first."""
    now = now or datetime.now(UTC)
    first = Media(
        id=900001,
        romaji="Hoshizora no Yuubinkyoku",
        english="The Starlit Post Office",
        native="星空の郵便局",
        episodes=12,
        season_year=now.year - 1,
        start_date=date(now.year - 1, 4, 3),
    )
    second = Media(
        id=900002,
        romaji="Hoshizora no Yuubinkyoku 2nd Season",
        english="The Starlit Post Office Season 2",
        native="星空の郵便局 第2期",
        episodes=12,
        season_year=now.year,
        airing=weekly(now - timedelta(weeks=4, hours=6), 12),
        start_date=(now - timedelta(weeks=4, hours=6)).date(),
    )
    diner = Media(
        id=900003,
        romaji="Kaitei Shokudou",
        english="Diner on the Sea Floor",
        native="海底食堂",
        episodes=13,
        season_year=now.year,
        airing=weekly(now - timedelta(weeks=2, days=5), 13),
        start_date=(now - timedelta(weeks=2, days=5)).date(),
    )
    clock = Media(
        id=900004,
        romaji="Tokei-jikake no Neko",
        english="Clockwork Cat",
        native="時計仕掛けの猫",
        episodes=24,
        season_year=now.year - 2,
        start_date=date(now.year - 2, 10, 1),
    )
    return Scene(
        user="mika",
        listed=(
            Listed(media=second, progress=3, prequel=first),
            Listed(media=diner, progress=2),
            Listed(media=clock, progress=24),
        ),
        offers=_offers(),
        get=second,
    )


def _offers() -> tuple[Offer, ...]:
    return (
        Offer(
            title="[Kagami] Hoshizora no Yuubinkyoku S2 - 04 (1080p) [5D0E91C2].mkv",
            seeders=212,
            content=64 * MIB,
            trusted=True,
        ),
        Offer(
            title="[Kagami] Hoshizora no Yuubinkyoku S2 - 05 (1080p) [E2C40B17].mkv",
            seeders=180,
            content=96 * MIB,
            trusted=True,
        ),
        Offer(
            title="[Lantern] Kaitei Shokudou - 03 [1080p][Multiple Subtitle].mkv",
            seeders=57,
            content=48 * MIB,
        ),
        Offer(
            title="[Kagami] Hoshizora no Yuubinkyoku S2 - 04 (720p) [77A1B0F3].mkv",
            seeders=90,
            size=420 * MIB,
            trusted=True,
        ),
        Offer(
            title="[Lantern] Hoshizora no Yuubinkyoku - 16 [1080p][Multiple Subtitle].mkv",
            seeders=64,
            size=900 * MIB,
        ),
        Offer(
            title="[Kagami] Hoshizora no Yuubinkyoku - 04 (1080p) [0BB8E6D1].mkv",
            seeders=388,
            size=800 * MIB,
            trusted=True,
        ),
        Offer(
            title="[Kagami] Hoshizora no Yuubinkyoku S2 - 03 (1080p) [9C3E55AA].mkv",
            seeders=301,
            size=810 * MIB,
            trusted=True,
        ),
        Offer(
            title="[Lantern] The Starlit Post Office Season 2 (01-04) [1080p][Batch]",
            seeders=150,
            size=3_600 * MIB,
        ),
        Offer(
            title="[Raws-4U] Hoshizora no Yuubinkyoku 2nd Season - 04 RAW (1920x1080 x264 AAC).mp4",
            seeders=41,
            size=700 * MIB,
        ),
        Offer(
            title="[Mori] Hoshizora no Yuubinkyoku S2 - 04 (1080p).mkv",
            seeders=0,
            size=780 * MIB,
        ),
    )
