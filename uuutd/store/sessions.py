"""Logins, and the refresh tokens that keep them alive."""

from datetime import datetime

import attrs

from .errors import answering
from .records import Session, User
from .tables import SessionRow
from .users import read_user

_AGENT_LENGTH = 120


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
    session_id: str, user_id: int, token_hash: str, *, agent: str, now: datetime
) -> None:
    """Record a login and its first refresh token."""
    await SessionRow.create(
        id=session_id,
        user_id=user_id,
        token_hash=token_hash,
        created_at=now,
        rotated_at=now,
        agent=agent[:_AGENT_LENGTH],
    )


@answering
async def find(session_id: str) -> Login | None:
    """Return a login, also one that has ended; None if there never was such a one."""
    row = await SessionRow.get_or_none(id=session_id).select_related("user")
    return _read(row) if row else None


@answering
async def rotate(
    session_id: str, token_hash: str, *, new_hash: str, sealed: str, agent: str, now: datetime
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
        rotated_at=now,
    )
    return bool(changed)


@answering
async def end(session_id: str, *, now: datetime) -> None:
    """End a login; ended is ended."""
    await SessionRow.filter(id=session_id, ended_at__isnull=True).update(ended_at=now, sealed=None)


def _read(row: SessionRow) -> Login:
    session = Session(
        id=row.id,
        user_id=row.user.id,
        created_at=row.created_at,
        rotated_at=row.rotated_at,
        ended_at=row.ended_at,
        agent=row.agent,
    )
    return Login(
        session=session,
        user=read_user(row.user),
        token_hash=row.token_hash,
        previous_hash=row.previous_hash,
        sealed=row.sealed,
    )
