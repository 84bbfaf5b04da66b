"""What is said of a show's episodes: ready, on the disk, not aired, late."""

from datetime import UTC, datetime, timedelta

from ..domain import Entry, WorkId
from ..errors import NoRelease
from ..store import intents
from ..wire import EntryState, EpisodeReply, EpisodeState
from .torrents import Serving

LATE_AFTER = timedelta(hours=48)
"""How long after its airing an episode that cannot be found counts as late."""
LISTED_AHEAD = 3
"""How many episodes beyond the last known one are listed for a show without an end."""


def entry_state(entry: Entry, served: Serving | None, tried: intents.Outcome | None) -> EntryState:
    """Return what a show's card says: *served* and *tried* are of its next episode."""
    if entry.next_episode is None:
        return "done"
    if served is not None:
        return "on_disk" if served.finished else "downloading"
    if tried is not None and not tried.state.ended:
        return "downloading"
    if entry.has_aired(entry.next_episode) is False:
        return "unaired"
    if tried is not None and tried.code == NoRelease.code:
        return "late" if _is_late(entry, entry.next_episode) else "none"
    return "ready"


def _is_late(entry: Entry, episode: int) -> bool:
    """Whether an episode aired so long ago that it should be found; False if nobody knows."""
    if entry.work.finished:
        return True
    if entry.aired is None or episode < entry.aired:
        return entry.aired is not None
    # The last one that aired: as far as anybody knows a week before the next.
    aired_at = entry.airs_at - timedelta(weeks=1) if entry.airs_at else None
    return aired_at is not None and datetime.now(UTC) - aired_at > LATE_AFTER


def episodes_of(
    work: WorkId, entry: Entry, serving: dict[tuple[WorkId, int], Serving]
) -> tuple[EpisodeReply, ...]:
    """Return a show's episodes one by one, a few beyond the last one known."""
    last = entry.work.episodes or max(entry.progress, entry.aired or 0) + LISTED_AHEAD
    return tuple(
        _episode(entry, number, serving.get((work, number))) for number in range(1, last + 1)
    )


def _episode(entry: Entry, number: int, served: Serving | None) -> EpisodeReply:
    return EpisodeReply(
        number=number,
        aired=entry.has_aired(number),
        state=_episode_state(entry, number, served),
        airs_at=entry.airs_at if entry.aired is not None and number == entry.aired + 1 else None,
        torrent=served.link.info_hash if served else None,
    )


def _episode_state(entry: Entry, number: int, served: Serving | None) -> EpisodeState:
    if served is not None:
        return "on_disk" if served.finished else "downloading"
    if number <= entry.progress:
        return "watched"
    return "unaired" if entry.has_aired(number) is False else "ready"
