"""For how long downloads have not moved, as far as anybody looked."""

from collections.abc import Mapping

import attrs

from ..config import Stalled
from ..domain import InfoHash, Torrent, TorrentState

ACTIVE = frozenset({TorrentState.METADATA, TorrentState.DOWNLOADING, TorrentState.STALLED})
"""What a torrent does that should move: not what waits its turn, is paused or in error."""
LONGEST_GAP = 120.0
"""Of a longer time between two looks, in seconds, no more counts: nobody knows what was then."""


@attrs.frozen
class _Watch:
    """How a torrent was at the last look, and for how many seconds it has been so before."""

    row: Torrent
    nameless: float = 0.0
    alone: float = 0.0
    still: float = 0.0


class Idleness:
    """Counts, for one client, the time in which its downloads were seen not to move.

    The clock of the machine has no part in it, and neither has time in which the client or
    the daemon was down.  A daemon that starts counts anew.
    """

    def __init__(self, settings: Stalled) -> None:
        self._settings = settings
        self._watched: dict[InfoHash, _Watch] = {}
        self._looked: float | None = None

    def look(self, rows: Mapping[InfoHash, Torrent], now: float) -> frozenset[InfoHash]:
        """Take note of how everything is; return what has moved since the last look."""
        passed = 0.0 if self._looked is None else min(now - self._looked, LONGEST_GAP)
        self._looked = now
        before, moved = self._watched, set()
        self._watched = {}
        for info_hash, row in rows.items():
            known = before.get(info_hash)
            if known is not None and row.done_bytes > known.row.done_bytes:
                moved.add(info_hash)
            if row.state in ACTIVE:
                self._watched[info_hash] = _later(known, row, passed) if known else _Watch(row)
        return frozenset(moved)

    def interrupt(self) -> None:
        """Count nothing until the next look."""
        self._looked = None

    def forget(self, info_hash: InfoHash) -> None:
        """Count a torrent from now on."""
        if watch := self._watched.get(info_hash):
            self._watched[info_hash] = _Watch(watch.row)

    def overdue(self) -> dict[InfoHash, str]:
        """Return what has not moved for too long, with the reason for people."""
        found = {}
        for info_hash, watch in self._watched.items():
            for seconds, minutes, text in (
                (watch.nameless, self._settings.metadata_minutes, "no metadata"),
                (watch.alone, self._settings.no_seeders_minutes, "no seeder and not a byte"),
                (watch.still, self._settings.no_progress_minutes, "not a byte"),
            ):
                if minutes and seconds >= 60 * minutes:
                    found[info_hash] = f"{text} for {_words(minutes)}"
                    break
        return found


def _later(known: _Watch, row: Torrent, passed: float) -> _Watch:
    nameless = row.state is TorrentState.METADATA
    if (known.row.state is TorrentState.METADATA) != nameless:
        return _Watch(row)
    if nameless:
        return _Watch(row, nameless=known.nameless + passed)
    if (row.done_bytes, row.progress) != (known.row.done_bytes, known.row.progress):
        return _Watch(row)
    alone = not (row.seeders or row.down_rate)
    return _Watch(row, alone=known.alone + passed if alone else 0.0, still=known.still + passed)


def _words(minutes: float) -> str:
    if minutes >= 120:
        return f"{minutes / 60:.3g} hours"
    return f"{minutes:.3g} minutes" if minutes >= 1 else f"{60 * minutes:.3g} seconds"
