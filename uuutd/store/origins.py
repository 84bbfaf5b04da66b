"""Where torrents came from."""

import msgspec

from ..domain import InfoHash
from .errors import answering
from .statements import Statement

_RELEASES = Statement(
    'SELECT DISTINCT "release" FROM intents WHERE client = :client AND info_hash = :info_hash'
    " AND kind = 'get' AND \"release\" IS NOT NULL"
)


class _Release(msgspec.Struct):
    indexer: str


@answering
async def indexers_of(client: str, info_hash: InfoHash) -> set[str]:
    """Return the names of the indexers by whose releases anybody ever got a torrent."""
    rows = await _RELEASES.rows(client=client, info_hash=info_hash)
    return {msgspec.json.decode(row["release"], type=_Release).indexer for row in rows}
