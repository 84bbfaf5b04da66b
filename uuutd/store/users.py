"""Users."""

import unicodedata
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from ..errors import UsernameTaken
from .errors import answering
from .records import Role, User
from .tables import InviteRow, SessionRow, UserRow

_LOCK_USERS = 'LOCK TABLE "users" IN SHARE ROW EXCLUSIVE MODE'


def fold(name: str) -> str:
    """Return what must be unique of a user name: case and width of letters do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


@answering
async def add(name: str, password_hash: str, *, role: Role, now: datetime) -> User:
    """Make a user; raises `uuutd.errors.UsernameTaken`."""
    return await _create(name, password_hash, role, now)


@answering
async def add_first(name: str, password_hash: str, *, now: datetime) -> User | None:
    """Make the first user, an administrator; None if there is a user already."""
    async with in_transaction() as transaction:
        if transaction.capabilities.dialect == "postgres":  # SQLite has its write lock already
            await transaction.execute_query(_LOCK_USERS)
        if await UserRow.exists():
            return None
        return await _create(name, password_hash, "admin", now)


@answering
async def add_invited(
    name: str, password_hash: str, *, code_hash: str, now: datetime
) -> User | None:
    """Make a user and use an invite up, both or neither; None if the invite is not good.

    Raises `uuutd.errors.UsernameTaken`; then the invite is still good.
    """
    async with in_transaction():
        open_invite = InviteRow.filter(
            code_hash=code_hash, used_at__isnull=True, expires_at__gt=now
        )
        if not await open_invite.update(used_at=now):
            return None
        invite = await InviteRow.get(code_hash=code_hash)
        return await _create(name, password_hash, read_role(invite.role), now)


async def _create(name: str, password_hash: str, role: Role, now: datetime) -> User:
    try:
        row = await UserRow.create(
            name=name, folded=fold(name), role=role, password_hash=password_hash, created_at=now
        )
    except IntegrityError as error:
        raise UsernameTaken(f"The user name {name} is taken.") from error
    return _read_user(row)


@answering
async def find(name: str) -> tuple[User, str] | None:
    """Return the user of that name with the password's hash; None if there is nobody."""
    row = await UserRow.get_or_none(folded=fold(name))
    return (_read_user(row), row.password_hash) if row else None


@answering
async def any_exist() -> bool:
    """Whether there is a user at all."""
    return await UserRow.exists()


@answering
async def replace_hash(user_id: int, old: str, new: str) -> None:
    """Keep *new* as the password's hash, unless *old* is no longer it."""
    await UserRow.filter(id=user_id, password_hash=old).update(password_hash=new)


@answering
async def revoke(user_id: int, *, now: datetime) -> None:
    """End all logins of a user, and make all of their tokens void."""
    async with in_transaction():
        await UserRow.filter(id=user_id).update(gen=F("gen") + 1)
        await SessionRow.filter(user_id=user_id, ended_at__isnull=True).update(ended_at=now)


def _read_user(row: UserRow) -> User:
    """Return the user of a row."""
    return User(
        id=row.id,
        name=row.name,
        role=read_role(row.role),
        gen=row.gen,
        disabled=row.disabled,
        created_at=row.created_at,
    )


def read_role(text: str) -> Role:
    """Return the role of that name; whatever is not ``admin`` has no more rights than a user."""
    return "admin" if text == "admin" else "user"
