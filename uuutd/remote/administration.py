"""The calls that only administrators may make."""

from ..wire import (
    AccountChanges,
    AccountReply,
    AccountsReply,
    AuditReply,
    DeletionReply,
    Fate,
    InviteRequest,
    InvitesReply,
    NewAccountReply,
    NewAccountRequest,
    NewInviteReply,
    ResetReply,
)
from .transport import Call, Transport, quoted


class Administration:
    """All accounts of a daemon, reached over *transport*."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def users(self) -> AccountsReply:
        """Return all accounts."""
        return await self._transport.ask(Call(method="GET", path="admin/users"), AccountsReply)

    async def make(self, request: NewAccountRequest) -> NewAccountReply:
        """Make an account for somebody."""
        call = Call(method="POST", path="admin/users", body=request)
        return await self._transport.ask(call, NewAccountReply)

    async def change(self, user: str, changes: AccountChanges) -> AccountReply:
        """Change an account."""
        call = Call(method="PATCH", path=quoted("admin", "users", user), body=changes)
        return await self._transport.ask(call, AccountReply)

    async def delete(self, user: str, fate: Fate) -> DeletionReply:
        """Begin to delete an account; *fate* is what becomes of its torrents."""
        path = quoted("admin", "users", user)
        call = Call(method="DELETE", path=path, query={"torrents": fate})
        return await self._transport.ask(call, DeletionReply)

    async def reset(self, user: str) -> ResetReply:
        """Make a code with which a user can choose a new password."""
        call = Call(method="POST", path=quoted("admin", "users", user, "reset"))
        return await self._transport.ask(call, ResetReply)

    async def invites(self) -> InvitesReply:
        """Return all invitations."""
        return await self._transport.ask(Call(method="GET", path="admin/invites"), InvitesReply)

    async def invite(self, request: InviteRequest) -> NewInviteReply:
        """Invite somebody."""
        call = Call(method="POST", path="admin/invites", body=request)
        return await self._transport.ask(call, NewInviteReply)

    async def end_invite(self, invite: str) -> None:
        """Take an invitation back."""
        call = Call(method="DELETE", path=quoted("admin", "invites", invite))
        await self._transport.send(call)

    async def audit(
        self, *, limit: int, cursor: str | None, event: str | None, user: str | None
    ) -> AuditReply:
        """Return a page of what happened, the newest first."""
        asked = {"limit": str(limit), "cursor": cursor, "event": event, "user": user}
        query = {name: value for name, value in asked.items() if value is not None}
        call = Call(method="GET", path="admin/audit", query=query)
        return await self._transport.ask(call, AuditReply)
