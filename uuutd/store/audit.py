"""The audit log: what happened to accounts and keys, kept for a while."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import attrs
from tortoise.transactions import in_transaction

from .errors import answering, reading
from .statements import Row, Statement

_ADD = Statement("""
INSERT INTO audit (key, event, by_id, by_name, user_id, user_name, address, detail, count,
    created_at, last_at)
VALUES (:key, :event, :by_id, (SELECT name FROM users WHERE id = :by_id), :user_id,
    (SELECT name FROM users WHERE id = :user_id), :address, :detail, 1, :now, :now)
ON CONFLICT (key) DO UPDATE SET count = audit.count + 1, last_at = excluded.last_at
""")
_WITH_KEY = Statement("SELECT count(*) AS found FROM audit WHERE key LIKE :prefix")
_IS_THERE = Statement("SELECT 1 FROM audit WHERE key = :key")
_OWN = "(by_id = user_id OR (by_id IS NULL AND address IS NOT NULL))"
_TRIM = Statement(f"""
DELETE FROM audit WHERE last_at < :before
    OR id <= (SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET :most)
    OR ({_OWN} AND id <= (SELECT id FROM audit WHERE {_OWN} ORDER BY id DESC
        LIMIT 1 OFFSET :most_own))
""")  # noqa: S608 - nothing of it comes from outside
_PAGE = Statement("""
SELECT * FROM audit
WHERE id < :below AND (:event = '' OR event = :event)
    AND (:name = '' OR user_name = :name OR by_name = :name)
ORDER BY id DESC LIMIT :count
""")
T = TypeVar("T")

FIRST = 2**31 - 1
"""Above every note: where the newest page begins."""


@attrs.frozen(kw_only=True)
class Note:
    """Something that happened *count* times, from *created_at* to *last_at*.

    *by* and *user* are the names that they had then: who did it, and to whom it happened.
    """

    id: int
    event: str
    by: str | None
    user: str | None
    address: str | None
    detail: str
    count: int
    created_at: datetime
    last_at: datetime


@attrs.frozen(kw_only=True)
class Collected:
    """What collects repetitions in one note: *key*, or *rest* once *most* begin with *prefix*."""

    key: str
    prefix: str
    rest: str
    most: int


@answering
async def together(work: Callable[[], Awaitable[T]]) -> T:
    """Do *work* in one transaction: what it changes, and the notes of that, or neither."""
    async with in_transaction():
        return await work()


@answering
async def add(
    event: str,
    *,
    by: int | None,
    user: int | None,
    address: str | None,
    detail: str,
    now: datetime,
    collected: Collected | None = None,
) -> None:
    """Keep a note; one that is *collected* counts up an earlier one instead, if there is one."""
    async with in_transaction():
        key = None if collected is None else collected.key
        if collected is not None and not await _fits(collected):
            key, by, user, address, detail = collected.rest, None, None, None, ""
        await _ADD.changed(
            key=key, event=event, by_id=by, user_id=user, address=address, detail=detail, now=now
        )


async def _fits(collected: Collected) -> bool:
    if await _IS_THERE.row(key=collected.key):
        return True
    (row,) = await _WITH_KEY.rows(prefix=f"{collected.prefix}%")
    return int(row["found"]) < collected.most


@answering
async def trim(*, before: datetime, most: int, most_own: int) -> int:
    """Forget what is older than *before*, and all but the newest *most*.

    Of these at most *most_own* are of what anybody can do as often as they like: with their own
    account, or without one.
    """
    return await _TRIM.changed(before=before, most=most, most_own=most_own)


@reading
async def page(*, below: int, count: int, event: str = "", name: str = "") -> list[Note]:
    """Return at most *count* notes with smaller numbers than *below*, the newest first.

    Only those of *event* and those that *name* did or that happened to them, if these are given.
    """
    rows = await _PAGE.rows(below=below, count=count, event=event, name=name)
    return [_read(row) for row in rows]


def _read(row: Row) -> Note:
    return Note(
        id=row["id"],
        event=row["event"],
        by=row["by_name"],
        user=row["user_name"],
        address=row["address"],
        detail=row["detail"],
        count=row["count"],
        created_at=row["created_at"],
        last_at=row["last_at"],
    )
