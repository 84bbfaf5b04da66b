"""Taking back what was done, each step in one transaction.

A removal is an intent too: hidden from its owner at once, carried out after a delay,
and begun again by whichever daemon finds it unfinished.
"""

from tortoise.transactions import in_transaction

from ..domain import InfoHash
from ..wire import FailureReply
from .errors import answering
from .intents import ENDED, columns, move, read
from .links import find_link
from .records import Intent, IntentState, LinkState
from .tables import IntentRow, LinkRow, TorrentRow


@answering
async def abandon(
    intent: Intent, state: IntentState, removal: Intent, *, problem: FailureReply | None = None
) -> tuple[Intent, bool] | None:
    """End *intent* although its client may have the torrent, in one transaction.

    A link that is still pending is given to *removal*, which makes sure that the torrent
    is gone; the second value tells whether there was one.
    """
    async with in_transaction():
        moved = await move(
            intent,
            expect=[IntentState.CHOSEN],
            state=state,
            problem=problem,
            key=None,
            due_at=None,
        )
        if moved is None:
            return None
        count = await LinkRow.filter(
            user_id=intent.user_id,
            torrent__client=intent.client,
            torrent__info_hash=intent.info_hash,
            state=LinkState.PENDING.value,
        ).update(state=LinkState.REMOVING.value)
        if count:
            await IntentRow.create(**columns(removal))
        return moved, bool(count)


@answering
async def begin(draft: Intent) -> Intent:
    """Record the removal *draft* and hide the link, in one transaction."""
    async with in_transaction():
        link = await find_link(draft.user_id, draft.info_hash or InfoHash(""))
        if LinkState(link.state) is LinkState.REMOVING:
            running = await IntentRow.filter(
                user_id=draft.user_id, kind="remove", info_hash=draft.info_hash
            ).exclude(state__in=ENDED)
            if running:
                return read(running[0])
        await IntentRow.create(**columns(draft))
        await LinkRow.filter(id=link.id).update(state=LinkState.REMOVING.value)
        return draft


@answering
async def cancel(intent: Intent) -> Intent | None:
    """Bring the link back, if the removal has not begun to be carried out."""
    async with in_transaction():
        moved = await move(
            intent, expect=[IntentState.WAITING], state=IntentState.CANCELLED, due_at=None
        )
        if moved is not None and intent.info_hash:
            link = await find_link(intent.user_id, intent.info_hash)
            await LinkRow.filter(id=link.id).update(state=LinkState.LIVE.value)
        return moved


@answering
async def unlink(intent: Intent) -> tuple[Intent, bool] | None:
    """Carry out the part of a removal that concerns only the user, in one transaction.

    The link goes, and with it the keys of the episodes that it served.  The second value
    tells whether the torrent itself must go too: nobody owns it any more and it is ours.
    """
    async with in_transaction():
        moved = await move(
            intent,
            expect=(IntentState.WAITING, IntentState.REMOVING),
            state=IntentState.REMOVING,
        )
        if moved is None:
            return None
        client, info_hash = intent.client, intent.info_hash
        await LinkRow.filter(
            user_id=intent.user_id,
            torrent__client=client,
            torrent__info_hash=info_hash,
            state=LinkState.REMOVING.value,
        ).delete()
        await IntentRow.filter(
            user_id=intent.user_id, client=client, info_hash=info_hash, state__in=ENDED
        ).update(key=None)
        row = await TorrentRow.get_or_none(client=client, info_hash=info_hash)
        if row is None or await LinkRow.exists(torrent_id=row.id):
            return moved, False
        if row.foreign:
            await row.delete()
        return moved, not row.foreign


@answering
async def finish(intent: Intent) -> Intent | None:
    """Forget the torrent unless somebody owns it, and end the removal, in one transaction."""
    async with in_transaction():
        row = await TorrentRow.get_or_none(client=intent.client, info_hash=intent.info_hash)
        if row is not None and not row.foreign and not await LinkRow.exists(torrent_id=row.id):
            await row.delete()
        return await move(
            intent, expect=[IntentState.REMOVING], state=IntentState.DONE, due_at=None
        )
