"""The hashes by which programs name a torrent besides the one that we know it by.

A hybrid torrent has a hash of each version of the protocol, and the newer one is also cut to
the length of the older.  They are known once a ``.torrent`` file was read.
"""

from collections.abc import Iterable

from ..domain import InfoHash
from .errors import answering
from .statements import Statement

_REMEMBER = Statement(
    "INSERT INTO torrent_aliases (alias, info_hash) VALUES (:alias, :info_hash)"
    " ON CONFLICT (alias) DO NOTHING"
)
_RESOLVE = Statement("SELECT info_hash FROM torrent_aliases WHERE alias = :alias")


@answering
async def remember(info_hash: InfoHash, others: Iterable[InfoHash]) -> None:
    """Record that *others* name the same torrent as *info_hash*."""
    for alias in others:
        await _REMEMBER.changed(alias=alias, info_hash=info_hash)


@answering
async def resolve(info_hash: InfoHash) -> InfoHash:
    """Return the hash by which we know the torrent that *info_hash* names."""
    row = await _RESOLVE.row(alias=info_hash)
    return info_hash if row is None else InfoHash(row["info_hash"])
