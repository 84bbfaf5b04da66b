"""Quotas: how many torrents a user may have, and how many they may begin in an hour."""

from datetime import UTC, datetime, timedelta

from ..errors import AddsThrottled, QuotaReached
from .records import Intent, Quota
from .statements import Statement

HOUR = timedelta(hours=1)

# `uuutd.store.upgrades.REPLACES`, which stands above this: what replaces a torrent adds none.
_REPLACES = "replaces"

_LIMITED = Statement(
    "SELECT 1 FROM users WHERE id = :user_id"
    " AND (max_torrents IS NOT NULL OR adds_per_hour IS NOT NULL)"
)
# It changes nothing, and makes whoever else wants to begin something for this user wait.
_HOLD = Statement("""
UPDATE users SET gen = gen
WHERE id = :user_id AND (max_torrents IS NOT NULL OR adds_per_hour IS NOT NULL)
RETURNING max_torrents, adds_per_hour
""")
_HAS = Statement("""
SELECT (SELECT count(*) FROM links WHERE user_id = :user_id
        AND state IN ('pending', 'live', 'missing'))
    + (SELECT count(*) FROM intents WHERE user_id = :user_id
        AND kind IN ('get', 'add') AND state = 'new') AS found
""")
_NEWEST = Statement("""
SELECT created_at FROM intents WHERE user_id = :user_id AND kind IN ('get', 'add')
    AND created_at > :since_at ORDER BY created_at DESC LIMIT :most
""")


async def limited(user_id: int) -> bool:
    """Whether a user has a quota at all."""
    return await _LIMITED.row(user_id=user_id) is not None


async def hold(user_id: int) -> Quota:
    """Return a user's quota; nobody else begins anything for them until the transaction ends."""
    row = await _HOLD.row(user_id=user_id)
    if row is None:
        return Quota()
    return Quota(torrents=row["max_torrents"], adds_per_hour=row["adds_per_hour"])


async def require(draft: Intent, quota: Quota) -> None:
    """Raise unless the user may begin *draft*, inside the transaction that has called `hold`.

    Raises `uuutd.errors.QuotaReached` and `uuutd.errors.AddsThrottled`.
    """
    await require_room(draft, quota)
    if quota.adds_per_hour is None:
        return
    now = datetime.now(UTC)
    rows = await _NEWEST.rows(
        user_id=draft.user_id, since_at=now - HOUR, most=max(quota.adds_per_hour, 1)
    )
    if len(rows) >= quota.adds_per_hour:
        again = rows[-1]["created_at"] + HOUR - now if rows else HOUR
        raise AddsThrottled(
            f"You may begin {quota.adds_per_hour} downloads in an hour.",
            retry_after=max(again.total_seconds(), 1.0),
            hint="An administrator can change that.",
        )


async def require_room(draft: Intent, quota: Quota) -> None:
    """Raise `uuutd.errors.QuotaReached` if the user has as many torrents as they may have."""
    if quota.torrents is None or _REPLACES in draft.request:
        return
    (row,) = await _HAS.rows(user_id=draft.user_id)
    if row["found"] >= quota.torrents:
        raise QuotaReached(
            f"You may have {quota.torrents} torrents, and have or fetch {row['found']} already.",
            hint="Remove one that you no longer need, or ask an administrator for more.",
        )
