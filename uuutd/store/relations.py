"""The relatives of shows, kept so that numbering works while their provider is down."""

from datetime import UTC, datetime

import msgspec

from ..domain import EntryId, Relation
from .errors import answering
from .tables import RelationRow


@answering
async def load(provider: str, entry: EntryId) -> tuple[tuple[Relation, ...], datetime] | None:
    """Return a show's relatives and when they were read; None if they never were."""
    row = await RelationRow.get_or_none(provider=provider, entry=entry)
    if row is None:
        return None
    return msgspec.json.decode(row.relations, type=tuple[Relation, ...]), row.fetched_at


@answering
async def save(provider: str, entry: EntryId, relations: tuple[Relation, ...]) -> None:
    """Keep a show's relatives as they are now."""
    await RelationRow.update_or_create(
        provider=provider,
        entry=entry,
        defaults={
            "relations": msgspec.json.encode(relations).decode(),
            "fetched_at": datetime.now(UTC),
        },
    )
