"""Users."""

import unicodedata
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from ..errors import UsernameTaken
from .errors import answering
from .records import Quota, Role, User
from .tables import InviteRow, PersonalTokenRow, SessionRow, UserRow

_LOCK_USERS = 'LOCK TABLE "users" IN SHARE ROW EXCLUSIVE MODE'


def fold(name: str) -> str:
    """Return what must be unique of a user name: case and width of letters do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


@answering
async def add(
    name: str, password_hash: str, *, role: Role, now: datetime, quota: Quota | None = None
) -> User:
    """Make a user; raises `uuutd.errors.UsernameTaken`."""
    return await _create(name, password_hash, role, now, quota=quota)


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
        user = await _create(name, password_hash, read_role(invite.role), now)
        await InviteRow.filter(id=invite.id).update(used_by=user.id)
        return user


async def _create(
    name: str, password_hash: str, role: Role, now: datetime, *, quota: Quota | None = None
) -> User:
    limits = quota or Quota()
    try:
        row = await UserRow.create(
            name=name,
            folded=fold(name),
            role=role,
            password_hash=password_hash,
            created_at=now,
            max_torrents=limits.torrents,
            adds_per_hour=limits.adds_per_hour,
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
    """End all logins of a user, and make void all of their tokens and open invitations."""
    async with in_transaction():
        await UserRow.filter(id=user_id).update(gen=F("gen") + 1)
        await _end_all(user_id, now)


@answering
async def change_password(user_id: int, old: str, new: str, *, keep: str, now: datetime) -> bool:
    """Put the hash *new* in place of *old*, and make void what opens the account but one login.

    *keep* is the id of that login.  False if *old* is no longer the hash: then nothing
    changes, and of several at once exactly one gets True.
    """
    async with in_transaction():
        kept = UserRow.filter(id=user_id, password_hash=old)
        if not await kept.update(password_hash=new, gen=F("gen") + 1):
            return False
        gen = (await UserRow.get(id=user_id)).gen
        await SessionRow.filter(id=keep, user_id=user_id, ended_at__isnull=True).update(gen=gen)
        await _end_all(user_id, now, but=keep)
    return True


async def _end_all(user_id: int, now: datetime, *, but: str = "") -> None:
    living = SessionRow.filter(user_id=user_id, ended_at__isnull=True).exclude(id=but)
    await living.update(ended_at=now, sealed=None)
    await PersonalTokenRow.filter(user_id=user_id).delete()
    # Whoever had got hold of the account may have made themselves one more way in.
    await InviteRow.filter(made_by=user_id, used_at__isnull=True).update(expires_at=now)


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
