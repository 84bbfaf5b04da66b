"""Linked watchlist accounts, with the last good list of each.

Credentials are encrypted with the box that is passed in.  Where they can no longer be
read (another key, a damaged row), the account counts as expired: linking again mends it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from ..domain import Account, Entry, Secret
from ..keys import Box, Unreadable
from .errors import answering, reading
from .records import LinkedAccount
from .statements import Row, Statement
from .tables import AccountRow, ProgressRow

_entries = msgspec.json.Decoder(tuple[Entry, ...])
_GET = Statement("SELECT * FROM accounts WHERE user_id = :user_id AND provider = :provider")
_EXPIRING = Statement("""
SELECT * FROM accounts WHERE expires_at <= :until AND NOT expired ORDER BY expires_at
""")
_OF_USER = Statement("SELECT * FROM accounts WHERE user_id = :user_id ORDER BY provider")


@answering
async def link(
    user_id: int, provider: str, account: Account, *, box: Box, now: datetime
) -> LinkedAccount:
    """Record a user's account at *provider*, in place of any other there.

    The list of the very same account is kept, and so is what it has not been told yet.
    """
    columns = _columns(user_id, provider, account, box, now)
    try:
        await _put(user_id, provider, account.id, columns)
    except IntegrityError:  # linked twice in the same moment: the last one counts
        await _put(user_id, provider, account.id, columns)
    (row,) = await _GET.rows(user_id=user_id, provider=provider)
    return _read(row, box)


def _columns(
    user_id: int, provider: str, account: Account, box: Box, now: datetime
) -> dict[str, Any]:
    """Return what a row says of *account*, apart from which one it is."""
    credentials = {name: text.reveal() for name, text in account.credentials.items()}
    return {
        "name": account.name,
        "sealed": box.seal(user_id, provider, credentials),
        "writable": account.writable,
        "expired": False,
        "expires_at": account.expires_at,
        "linked_at": now,
    }


async def _put(user_id: int, provider: str, account_id: str, columns: Mapping[str, Any]) -> None:
    async with in_transaction():
        if await _of(user_id, provider).filter(account_id=account_id).update(**columns):
            return
        await ProgressRow.filter(user_id=user_id, provider=provider).delete()
        fresh = {"account_id": account_id, "entries": None, "synced_at": None, **columns}
        if not await _of(user_id, provider).update(**fresh):
            await AccountRow.create(user_id=user_id, provider=provider, **fresh)


@answering
async def unlink(user_id: int, provider: str) -> bool:
    """Forget a user's account at *provider*, with all that it has not been told yet.

    False if there was none.
    """
    async with in_transaction():
        await ProgressRow.filter(user_id=user_id, provider=provider).delete()
        return bool(await _of(user_id, provider).delete())


@reading
async def get(user_id: int, provider: str, *, box: Box) -> LinkedAccount | None:
    """Return a user's account at *provider*; None if there is none."""
    row = await _GET.row(user_id=user_id, provider=provider)
    return _read(row, box) if row else None


@reading
async def of_user(user_id: int, *, box: Box) -> tuple[LinkedAccount, ...]:
    """Return all accounts of a user, by the name of the provider."""
    return tuple(_read(row, box) for row in await _OF_USER.rows(user_id=user_id))


@answering
async def renew(
    linked: LinkedAccount, account: Account, *, box: Box, now: datetime
) -> LinkedAccount | None:
    """Record other credentials of *linked*; None if the user has linked or unlinked since."""
    user_id, provider = linked.user_id, linked.provider
    same = _of(user_id, provider).filter(linked_at=linked.linked_at)
    if not await same.update(**_columns(user_id, provider, account, box, now)):
        return None
    (row,) = await _GET.rows(user_id=user_id, provider=provider)
    return _read(row, box)


@reading
async def expiring(until: datetime, *, box: Box) -> tuple[LinkedAccount, ...]:
    """Return everybody's accounts whose credentials end by then; no expired ones."""
    return tuple(_read(row, box) for row in await _EXPIRING.rows(until=until))


@answering
async def mark_expired(user_id: int, provider: str, *, linked_at: datetime) -> bool:
    """Record that the provider no longer takes the credentials of *linked_at*.

    False if the user has linked again since.
    """
    same = _of(user_id, provider).filter(linked_at=linked_at)
    return bool(await same.update(expired=True))


@answering
async def save_entries(
    user_id: int, provider: str, entries: Sequence[Entry], synced_at: datetime, *, account_id: str
) -> bool:
    """Keep *entries* as the last good list of the account *account_id*.

    False, and nothing kept, if the user has linked another one since.
    """
    same = _of(user_id, provider).filter(account_id=account_id)
    text = msgspec.json.encode(tuple(entries)).decode()
    return bool(await same.update(entries=text, synced_at=synced_at))


@answering
async def progress(user_id: int) -> dict[tuple[str, str], int]:
    """Return the last watched episodes of a user's shows, by provider and show."""
    rows = await _OF_USER.rows(user_id=user_id)
    return {
        (row["provider"], entry.id): entry.progress
        for row in rows
        for entry in _read_entries(row["entries"]) or ()
    }


def _of(user_id: int, provider: str) -> QuerySet[AccountRow]:
    return AccountRow.filter(user_id=user_id, provider=provider)


def _read(row: Row, box: Box) -> LinkedAccount:
    try:
        credentials = box.open(row["user_id"], row["provider"], row["sealed"])
        readable = True
    except Unreadable:
        credentials, readable = {}, False
    entries = _read_entries(row["entries"])
    return LinkedAccount(
        user_id=row["user_id"],
        provider=row["provider"],
        account=Account(
            id=row["account_id"],
            name=row["name"],
            credentials={name: Secret(text) for name, text in credentials.items()},
            expires_at=row["expires_at"],
            writable=bool(row["writable"]),
        ),
        expired=bool(row["expired"]) or not readable,
        linked_at=row["linked_at"],
        synced_at=None if entries is None else row["synced_at"],
        entries=entries,
    )


@lru_cache(maxsize=8)  # one download after another wants the same list
def _read_entries(text: str | None) -> tuple[Entry, ...] | None:
    """Return a kept list; None for one that another version wrote in another way."""
    if text is None:
        return None
    try:
        return _entries.decode(text)
    except msgspec.DecodeError:
        return None
