"""Watched episodes that a provider has not been told of yet."""

from tortoise.exceptions import IntegrityError

from ..domain import EntryId
from .errors import answering
from .records import UnsentProgress
from .tables import ProgressRow


@answering
async def put(unsent: UnsentProgress) -> None:
    """Keep *unsent* to be told later, in place of an earlier episode of the same show."""
    mine = ProgressRow.filter(user_id=unsent.user_id, provider=unsent.provider, entry=unsent.entry)
    what = {"episode": unsent.episode, "created_at": unsent.created_at}
    if await mine.update(**what):
        return
    try:
        await ProgressRow.create(
            user_id=unsent.user_id,
            provider=unsent.provider,
            entry=unsent.entry,
            episode=unsent.episode,
            created_at=unsent.created_at,
        )
    except IntegrityError:  # put twice in the same moment: the last one counts
        await mine.update(**what)


@answering
async def of(provider: str, user_id: int | None = None) -> tuple[UnsentProgress, ...]:
    """Return what *provider* has to be told, the oldest first; of one user, or of all."""
    rows = ProgressRow.filter(provider=provider).order_by("created_at", "id")
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    return tuple(_read(row) for row in await rows)


@answering
async def remove(
    user_id: int, provider: str, entry: EntryId, *, episode: int | None = None
) -> None:
    """Strike what a provider had to be told of a show.

    With *episode* only if it is that: what the user said meanwhile stays.
    """
    rows = ProgressRow.filter(user_id=user_id, provider=provider, entry=entry)
    await (rows if episode is None else rows.filter(episode=episode)).delete()


def _read(row: ProgressRow) -> UnsentProgress:
    return UnsentProgress(
        user_id=row.user_id,  # type: ignore[attr-defined]  # Tortoise makes it at run time
        provider=row.provider,
        entry=EntryId(row.entry),
        episode=row.episode,
        created_at=row.created_at,
    )
