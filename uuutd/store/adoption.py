"""Making a torrent ours that was in its client before us."""

from datetime import UTC, datetime

from ..domain import InfoHash
from ..errors import Conflict
from .errors import answering
from .records import LinkState
from .tables import LinkRow, TorrentRow
from .touched import transaction_on


@answering
async def adopt(client: str, info_hash: InfoHash, *, name: str, user_id: int) -> bool:
    """Record in one transaction that a torrent of *client* is ours; tell if a link was made.

    It keeps its owners; one that nobody owns, or nobody but those who are about to leave,
    becomes the user's.  Raises `uuutd.errors.Conflict` if the user is the one who leaves.
    """
    async with transaction_on(client, info_hash):
        now = datetime.now(UTC)
        row, _ = await TorrentRow.get_or_create(
            client=client,
            info_hash=info_hash,
            defaults={"name": name, "foreign": False, "added_at": now},
        )
        if row.foreign:
            row.foreign = False
            await row.save(update_fields=["foreign"])
        ties = LinkRow.filter(torrent_id=row.id)
        if await ties.exclude(state=LinkState.REMOVING.value).exists():
            return False
        # Who is about to leave would take it along, as the last owner of what is ours now.
        if await ties.filter(user_id=user_id).exists():
            raise Conflict(
                "You are removing this torrent yourself.",
                hint="Cancel the removal, and adopt it then: uuut jobs",
            )
        await LinkRow.create(
            user_id=user_id, torrent_id=row.id, state=LinkState.LIVE.value, created_at=now
        )
        return True
