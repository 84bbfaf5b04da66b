"""What was chosen for an intent: recorded before the client is told, and once it has it."""

from datetime import UTC, datetime
from typing import Any

import attrs
from tortoise.exceptions import IntegrityError

from ..errors import Busy
from .errors import answering
from .intent_rows import columns
from .intents import TRIES, move, moving, served
from .links import own, own_first
from .records import Intent, IntentState
from .statements import Statement, together
from .touched import touching, transaction_on

_MAKE_LIVE = Statement(
    "UPDATE links SET state = 'live' WHERE user_id = :user_id AND torrent_id IN "
    "(SELECT id FROM torrents WHERE client = :client AND info_hash = :info_hash)"
)
_RUNNING = (IntentState.NEW, IntentState.CHOSEN)
_CHOOSE = moving(frozenset(_RUNNING), rekeyed=False)
_FINISH = moving(frozenset({IntentState.CHOSEN}), rekeyed=False)


@answering
async def record_choice(intent: Intent, *, name: str, present: bool) -> tuple[Intent, bool] | None:
    """Record which torrent serves *intent*, in one transaction, before the client is told.

    *present* tells whether the client has the torrent now; the second value, whether it is
    foreign.  The link is pending until `finish`.  None if the intent has ended meanwhile.
    May be repeated: each time before the client is told, it asks whether that is still wanted.
    """
    for _ in range(TRIES):
        try:
            with touching(intent.client, intent.info_hash):
                if chosen := await _record_first(intent, name, present=present):
                    return chosen, present
            async with transaction_on(intent.client, intent.info_hash):
                return await _record_choice(intent, name, present=present)
        except IntegrityError:
            continue  # another user linked the same torrent at this moment
    raise Busy("The database did not settle who was first.", retry_after=1)


async def _record_first(intent: Intent, name: str, *, present: bool) -> Intent | None:
    """Record the choice of a torrent that nobody here has owned; None if this is another case."""
    if intent.client is None or intent.info_hash is None:
        return None
    chosen = attrs.evolve(intent, state=IntentState.CHOSEN, updated_at=datetime.now(UTC))
    owning = own_first(
        intent.user_id,
        client=intent.client,
        info_hash=intent.info_hash,
        name=name,
        present=present,
        episode=served(intent),
    )
    return chosen if await together((_CHOOSE, columns(chosen)), *owning) else None


async def _record_choice(intent: Intent, name: str, *, present: bool) -> tuple[Intent, bool] | None:
    moved = await move(intent, expect=_RUNNING, state=IntentState.CHOSEN)
    if moved is None or intent.client is None or intent.info_hash is None:
        return None
    foreign = await own(
        intent.user_id,
        client=intent.client,
        info_hash=intent.info_hash,
        name=name,
        present=present,
        episode=served(intent),
    )
    return moved, foreign


@answering
async def finish(intent: Intent) -> Intent | None:
    """Make the link of *intent* live and the intent done, in one transaction."""
    ended: dict[str, Any] = {"problem": None, "metainfo": None, "due_at": None}
    ended["state"] = IntentState.DONE
    done = attrs.evolve(intent, updated_at=datetime.now(UTC), **ended)
    which = {"user_id": intent.user_id, "client": intent.client, "info_hash": intent.info_hash}
    with touching(intent.client, intent.info_hash):
        if await together((_FINISH, columns(done)), (_MAKE_LIVE, which)):
            return done
    async with transaction_on(intent.client, intent.info_hash):
        moved = await move(intent, expect=[IntentState.CHOSEN], **ended)
        if moved is not None:
            await _MAKE_LIVE.changed(**which)
        return moved
