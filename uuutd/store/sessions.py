"""Logins, and the refresh tokens that keep them alive."""

from datetime import datetime

import attrs
from tortoise.transactions import in_transaction

from .errors import answering, reading
from .records import Session, User
from .statements import Row, Statement
from .tables import SessionRow
from .users import read_role

_AGENT_LENGTH = 120
_ADDRESS_LENGTH = 64
_FIND = Statement("""
SELECT s.*, u.name, u.role, u.gen AS user_gen, u.disabled, u.created_at AS user_created_at
FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = :id
""")

_OF_USER = Statement("""
SELECT * FROM sessions
WHERE user_id = :user_id AND gen = :gen AND ended_at IS NULL
    AND rotated_at >= :used_after AND created_at >= :begun_after
ORDER BY rotated_at DESC, id
""")

MOST = 100
"""How many logins a user may have at a time."""
_LOCK = Statement("SELECT id FROM users WHERE id = :user_id FOR UPDATE")
_DROP_DEAD = Statement("""
DELETE FROM sessions WHERE user_id = :user_id AND id <> :id AND (
    ended_at IS NOT NULL
    OR gen < (SELECT gen FROM users WHERE id = :user_id)
    OR id NOT IN (
        SELECT id FROM sessions WHERE user_id = :user_id AND ended_at IS NULL
        ORDER BY rotated_at DESC, id LIMIT :most
    )
)
""")


@attrs.frozen(kw_only=True)
class Login:
    """A session with its user, and what is kept of its refresh tokens.

    *token_hash* is of the good one, *previous_hash* of the one before; *sealed* is the
    answer that the one before was exchanged for.
    """

    session: Session
    user: User
    token_hash: str = attrs.field(repr=False)
    previous_hash: str | None = attrs.field(repr=False)
    sealed: str | None = attrs.field(repr=False)


@answering
async def begin(
    session_id: str,
    user: User,
    token_hash: str,
    *,
    agent: str,
    address: str | None,
    now: datetime,
) -> None:
    """Record a login and its first refresh token.

    Those of the same user that have ended go, and beyond `MOST` those used longest ago.
    """
    async with in_transaction() as transaction:
        if transaction.capabilities.dialect == "postgres":  # SQLite has its write lock already
            await _LOCK.row(user_id=user.id)  # as whatever ends all does first: no deadlock
        await SessionRow.create(
            id=session_id,
            user_id=user.id,
            gen=user.gen,
            token_hash=token_hash,
            created_at=now,
            rotated_at=now,
            agent=agent[:_AGENT_LENGTH],
            address=_address(address),
        )
        await _DROP_DEAD.changed(user_id=user.id, id=session_id, most=MOST)


@reading
async def find(session_id: str) -> Login | None:
    """Return a login, also one that has ended; None if there never was such a one."""
    row = await _FIND.row(id=session_id)
    return _read(row) if row else None


@answering
async def rotate(
    session_id: str,
    token_hash: str,
    *,
    new_hash: str,
    sealed: str,
    agent: str,
    address: str | None,
    now: datetime,
) -> bool:
    """Let *new_hash* follow *token_hash*; False if that is not, or no longer, the good one.

    Of several at once exactly one gets True.
    """
    current = SessionRow.filter(id=session_id, token_hash=token_hash, ended_at__isnull=True)
    changed = await current.update(
        token_hash=new_hash,
        previous_hash=token_hash,
        sealed=sealed,
        agent=agent[:_AGENT_LENGTH],
        address=_address(address),
        rotated_at=now,
    )
    return bool(changed)


@answering
async def end(session_id: str, *, now: datetime) -> bool:
    """End a login; ended is ended.  Of several at once exactly one gets True."""
    living = SessionRow.filter(id=session_id, ended_at__isnull=True)
    return bool(await living.update(ended_at=now, sealed=None))


@reading
async def of_user(user: User, *, used_after: datetime, begun_after: datetime) -> list[Session]:
    """Return the logins of a user that are good, the last one used first."""
    rows = await _OF_USER.rows(
        user_id=user.id, gen=user.gen, used_after=used_after, begun_after=begun_after
    )
    return [_session(row) for row in rows]


def _address(address: str | None) -> str | None:
    return None if address is None else address[:_ADDRESS_LENGTH]


def _session(row: Row) -> Session:
    return Session(
        id=row["id"],
        user_id=row["user_id"],
        created_at=row["created_at"],
        rotated_at=row["rotated_at"],
        ended_at=row["ended_at"],
        agent=row["agent"],
        gen=row["gen"],
        address=row["address"],
    )


def _read(row: Row) -> Login:
    user = User(
        id=row["user_id"],
        name=row["name"],
        role=read_role(row["role"]),
        gen=row["user_gen"],
        disabled=bool(row["disabled"]),
        created_at=row["user_created_at"],
    )
    return Login(
        session=_session(row),
        user=user,
        token_hash=row["token_hash"],
        previous_hash=row["previous_hash"],
        sealed=row["sealed"],
    )
