"""In which order torrents stand."""

from collections.abc import Callable, Mapping

import attrs

from ..wire import TorrentReply

Key = Callable[[TorrentReply], float | str]

NEVER = float("inf")
STATES = (
    "error",
    "missing",
    "downloading",
    "metadata",
    "checking",
    "stalled",
    "queued",
    "paused",
    "seeding",
)
_RANK = {state: rank for rank, state in enumerate(STATES)}


@attrs.frozen
class Order:
    """What to sort by: *label* in words, *falling* if the greatest stands first by nature."""

    label: str
    of: Key
    falling: bool = True


def _added(torrent: TorrentReply) -> float:
    return torrent.added_at.timestamp() if torrent.added_at else 0.0


ORDERS: Mapping[str, Order] = {
    "a": Order("added", _added),
    "n": Order("name", lambda t: t.name.casefold(), falling=False),
    "t": Order("state", lambda t: _RANK.get(t.state, len(STATES)), falling=False),
    "p": Order("progress", lambda t: t.progress),
    "z": Order("size", lambda t: t.size),
    "d": Order("download rate", lambda t: t.down_rate),
    "u": Order("upload rate", lambda t: t.up_rate),
    "e": Order("time left", lambda t: NEVER if t.eta is None else t.eta, falling=False),
    "r": Order("ratio", lambda t: t.ratio),
    "s": Order("seeders", lambda t: t.seeders),
}
"""What the sort menu offers, by its key."""
