"""Tries of passwords and codes, counted so that a restart forgets none."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import attrs
from tortoise.transactions import in_transaction

from .errors import answering, reading
from .statements import Statement

PRUNED_AT_ONCE = 500
"""How many are forgotten at once at most, so that nobody waits long for the database."""

_LOCK = 'LOCK TABLE "throttles" IN SHARE ROW EXCLUSIVE MODE'
_FIND = Statement(
    "SELECT * FROM throttles WHERE key IN (:key_a, :key_b, :key_c, :key_d) AND ends_at > :now"
)
_PUT = Statement("""
INSERT INTO throttles (key, tries, last_at, ends_at) VALUES (:key, :tries, :last_at, :ends_at)
ON CONFLICT (key) DO UPDATE SET tries = excluded.tries, last_at = excluded.last_at,
    ends_at = excluded.ends_at
""")
_DROP = Statement("DELETE FROM throttles WHERE key = :key")
_PRUNE = Statement(
    "DELETE FROM throttles WHERE key IN"
    " (SELECT key FROM throttles WHERE ends_at <= :now LIMIT :most)"
)


@attrs.frozen
class Tally:
    """What is remembered of one kind of tries: how many, when the last was, until when."""

    tries: int
    last_at: datetime
    ends_at: datetime


Tallies = Mapping[str, Tally]
Changes = Mapping[str, Tally | None]


@reading
async def find(keys: Collection[str], *, now: datetime) -> dict[str, Tally]:
    """Return what is remembered at *now* under up to four keys."""
    return await _find(keys, now)


@answering
async def change(
    keys: Collection[str], decide: Callable[[Tallies], Changes], *, now: datetime
) -> None:
    """Replace what *decide* gives for up to four keys; None is forgotten.

    Nobody else changes anything meanwhile.  What *decide* raises changes nothing.
    """
    async with in_transaction() as transaction:
        if transaction.capabilities.dialect == "postgres":  # SQLite has its write lock already
            await transaction.execute_query(_LOCK)
        for key, tally in decide(await _find(keys, now)).items():
            if tally is None:
                await _DROP.changed(key=key)
            else:
                await _PUT.changed(key=key, **attrs.asdict(tally))


@answering
async def prune(*, now: datetime) -> int:
    """Forget what has ended by *now*, some at a time; tell how many."""
    return await _PRUNE.changed(now=now, most=PRUNED_AT_ONCE)


async def _find(keys: Collection[str], now: datetime) -> dict[str, Tally]:
    padded = [*keys, "", "", "", ""][:4]
    given = dict(zip(("key_a", "key_b", "key_c", "key_d"), padded, strict=True))
    return {
        row["key"]: Tally(tries=row["tries"], last_at=row["last_at"], ends_at=row["ends_at"])
        for row in await _FIND.rows(**given, now=now)
    }
