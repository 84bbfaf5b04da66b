"""From what Transmission says of a torrent to the words of the trade.

The keys and numbers are those of ``torrent-get``, which 3.00 (RPC 16) and 4.x (RPC 17 to
19) share.  Only what is named here is asked for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from uuutd.domain import (
    InfoHash,
    Limits,
    Peer,
    Torrent,
    TorrentFile,
    TorrentState,
    Tracker,
    TrackerState,
)
from uuutd.text import clean

LISTED = (
    "addedDate",
    "doneDate",
    "downloadDir",
    "downloadLimit",
    "downloadLimited",
    "error",
    "errorString",
    "eta",
    "hashString",
    "id",
    "isPrivate",
    "labels",
    "leftUntilDone",
    "metadataPercentComplete",
    "name",
    "peersConnected",
    "peersSendingToUs",
    "percentDone",
    "rateDownload",
    "rateUpload",
    "sizeWhenDone",
    "status",
    "uploadLimit",
    "uploadLimited",
    "uploadRatio",
    "uploadedEver",
)
"""What `torrent` reads; sizes and progress are those of the wanted files alone."""
FILES = ("files", "fileStats")
TRACKERS = ("trackerStats",)
PEERS = ("peers",)

SPEED_UNIT = 1000
"""Bytes in what Transmission counts rates in: ``speed-bytes`` in the ``units`` of all versions."""

_STOPPED, _DOWNLOADING = 0, 4
_STATES = {
    _STOPPED: TorrentState.PAUSED,
    1: TorrentState.CHECKING,  # waits for it
    2: TorrentState.CHECKING,
    3: TorrentState.QUEUED,
    _DOWNLOADING: TorrentState.DOWNLOADING,
    5: TorrentState.SEEDING,  # waits for it
    6: TorrentState.SEEDING,
}
_LOCAL_ERROR = 3
"""``error`` on our side of the wire; 1 and 2 are a tracker's, without which it goes on."""

_ANNOUNCES_OFF, _ANNOUNCES_NOW = 0, 3

Row = Mapping[str, Any]


def info_hash(row: Row) -> InfoHash:
    """Return the info hash of a row: of a hybrid torrent the v1 one."""
    return InfoHash(str(row["hashString"]).lower())


def torrent(row: Row) -> Torrent:
    """Return what a row says.

    Transmission tells how many peers it has, and how many of them send: those count as
    seeders, and the others as leechers.
    """
    state = _state(row)
    size = max(int(row.get("sizeWhenDone", 0)), 0)
    eta = int(row.get("eta", -1))
    sending = int(row.get("peersSendingToUs", 0))
    return Torrent(
        info_hash=info_hash(row),
        name=clean(str(row.get("name", ""))),
        state=state,
        progress=min(max(float(row.get("percentDone", 0.0)), 0.0), 1.0),
        size=size,
        done_bytes=max(size - int(row.get("leftUntilDone", 0)), 0),
        down_rate=int(row.get("rateDownload", 0)),
        up_rate=int(row.get("rateUpload", 0)),
        uploaded=int(row.get("uploadedEver", 0)),
        eta=eta if state is TorrentState.DOWNLOADING and eta >= 0 else None,
        seeders=sending,
        leechers=max(int(row.get("peersConnected", 0)) - sending, 0),
        ratio=max(float(row.get("uploadRatio", 0.0)), 0.0),
        added_at=_when(row.get("addedDate")),
        completed_at=_when(row.get("doneDate")),
        save_path=str(row.get("downloadDir", "")) or None,
        content=_content(row),
        label=next((str(label) for label in row.get("labels") or ()), None),
        error=_error(row) if state is TorrentState.ERROR else None,
        private=bool(row.get("isPrivate", False)),
        limits=Limits(
            down=limit(row, "downloadLimited", "downloadLimit"),
            up=limit(row, "uploadLimited", "uploadLimit"),
        ),
    )


def _content(row: Row) -> str | None:
    """Return the path of what there is: with its metadata a torrent is called like its files."""
    folder, name = str(row.get("downloadDir", "")), str(row.get("name", ""))
    if not (folder and name) or float(row.get("metadataPercentComplete", 0.0)) < 1.0:
        return None
    return None if "/" in name or name in (".", "..") else f"{folder.rstrip('/')}/{name}"


def _state(row: Row) -> TorrentState:
    state = _STATES.get(int(row.get("status", _STOPPED)), TorrentState.QUEUED)
    if state is TorrentState.CHECKING:
        return state
    if row.get("error") == _LOCAL_ERROR:
        return TorrentState.ERROR
    if state is TorrentState.DOWNLOADING:
        if float(row.get("metadataPercentComplete", 1.0)) < 1.0:
            return TorrentState.METADATA
        if not int(row.get("rateDownload", 0)):
            return TorrentState.STALLED
    return state


def _error(row: Row) -> str:
    why = clean(str(row.get("errorString", "")))
    return f"Transmission stopped it: {why or 'it does not say why'}"


def limit(row: Row, limited: str, most: str) -> int | None:
    """Return a limit in bytes per second, which holds only if another field says so."""
    return max(int(row.get(most, 0)) * SPEED_UNIT, 1) if row.get(limited) else None


def in_units(rate: int) -> int:
    """Return a limit as Transmission counts it: not more, but never nothing at all."""
    return max(rate // SPEED_UNIT, 1)


def files(row: Row) -> list[TorrentFile]:
    """Return the files of a row with `FILES`."""
    return [
        TorrentFile(
            index=index,
            path=str(file["name"]),
            size=int(file["length"]),
            done_bytes=int(stats["bytesCompleted"]),
            wanted=bool(stats["wanted"]),
        )
        for index, (file, stats) in enumerate(zip(row["files"], row["fileStats"], strict=True))
    ]


def tracker(row: Row) -> Tracker:
    """Return what an item of ``trackerStats`` says."""
    said = clean(str(row.get("lastAnnounceResult", "")))
    return Tracker(
        url=str(row["announce"]),
        state=_tracker_state(row),
        message=None if said in ("", "Success") else said,
        seeders=_count(row.get("seederCount")),
        leechers=_count(row.get("leecherCount")),
    )


def _tracker_state(row: Row) -> TrackerState:
    announces = row.get("announceState")
    if announces == _ANNOUNCES_NOW:
        return TrackerState.UPDATING
    if row.get("hasAnnounced") and not row.get("lastAnnounceSucceeded"):
        return TrackerState.ERROR
    if announces == _ANNOUNCES_OFF:
        return TrackerState.OFF
    return TrackerState.WORKING if row.get("hasAnnounced") else TrackerState.WAITING


def _count(number: object) -> int | None:
    """Return a count of peers; Transmission writes -1 where the tracker says nothing."""
    return number if isinstance(number, int) and number >= 0 else None


def peer(row: Row) -> Peer:
    """Return what an item of ``peers`` says."""
    host = str(row["address"])
    return Peer(
        address=f"{f'[{host}]' if ':' in host else host}:{int(row['port'])}",
        client=clean(str(row.get("clientName", ""))),
        progress=min(max(float(row.get("progress", 0.0)), 0.0), 1.0),
        down_rate=int(row.get("rateToClient", 0)),
        up_rate=int(row.get("rateToPeer", 0)),
    )


def _when(seconds: object) -> datetime | None:
    """Return a moment; Transmission writes 0 or -1 for never."""
    if not isinstance(seconds, int) or not 0 < seconds < 2**32:
        return None
    return datetime.fromtimestamp(seconds, UTC)
