"""Invented shows, as many as a test wants."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import attrs

from uuutd.testing.anilist_world import Media, weekly
from uuutd.testing.swarm import SeededTorrent

_FIRST = {
    "Aoi": "Blue",
    "Shiroi": "White",
    "Kuroi": "Black",
    "Nagai": "Long",
    "Hikui": "Low",
    "Samui": "Cold",
    "Tooi": "Distant",
    "Marui": "Round",
    "Furui": "Old",
    "Shizukana": "Quiet",
}
_SECOND = {
    "Toudai": "Lighthouse",
    "Kissaten": "Coffee House",
    "Umibe": "Seaside",
    "Denwa": "Telephone",
    "Kagami": "Mirror",
    "Suisha": "Waterwheel",
    "Hashigo": "Ladder",
    "Kazaguruma": "Pinwheel",
    "Jinja": "Shrine",
    "Tonneru": "Tunnel",
}
_THIRD = {
    "Tonari": "Next Door",
    "Mukou": "on the Other Side",
    "Soba": "Nearby",
    "Ura": "at the Back",
    "Ue": "Above",
    "Shita": "Below",
    "Saki": "Ahead",
    "Aida": "in Between",
    "Naka": "Inside",
    "Mawari": "Around",
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
    for number, (third, second, first) in enumerate(product(_THIRD, _SECOND, _FIRST)):
        yield Media(
            id=first_id + 100 * number,
            romaji=f"{first} {second} no {third}",
            english=f"The {_FIRST[first]} {_SECOND[second]} {_THIRD[third]}",
            episodes=12,
            season_year=start.year,
            start_date=start.date(),
            airing=weekly(start, 12),
        )


def release_name(media: Media, episode: int = PROGRESS + 1, group: str = "Hoshi") -> str:
    """Return what a group would call an episode."""
    return f"[{group}] {media.romaji} - {episode:02} (1080p) [{media.id + episode:08X}].mkv"
