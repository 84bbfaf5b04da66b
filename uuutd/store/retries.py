"""Beginning again what failed."""

from collections.abc import Collection
from typing import Any

from tortoise.transactions import in_transaction

from . import quotas
from .errors import answering
from .intents import move
from .records import Intent, IntentState


@answering
async def begin(
    intent: Intent, *, expect: Collection[IntentState], **changes: Any
) -> Intent | None:
    """Do what `uuutd.store.intents.move` does if the user may have one more torrent.

    Raises `uuutd.errors.QuotaReached` besides.
    """
    async with in_transaction():
        await quotas.require_room(intent, await quotas.hold(intent.user_id))
        return await move(intent, expect=expect, **changes)
