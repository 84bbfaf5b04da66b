"""The relatives of shows, kept so that numbering works while their provider is down."""

from datetime import UTC, datetime

import msgspec

from ..domain import EntryId, Relation
from .errors import answering, reading
from .statements import Statement

_relations = msgspec.json.Decoder(tuple[Relation, ...])
_LOAD = Statement(
    "SELECT relations, fetched_at FROM relations WHERE provider = :provider AND entry = :entry"
)
_SAVE = Statement("""
INSERT INTO relations (provider, entry, relations, fetched_at)
VALUES (:provider, :entry, :relations, :fetched_at)
ON CONFLICT (provider, entry) DO UPDATE
    SET relations = excluded.relations, fetched_at = excluded.fetched_at
""")


@reading
async def load(provider: str, entry: EntryId) -> tuple[tuple[Relation, ...], datetime] | None:
    """Return a show's relatives and when they were read; None if they never were."""
    row = await _LOAD.row(provider=provider, entry=entry)
    return None if row is None else (_relations.decode(row["relations"]), row["fetched_at"])


@answering
async def save(provider: str, entry: EntryId, relations: tuple[Relation, ...]) -> None:
    """Keep a show's relatives as they are now."""
    await _SAVE.changed(
        provider=provider,
        entry=entry,
        relations=msgspec.json.encode(relations).decode(),
        fetched_at=datetime.now(UTC),
    )
