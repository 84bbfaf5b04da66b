"""Trackers and peers of one torrent, in our words."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import libtorrent as lt

from uuutd.domain import Peer, Tracker, TrackerState
from uuutd.text import clean

_CATEGORIES: Final = {
    category.name(): category
    for category in (
        lt.system_category(),
        lt.generic_category(),
        lt.libtorrent_category(),
        lt.http_category(),
    )
}
_NOT_YET = lt.peer_info.connecting | lt.peer_info.handshake

Row = Mapping[str, Any]


def tracker(entry: Row) -> Tracker:
    """Return what an entry of ``torrent_handle.trackers`` says.

    Every address that we listen on asks for each of the torrent's hashes: one answer is
    enough to call the tracker working.
    """
    asked = [each for point in entry.get("endpoints", ()) for each in point["info_hashes"]]
    failed = [each for each in asked if each["fails"]]
    if any(each["start_sent"] and not each["fails"] for each in asked):
        state, words = TrackerState.WORKING, [each["message"] for each in asked]
    elif failed:
        state, words = TrackerState.ERROR, [_complaint(each) for each in failed]
    elif any(each["updating"] for each in asked):
        state, words = TrackerState.UPDATING, []
    else:
        state, words = TrackerState.WAITING, []
    return Tracker(
        url=str(entry["url"]),
        state=state,
        message=next(filter(None, map(clean, words)), None),
        seeders=_most(each["scrape_complete"] for each in asked),
        leechers=_most(each["scrape_incomplete"] for each in asked),
    )


def _complaint(row: Row) -> str:
    if row["message"]:
        return str(row["message"])
    error = row["last_error"]
    category = _CATEGORIES.get(error["category"])
    return "" if category is None else lt.error_code(error["value"], category).message()


def _most(counts: Iterable[int]) -> int | None:
    """Return the highest count; -1 stands for one that is not known."""
    highest = max(counts, default=-1)
    return highest if highest >= 0 else None


def peers(found: Iterable[lt.peer_info]) -> list[Peer]:
    """Return those that the connection stands to."""
    return [_peer(each) for each in found if not each.flags & _NOT_YET]


def _peer(info: lt.peer_info) -> Peer:
    host, port = info.ip
    return Peer(
        address=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        client=clean(info.client.decode("utf-8", "replace"), 100),
        progress=min(max(info.progress, 0.0), 1.0),
        down_rate=info.payload_down_speed,
        up_rate=info.payload_up_speed,
    )
