"""What libtorrent says of a torrent, in our words."""

import math
from datetime import UTC, datetime
from pathlib import PurePath

import attrs
import libtorrent as lt

from uuutd.domain import Limits, Torrent, TorrentState
from uuutd.text import clean

from .known import Known

STALL = 20.0
"""Seconds without a byte after which a download counts as stalled."""

_States = lt.torrent_status.states
_CHECKING = frozenset(
    {_States.checking_files, _States.checking_resume_data, _States.queued_for_checking}
)
_COMPLETE = frozenset({_States.finished, _States.seeding})
_ALMOST = 0.999


def torrent_now(known: Known, now: float) -> Torrent:
    """Describe the torrent by its last status; *now* is the loop's time."""
    status = known.status
    if status is None:
        return _unheard_of(known)
    state = _state(known, status, now)
    downloading = state is TorrentState.DOWNLOADING
    missing = status.total_wanted - status.total_wanted_done
    # The rate is a mean that fades: of a torrent that has everything it tells the past.
    rate = 0 if _complete(known, status) else status.download_payload_rate
    received = status.all_time_download or status.total_wanted_done
    return Torrent(
        info_hash=known.info_hash,
        name=_name(known, status),
        state=state,
        progress=_progress(known, status),
        size=status.total_wanted,
        done_bytes=status.total_wanted_done,
        down_rate=rate,
        up_rate=status.upload_payload_rate,
        uploaded=status.all_time_upload,
        eta=-(-missing // rate) if downloading and rate > 0 else None,
        seeders=status.num_seeds,
        leechers=max(status.num_peers - status.num_seeds, 0),
        ratio=round(status.all_time_upload / received, 3) if received else 0.0,
        added_at=_time(status.added_time),
        completed_at=_time(status.completed_time) if _complete(known, status) else None,
        save_path=known.save_path,
        content=_content(known),
        label=known.label or None,
        error=_error(known, status),
        private=known.layout is not None and known.layout.private,
        limits=Limits(_limit(status.download_limit), _limit(status.upload_limit)),
    )


def _unheard_of(known: Known) -> Torrent:
    if known.problem is None:
        return known.shown
    return attrs.evolve(known.shown, state=TorrentState.ERROR, error=known.problem)


def _name(known: Known, status: lt.torrent_status) -> str:
    name = status.name if status.has_metadata else known.name
    return clean(name, 255) or known.info_hash


def _content(known: Known) -> str | None:
    if known.layout is None or known.layout.top is None:
        return None
    return str(PurePath(known.save_path, known.layout.top))


def _error(known: Known, status: lt.torrent_status) -> str | None:
    """Say why the torrent cannot go on; None if it can."""
    if known.problem is not None:
        return known.problem
    if status.errc.value():
        return known.complaint or clean(status.errc.message())
    if status.flags & lt.torrent_flags.upload_mode:
        return known.complaint or "the disk cannot be written"
    return None


def _state(known: Known, status: lt.torrent_status, now: float) -> TorrentState:
    if _error(known, status) is not None:
        return TorrentState.ERROR
    if status.flags & lt.torrent_flags.paused:
        return TorrentState.PAUSED
    if status.state == _States.queued_for_checking:
        return TorrentState.QUEUED
    if status.state in _CHECKING:
        return TorrentState.CHECKING
    if status.state == _States.downloading_metadata:
        return TorrentState.METADATA
    if _complete(known, status):
        return TorrentState.SEEDING
    idle = status.download_payload_rate == 0 and now - known.moved_at > STALL
    return TorrentState.STALLED if idle else TorrentState.DOWNLOADING


def _complete(known: Known, status: lt.torrent_status) -> bool:
    """Say whether all that is wanted is on the disk.

    libtorrent also calls finished what has all it was told to want so far: before it has
    been told everything that does not count.
    """
    if not (status.is_finished and status.has_metadata and known.flushed):
        return False
    return status.total_wanted >= _wanted_size(known)


def _wanted_size(known: Known) -> float:
    """Return the size of the wanted files; infinite while nobody knows them."""
    if known.wanted is None:
        return 0
    if known.layout is None:
        return math.inf
    return sum(known.layout.sizes[index] for index in known.wanted)


def _progress(known: Known, status: lt.torrent_status) -> float:
    """Return how much of what is wanted is there: 1 means that all of it is checked and stored."""
    if _complete(known, status):
        return 1.0
    if not status.total_wanted:
        return 0.0
    return min(status.total_wanted_done / status.total_wanted, _ALMOST)


def _limit(rate: int) -> int | None:
    return rate if rate > 0 else None


def _time(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
