"""From what qBittorrent says of a torrent to the words of the trade.

The keys and states are those of the Web API's ``torrents/info``, of qBittorrent 4.5 to
5.3; 5.0 renamed ``paused*`` to ``stopped*``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from uuutd.domain import InfoHash, Torrent, TorrentFile, TorrentState
from uuutd.text import clean

from .details import limits_of

_STATES = {
    "error": TorrentState.ERROR,
    "missingFiles": TorrentState.ERROR,
    "uploading": TorrentState.SEEDING,
    "forcedUP": TorrentState.SEEDING,
    "stalledUP": TorrentState.SEEDING,
    "queuedUP": TorrentState.SEEDING,
    "pausedUP": TorrentState.PAUSED,
    "stoppedUP": TorrentState.PAUSED,
    "checkingUP": TorrentState.CHECKING,
    "checkingDL": TorrentState.CHECKING,
    "checkingResumeData": TorrentState.CHECKING,
    "allocating": TorrentState.CHECKING,
    "moving": TorrentState.CHECKING,
    "metaDL": TorrentState.METADATA,
    "forcedMetaDL": TorrentState.METADATA,
    "pausedDL": TorrentState.PAUSED,
    "stoppedDL": TorrentState.PAUSED,
    "queuedDL": TorrentState.QUEUED,
    "stalledDL": TorrentState.STALLED,
    "downloading": TorrentState.DOWNLOADING,
    "forcedDL": TorrentState.DOWNLOADING,
}
_ERRORS = {
    "error": "qBittorrent stopped it; its log says why (a full disk, an unwritable folder)",
    "missingFiles": "the files are gone from the disk; check the torrent again or remove it",
}
_NO_ETA = 8_640_000
"""What qBittorrent says when it does not know: a hundred days in seconds."""

Row = Mapping[str, Any]


def canonical(row: Row) -> InfoHash:
    """Return the info hash of a row: v1 where there is one, for hybrid torrents too.

    ``hash`` is qBittorrent's own id: for a v2 torrent the hash cut to 40 digits.
    """
    return InfoHash(row.get("infohash_v1") or row.get("infohash_v2") or row["hash"])


def torrent(row: Row) -> Torrent:
    """Return what a row says."""
    state = _STATES.get(str(row.get("state")), TorrentState.QUEUED)
    tags = [tag.strip() for tag in str(row.get("tags", "")).split(",")]
    eta = int(row.get("eta", _NO_ETA))
    downloading = state is TorrentState.DOWNLOADING
    return Torrent(
        info_hash=canonical(row),
        name=_name(row),
        state=state,
        progress=float(row.get("progress", 0.0)),
        size=max(int(row.get("size", 0)), 0),
        done_bytes=max(int(row.get("completed", 0)), 0),
        down_rate=int(row.get("dlspeed", 0)),
        up_rate=int(row.get("upspeed", 0)),
        uploaded=int(row.get("uploaded", 0)),
        eta=eta if downloading and 0 <= eta < _NO_ETA else None,
        seeders=int(row.get("num_seeds", 0)),
        leechers=int(row.get("num_leechs", 0)),
        ratio=max(float(row.get("ratio", 0.0)), 0.0),
        added_at=_when(row.get("added_on")),
        completed_at=_when(row.get("completion_on")),
        save_path=str(row.get("save_path", "")) or None,
        content=str(row.get("content_path", "")) or None,
        label=next((tag for tag in tags if tag), None),
        error=_ERRORS.get(str(row.get("state"))),
        private=row.get("private") is True,
        limits=limits_of(row.get("dl_limit"), row.get("up_limit")),
    )


def _name(row: Row) -> str:
    """Return what a torrent is called; what had no name but its hash goes by its files' name.

    qBittorrent keeps showing what a magnet called the torrent, even if that was its hash.
    """
    name = clean(str(row.get("name", "")))
    hashes = (row.get("infohash_v1"), row.get("infohash_v2"), row.get("hash"))
    content = PurePosixPath(str(row.get("content_path") or ""))
    if name in hashes and content != PurePosixPath(str(row.get("save_path", ""))):
        return clean(content.name) or name
    return name


def torrent_file(row: Row, position: int) -> TorrentFile:
    """Return what a row of ``torrents/files`` says; *position* serves where it has no index."""
    size = int(row["size"])
    return TorrentFile(
        index=int(row.get("index", position)),
        path=str(row["name"]).replace("\\", "/"),
        size=size,
        done_bytes=round(size * float(row.get("progress", 0.0))),
        wanted=int(row.get("priority", 1)) > 0,
    )


def _when(seconds: object) -> datetime | None:
    """Return a moment; qBittorrent writes 0, -1 or 2^32 - 1 for never."""
    if not isinstance(seconds, int) or not 0 < seconds < 2**32 - 1:
        return None
    return datetime.fromtimestamp(seconds, UTC)
