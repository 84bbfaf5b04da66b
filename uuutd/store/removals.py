"""Taking back what was done, each step in one transaction.

A removal is an intent too: hidden from its owner at once, carried out after a delay,
and begun again by whichever daemon finds it unfinished.
"""

import attrs

from .errors import answering
from .intent_rows import columns, read
from .intents import ENDED, move
from .links import find_link
from .records import Intent, IntentState, LinkState
from .tables import IntentRow, LinkRow, TorrentRow
from .touched import transaction_on
from .upgrades import stand_in

KEEPS = "keeps"
"""Where a removal says that the torrent stays in its client, and is nobody's from then on."""


@answering
async def begin(draft: Intent) -> Intent:
    """Record the removal *draft* and hide the link, in one transaction.

    Jobs of the user that still wait to bring the torrent are cancelled with it.
    """
    async with transaction_on(draft.client, draft.info_hash):
        return await hide(draft)


async def hide(draft: Intent) -> Intent:
    """Do what `begin` does inside the caller's transaction."""
    link = await find_link(draft.user_id, draft.client, draft.info_hash)
    same = IntentRow.filter(
        user_id=draft.user_id, client=draft.client, info_hash=draft.info_hash
    ).exclude(state__in=ENDED)
    if link.state == LinkState.REMOVING.value and (
        running := await same.filter(kind="remove").first().values()
    ):
        return read(running)
    await same.exclude(kind="remove").update(
        state=IntentState.CANCELLED.value, key=None, due_at=None
    )
    draft = attrs.evolve(draft, request={**draft.request, "was": link.state})
    await IntentRow.create(**columns(draft))
    await LinkRow.filter(id=link.id).update(state=LinkState.REMOVING.value)
    return draft


@answering
async def cancel(intent: Intent) -> Intent | None:
    """Bring the link back, if the removal has not begun to be carried out.

    A torrent that its client was still to be given counts as missing afterwards, since
    the job that would have brought it was cancelled.
    """
    async with transaction_on(intent.client, intent.info_hash):
        moved = await move(
            intent, expect=[IntentState.WAITING], state=IntentState.CANCELLED, due_at=None
        )
        if moved is not None:
            link = await find_link(intent.user_id, intent.client, intent.info_hash)
            was = LinkState(intent.request.get("was", LinkState.PENDING.value))
            state = LinkState.MISSING if was is LinkState.PENDING else was
            await LinkRow.filter(id=link.id).update(state=state.value)
        return moved


@answering
async def unlink(intent: Intent) -> tuple[Intent, bool] | None:
    """Carry out the part of a removal that concerns only the user, in one transaction.

    The link goes, and with it the keys of the episodes that it served.  The second value
    tells whether the torrent itself must go too: nobody owns it any more, it is ours, and
    the removal does not say that it stays.
    """
    async with transaction_on(intent.client, intent.info_hash):
        moved = await move(
            intent,
            expect=(IntentState.WAITING, IntentState.REMOVING),
            state=IntentState.REMOVING,
        )
        if moved is None:
            return None
        client, info_hash = intent.client, intent.info_hash
        gone = await LinkRow.filter(
            user_id=intent.user_id,
            torrent__client=client,
            torrent__info_hash=info_hash,
            state=LinkState.REMOVING.value,
        ).delete()
        if gone:  # a repeated try must not free what was fetched again meanwhile
            mine = IntentRow.filter(
                user_id=intent.user_id, client=client, info_hash=info_hash, state__in=ENDED
            )
            keys = await mine.exclude(key=None).values_list("key", flat=True)
            await mine.update(key=None)
            await stand_in(str(key) for key in keys)
        row = await TorrentRow.get_or_none(client=client, info_hash=info_hash)
        if row is None or await LinkRow.exists(torrent_id=row.id):
            return moved, False
        stays = row.foreign or bool(intent.request.get(KEEPS))
        if stays:
            await row.delete()
        return moved, not stays


@answering
async def finish(intent: Intent) -> Intent | None:
    """Forget the torrent unless somebody owns it, and end the removal, in one transaction."""
    async with transaction_on(intent.client, intent.info_hash):
        row = await TorrentRow.get_or_none(client=intent.client, info_hash=intent.info_hash)
        if row is not None and not row.foreign and not await LinkRow.exists(torrent_id=row.id):
            await row.delete()
        return await move(
            intent,
            expect=[IntentState.REMOVING],
            state=IntentState.DONE,
            problem=None,
            due_at=None,
        )
