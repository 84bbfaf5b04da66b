"""Users as administrators see and change them.

Who may log in, and as what, changes only in transactions that hold all of the users: two
administrators who lock each other out at the same moment come one after the other.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import get_args

from tortoise.transactions import in_transaction

from ..errors import Conflict, NotFound
from ..wire import Fate
from . import users
from .errors import answering, reading
from .intents import ENDED
from .records import Person, Quota, Role, User
from .statements import Row, Statement
from .tables import IntentRow, LinkRow, ResetRow, UserRow
from .users import read_role

_PEOPLE = """
SELECT u.id, u.name, u.role, u.gen, u.disabled, u.created_at, u.max_torrents, u.adds_per_hour,
    u.fate,
    (SELECT max(s.created_at) FROM sessions s WHERE s.user_id = u.id) AS last_login_at,
    (SELECT count(*) FROM links l WHERE l.user_id = u.id
        AND l.state IN ('pending', 'live', 'missing')) AS torrents
FROM users u
"""
_EVERYBODY = Statement(f"{_PEOPLE} ORDER BY u.id")
_ONE = Statement(f"{_PEOPLE} WHERE u.id = :user_id")
_LEAVING = Statement(f"{_PEOPLE} WHERE u.fate IS NOT NULL ORDER BY u.id")
_SHARED = Statement("""
SELECT count(*) AS found FROM links l JOIN torrents t ON t.id = l.torrent_id
WHERE l.user_id = :user_id AND l.state <> 'removing' AND (t."foreign" OR EXISTS (
    SELECT 1 FROM links o WHERE o.torrent_id = l.torrent_id AND o.user_id <> l.user_id
        AND o.state <> 'removing'))
""")
_HOLD = 'LOCK TABLE "users" IN SHARE ROW EXCLUSIVE MODE'


@asynccontextmanager
async def _holding_all() -> AsyncIterator[None]:
    """Do the block in a transaction during which nobody else changes a user."""
    async with in_transaction() as transaction:
        if transaction.capabilities.dialect == "postgres":  # SQLite has its write lock already
            await transaction.execute_query(_HOLD)
        yield


@reading
async def everybody() -> list[Person]:
    """Return all users, the oldest first."""
    return [_read(row) for row in await _EVERYBODY.rows()]


@reading
async def leaving() -> list[Person]:
    """Return those who are being deleted."""
    return [_read(row) for row in await _LEAVING.rows()]


@reading
async def one(user_id: int) -> Person:
    """Return a user; raises `uuutd.errors.NotFound`."""
    return await _one(user_id)


async def _one(user_id: int) -> Person:
    row = await _ONE.row(user_id=user_id)
    if row is None:
        raise NotFound("There is no such user.")
    return _read(row)


@answering
async def change(
    user_id: int,
    *,
    role: Role | None = None,
    disabled: bool | None = None,
    quota: Quota | None = None,
    now: datetime,
) -> tuple[Person, Person]:
    """Change what is given of a user, and return them as they were and as they are.

    Another role, and being disabled, end all of their logins.  Raises
    `uuutd.errors.NotFound`, and `uuutd.errors.Conflict` for the last administrator and for
    somebody who is being deleted.
    """
    async with _holding_all():
        before = await _staying(user_id)
        new_role = role or before.user.role
        off = before.user.disabled if disabled is None else disabled
        await _keep_an_administrator(before.user, admin=new_role == "admin" and not off)
        columns: dict[str, object] = {"role": new_role, "disabled": off}
        if quota is not None:
            columns |= {"max_torrents": quota.torrents, "adds_per_hour": quota.adds_per_hour}
        await UserRow.filter(id=user_id).update(**columns)
        if new_role != before.user.role or (off and not before.user.disabled):
            await users.revoke(user_id, now=now)
        return before, await _one(user_id)


async def _staying(user_id: int) -> Person:
    found = await _one(user_id)
    if found.fate is not None:
        raise Conflict(f"{found.user.name} is being deleted.")
    return found


async def _keep_an_administrator(user: User, *, admin: bool) -> None:
    """Raise if *user* is the last administrator and would not be one afterwards."""
    if admin or user.role != "admin" or user.disabled:
        return
    others = UserRow.filter(role="admin", disabled=False).exclude(id=user.id)
    if not await others.exists():
        raise Conflict(
            f"{user.name} is the last administrator.",
            hint="Make somebody else an administrator first.",
        )


@answering
async def begin_leaving(user_id: int, fate: Fate, *, now: datetime) -> tuple[Person, int]:
    """Record that a user is to be deleted; from now on they cannot log in.

    The second value counts those of their torrents that others own, too, or that are not
    ours: these stay, whatever *fate* says.  May be repeated with the same *fate*.  Raises
    `uuutd.errors.NotFound`, and `uuutd.errors.Conflict` for the last administrator and for
    another fate than before.
    """
    async with _holding_all():
        found = await _one(user_id)
        if found.fate is None:
            await _keep_an_administrator(found.user, admin=False)
            await UserRow.filter(id=user_id).update(fate=fate, disabled=True)
            await users.revoke(user_id, now=now)
        elif found.fate != fate:
            raise Conflict(f"{found.user.name} is being deleted already, with {found.fate}.")
        (shared,) = await _SHARED.rows(user_id=user_id)
        return await _one(user_id), int(shared["found"])


@answering
async def finish_leaving(user_id: int) -> bool:
    """Delete somebody who is to be deleted, once nothing is left that hangs on them.

    False as long as jobs of theirs run or torrents are theirs, and if they are gone already.
    """
    async with _holding_all():
        # Holds the row itself: what is begun for them at this moment comes before or not at all.
        if not await UserRow.filter(id=user_id, fate__isnull=False).update(disabled=True):
            return False
        if await _has_something_left(user_id):
            return False
        return bool(await UserRow.filter(id=user_id).delete())


async def _has_something_left(user_id: int) -> bool:
    running = IntentRow.filter(user_id=user_id).exclude(state__in=ENDED)
    return await running.exists() or await LinkRow.exists(user_id=user_id)


@answering
async def add_reset(user_id: int, code_hash: str, *, now: datetime, expires_at: datetime) -> Person:
    """Keep a code with which a user may choose a new password; an earlier one is void.

    Raises `uuutd.errors.NotFound`, and `uuutd.errors.Conflict` for who cannot log in.
    """
    async with _holding_all():
        found = await _staying(user_id)
        if found.user.disabled:
            raise Conflict(f"{found.user.name} is disabled.", hint="Enable the account first.")
        await ResetRow.filter(user_id=user_id).delete()
        await ResetRow.create(
            code_hash=code_hash,
            user_id=user_id,
            gen=found.user.gen,
            created_at=now,
            expires_at=expires_at,
        )
        return found


@reading
async def whose_reset(code_hash: str, *, now: datetime) -> User | None:
    """Return whose code this is, None if it is not good or not good any more."""
    row = await ResetRow.get_or_none(code_hash=code_hash, expires_at__gt=now)
    if row is None:
        return None
    user_id: int = row.user_id  # type: ignore[attr-defined]  # Tortoise makes it at run time
    user = (await _one(user_id)).user
    return None if user.disabled or user.gen != row.gen else user


@answering
async def use_reset(code_hash: str, password_hash: str, *, now: datetime) -> User | None:
    """Use a code up for a new password, once; None if it is not good any more.

    All logins of the user end.
    """
    async with _holding_all():
        user = await whose_reset(code_hash, now=now)
        if user is None:
            return None
        await ResetRow.filter(user_id=user.id).delete()
        await UserRow.filter(id=user.id).update(password_hash=password_hash)
        await users.revoke(user.id, now=now)
        return user


def _read(row: Row) -> Person:
    fate = row["fate"]
    return Person(
        user=User(
            id=row["id"],
            name=row["name"],
            role=read_role(row["role"]),
            gen=row["gen"],
            disabled=bool(row["disabled"]),
            created_at=row["created_at"],
        ),
        quota=Quota(torrents=row["max_torrents"], adds_per_hour=row["adds_per_hour"]),
        torrents=row["torrents"],
        last_login_at=row["last_login_at"],
        fate=next((each for each in get_args(Fate) if each == fate), None),
    )
