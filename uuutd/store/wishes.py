"""What each owner wants of a torrent; what counts is what harms none of them."""

from collections.abc import Sequence

import msgspec

from ..domain import InfoHash, Limits
from .errors import answering
from .records import Link
from .statements import Statement
from .touched import touching

_SET_LIMITS = Statement("UPDATE links SET limit_down = :down, limit_up = :up WHERE id = :link_id")
_SET_LABELS = Statement("UPDATE links SET labels = :labels WHERE id = :link_id")
_LIMITS = Statement("""
SELECT l.limit_down, l.limit_up FROM links l JOIN torrents t ON t.id = l.torrent_id
WHERE t.client = :client AND t.info_hash = :info_hash
""")


@answering
async def limit(link: Link, limits: Limits) -> None:
    """Record how fast an owner wants a torrent to be at most."""
    with touching(link.client, link.info_hash):
        await _SET_LIMITS.changed(link_id=link.id, down=limits.down, up=limits.up)


@answering
async def limits(client: str, info_hash: InfoHash) -> Limits | None:
    """Return what all owners of a torrent agree to, the widest; None if nobody wants any limit.

    Who is about to leave counts until their removal is carried out: it may be undone.
    """
    rows = await _LIMITS.rows(client=client, info_hash=info_hash)
    down = [row["limit_down"] for row in rows]
    up = [row["limit_up"] for row in rows]
    if all(value is None for value in (*down, *up)):
        return None
    return Limits(down=_widest(down), up=_widest(up))


def _widest(wanted: Sequence[int | None]) -> int | None:
    known = [value for value in wanted if value is not None]
    return max(known) if len(known) == len(wanted) else None


@answering
async def label(link: Link, labels: Sequence[str]) -> None:
    """Record how an owner marks a torrent."""
    text = msgspec.json.encode(labels).decode() if labels else None
    with touching(link.client, link.info_hash):
        await _SET_LABELS.changed(link_id=link.id, labels=text)
