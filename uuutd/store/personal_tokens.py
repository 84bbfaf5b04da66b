"""Tokens that users make for their programs."""

from datetime import datetime
from typing import cast

from tortoise.transactions import in_transaction

from ..wire import Scope
from .errors import answering, reading
from .records import PersonalToken, User
from .statements import Row, Statement
from .tables import PersonalTokenRow
from .users import read_role

_FIND = Statement("""
SELECT t.*, u.name AS user_name, u.role, u.gen AS user_gen, u.disabled,
    u.created_at AS user_created_at
FROM personal_tokens t JOIN users u ON u.id = t.user_id WHERE t.token_hash = :token_hash
""")
_OF_USER = Statement("""
SELECT * FROM personal_tokens WHERE user_id = :user_id AND gen = :gen AND expires_at > :now
ORDER BY created_at DESC, id
""")
_DROP_DEAD = Statement("""
DELETE FROM personal_tokens WHERE user_id = :user_id AND (gen <> :gen OR expires_at <= :now)
""")
_LOCK = Statement("SELECT id FROM users WHERE id = :user_id FOR UPDATE")


@answering
async def add(token: PersonalToken, token_hash: str, *, most: int) -> bool:
    """Keep a new token; False if the user has *most* already.  Those that are over go."""
    async with in_transaction() as transaction:
        if transaction.capabilities.dialect == "postgres":  # SQLite has its write lock already
            await _LOCK.row(user_id=token.user_id)
        await _DROP_DEAD.changed(user_id=token.user_id, gen=token.gen, now=token.created_at)
        if await PersonalTokenRow.filter(user_id=token.user_id).count() >= most:
            return False
        await PersonalTokenRow.create(
            id=token.id,
            user_id=token.user_id,
            name=token.name,
            token_hash=token_hash,
            scopes=" ".join(token.scopes),
            gen=token.gen,
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    return True


@reading
async def find(token_hash: str) -> tuple[PersonalToken, User] | None:
    """Return the token with that hash and whose it is, also one that is over."""
    row = await _FIND.row(token_hash=token_hash)
    if row is None:
        return None
    user = User(
        id=row["user_id"],
        name=row["user_name"],
        role=read_role(row["role"]),
        gen=row["user_gen"],
        disabled=bool(row["disabled"]),
        created_at=row["user_created_at"],
    )
    return _read(row), user


@reading
async def of_user(user: User, *, now: datetime) -> list[PersonalToken]:
    """Return the tokens of a user that are good, the newest first."""
    rows = await _OF_USER.rows(user_id=user.id, gen=user.gen, now=now)
    return [_read(row) for row in rows]


@answering
async def used(token_id: str, *, now: datetime) -> None:
    """Note that a token was used."""
    await PersonalTokenRow.filter(id=token_id).update(used_at=now)


@answering
async def end(user_id: int, token_id: str) -> bool:
    """Forget a token; False if this user has none with that id."""
    return bool(await PersonalTokenRow.filter(id=token_id, user_id=user_id).delete())


def _read(row: Row) -> PersonalToken:
    return PersonalToken(
        id=row["id"],
        user_id=row["user_id"],
        name=row["name"],
        scopes=cast("tuple[Scope, ...]", tuple(row["scopes"].split())),
        gen=row["gen"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )
