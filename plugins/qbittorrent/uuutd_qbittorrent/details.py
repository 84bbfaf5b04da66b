"""Limits, trackers and peers, from what qBittorrent says to the words of the trade.

The keys are those of ``torrents/trackers`` and ``sync/torrentPeers``, of qBittorrent 4.5
to 5.3.
"""

from collections.abc import Mapping
from typing import Any

from uuutd.domain import Limits, Peer, Tracker, TrackerState
from uuutd.text import clean

_STATES = {
    0: TrackerState.OFF,
    1: TrackerState.WAITING,
    2: TrackerState.WORKING,
    3: TrackerState.UPDATING,
    4: TrackerState.ERROR,
    5: TrackerState.ERROR,
    6: TrackerState.ERROR,
}
"""5.0 divided "not working" (4) into the tracker's own error (5) and no answer (6)."""
_UNIT = 1024


def limits_of(down: object, up: object) -> Limits:
    """Return limits in bytes per second; 0 and less stand for none."""
    return Limits(*(each if isinstance(each, int) and each > 0 else None for each in (down, up)))


def whole(limit: int | None) -> int:
    """Return a limit of the whole client in bytes, 0 for none.

    It is kept in KiB, rounded down: the smallest must not become none.
    """
    return 0 if limit is None else max(limit, _UNIT)


def tracker(row: Mapping[str, Any]) -> Tracker | None:
    """Return what a row says; None for one that stands for DHT, PeX or LSD."""
    url = str(row["url"])
    if url.startswith("** ["):
        return None
    return Tracker(
        url=url,
        state=_STATES.get(int(row.get("status", 1)), TrackerState.WAITING),
        message=clean(str(row.get("msg", ""))) or None,
        seeders=_count(row.get("num_seeds")),
        leechers=_count(row.get("num_leeches")),
    )


def peer(row: Mapping[str, Any]) -> Peer:
    """Return what a row says."""
    host = str(row.get("ip", ""))
    return Peer(
        address=f"[{host}]:{row.get('port', 0)}" if ":" in host else f"{host}:{row.get('port', 0)}",
        client=clean(str(row.get("client", "")), 100),
        progress=min(max(float(row.get("progress", 0.0)), 0.0), 1.0),
        down_rate=max(int(row.get("dl_speed", 0)), 0),
        up_rate=max(int(row.get("up_speed", 0)), 0),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
