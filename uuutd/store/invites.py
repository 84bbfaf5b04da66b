"""Invitations; `uuutd.store.users.add_invited` uses them up."""

from datetime import datetime

from .errors import answering
from .records import Role
from .tables import InviteRow


@answering
async def add(code_hash: str, *, role: Role, now: datetime, expires_at: datetime) -> None:
    """Record an invitation by the hash of its code."""
    await InviteRow.create(code_hash=code_hash, role=role, created_at=now, expires_at=expires_at)


@answering
async def is_open(code_hash: str, *, now: datetime) -> bool:
    """Whether there is such an invitation, neither used nor expired."""
    return await InviteRow.exists(code_hash=code_hash, used_at__isnull=True, expires_at__gt=now)
