"""What users like: what they said of it, and whose episodes they have."""

from datetime import UTC, datetime

import attrs
import msgspec

from ..domain import EntryId, WorkId
from ..wire import ShowPreferences, UserPreferences
from .errors import answering, reading
from .statements import Statement

Show = tuple[str, EntryId]
"""A provider, and what it calls a show."""

_EVERYTHING: Show = ("", EntryId(""))
"""What stands in the table in place of a show for what a user wants of all of them."""
_LOOKED_THROUGH = 20
"""How many of the newest downloads of a show are looked through for a group's name."""

_LOAD = Statement(
    "SELECT entry, content FROM preferences WHERE user_id = :user_id"
    " AND (entry = '' OR (provider = :provider AND entry = :entry))"
)
_SAVE = Statement(
    "INSERT INTO preferences (user_id, provider, entry, content, updated_at)"
    " VALUES (:user_id, :provider, :entry, :content, :updated_at)"
    " ON CONFLICT (user_id, provider, entry)"
    " DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at"
)
_REMOVE = Statement(
    "DELETE FROM preferences WHERE user_id = :user_id AND provider = :provider AND entry = :entry"
)
_TAKEN = Statement(
    "SELECT release FROM intents WHERE user_id = :user_id AND work = :work AND kind = 'get'"
    " AND state = 'done' AND release IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT :limit"
)


class _Taken(msgspec.Struct):
    group: str | None = None


@reading
async def load(
    user_id: int, show: Show | None
) -> tuple[ShowPreferences | None, ShowPreferences | None]:
    """Return what a user wants of all shows, and of *show*; None where nothing was said."""
    provider, entry = show or _EVERYTHING
    rows = await _LOAD.rows(user_id=user_id, provider=provider, entry=entry)
    said = {row["entry"]: msgspec.json.decode(row["content"], type=ShowPreferences) for row in rows}
    return said.get(""), said.get(entry) if show else None


@answering
async def save(user_id: int, show: Show | None, said: UserPreferences) -> None:
    """Keep what a user wants of *show*, or of all shows, in place of what was kept before."""
    provider, entry = show or _EVERYTHING
    content = {name: value for name, value in attrs.asdict(said).items() if value is not None}
    await _SAVE.changed(
        user_id=user_id,
        provider=provider,
        entry=entry,
        content=msgspec.json.encode(content).decode(),
        updated_at=datetime.now(UTC),
    )


@answering
async def remove(user_id: int, show: Show | None) -> None:
    """Forget what a user wants of *show*, or of all shows."""
    provider, entry = show or _EVERYTHING
    await _REMOVE.changed(user_id=user_id, provider=provider, entry=entry)


@reading
async def earlier_group(user_id: int, work: WorkId) -> str | None:
    """Return who made the newest episode of a show that a user got, as far as its name says."""
    rows = await _TAKEN.rows(user_id=user_id, work=work, limit=_LOOKED_THROUGH)
    groups = (msgspec.json.decode(row["release"], type=_Taken).group for row in rows)
    return next((group for group in groups if group), None)
