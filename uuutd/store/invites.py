"""Invitations; `uuutd.store.users.add_invited` uses them up."""

from datetime import datetime

from .errors import answering, reading
from .records import Invite, Role
from .statements import Statement
from .tables import InviteRow
from .users import read_role

_ALL = Statement("""
SELECT i.id, i.role, i.created_at, i.expires_at, i.used_at,
    m.name AS made_by_name, u.name AS used_by_name
FROM invites i LEFT JOIN users m ON m.id = i.made_by LEFT JOIN users u ON u.id = i.used_by
ORDER BY i.id DESC
""")


@answering
async def add(
    code_hash: str,
    *,
    role: Role,
    now: datetime,
    expires_at: datetime,
    made_by: int | None = None,
) -> int:
    """Record an invitation by the hash of its code, and return its number."""
    row = await InviteRow.create(
        code_hash=code_hash, role=role, created_at=now, expires_at=expires_at, made_by=made_by
    )
    return row.id


@answering
async def is_open(code_hash: str, *, now: datetime) -> bool:
    """Whether there is such an invitation, neither used nor expired."""
    return await InviteRow.exists(code_hash=code_hash, used_at__isnull=True, expires_at__gt=now)


@answering
async def exists(code_hash: str) -> bool:
    """Whether there ever was such an invitation, as far as is remembered."""
    return await InviteRow.exists(code_hash=code_hash)


@reading
async def everyone() -> list[Invite]:
    """Return all invitations, the newest first."""
    return [
        Invite(
            id=row["id"],
            role=read_role(row["role"]),
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            used_at=row["used_at"],
            made_by=row["made_by_name"],
            used_by=row["used_by_name"],
        )
        for row in await _ALL.rows()
    ]


@answering
async def end(invite_id: int) -> bool:
    """Forget an invitation: nobody signs up with it any more; False if there is none."""
    return bool(await InviteRow.filter(id=invite_id).delete())
