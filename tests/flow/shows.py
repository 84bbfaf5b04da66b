"""Invented shows, as many as a test wants."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import attrs

from uuutd.testing.anilist_world import Media, weekly
from uuutd.testing.swarm import SeededTorrent

_FIRST = ("Aoi", "Shiroi", "Kuroi", "Nagai", "Hikui", "Samui", "Tooi", "Marui")
_SECOND = ("Toudai", "Kissaten", "Umibe", "Denwa", "Kagami", "Suisha", "Hashigo", "Kazaguruma")
_ENGLISH = {
    "Aoi": "Blue",
    "Shiroi": "White",
    "Kuroi": "Black",
    "Nagai": "Long",
    "Hikui": "Low",
    "Samui": "Cold",
    "Tooi": "Distant",
    "Marui": "Round",
    "Toudai": "Lighthouse",
    "Kissaten": "Coffee House",
    "Umibe": "Seaside",
    "Denwa": "Telephone",
    "Kagami": "Mirror",
    "Suisha": "Waterwheel",
    "Hashigo": "Ladder",
    "Kazaguruma": "Pinwheel",
}
PROGRESS = 2
"""How far everybody is with every show: the next one is episode 3."""


@attrs.frozen(kw_only=True)
class Show:
    """A show with a release of its next episode, which the swarm seeds."""

    media: Media
    release: str
    torrent: SeededTorrent

    @property
    def entry(self) -> str:
        """Its id on a watchlist."""
        return str(self.media.id)

    @property
    def info_hash(self) -> str:
        return str(self.torrent.info_hash)


def invented(first_id: int = 410001) -> Iterator[Media]:
    """Yield shows of which five episodes have aired."""
    start = datetime.now(UTC) - timedelta(weeks=4, hours=6)
    for number, (second, first) in enumerate(product(_SECOND, _FIRST)):
        yield Media(
            id=first_id + number,
            romaji=f"{first} {second}",
            english=f"The {_ENGLISH[first]} {_ENGLISH[second]}",
            episodes=12,
            season_year=start.year,
            start_date=start.date(),
            airing=weekly(start, 12),
        )


def release_name(media: Media, episode: int = PROGRESS + 1, group: str = "Hoshi") -> str:
    """Return what a group would call an episode."""
    return f"[{group}] {media.romaji} - {episode:02} (1080p) [{media.id + episode:08X}].mkv"
