"""What administrators do with accounts, and what others do with what they hand out."""

import attrs
from aiohttp import web

from ..wire import AccountChanges, InviteRequest, NewAccountRequest, ResetRequest
from .call import Call
from .query import AuditQuery, DeleteUserQuery, NoParameters
from .replies import json_reply, no_content


async def users(call: Call[None, NoParameters]) -> web.Response:
    """List all accounts."""
    return json_reply(await call.services.administration.users())


async def user(call: Call[None, NoParameters]) -> web.Response:
    """Show an account."""
    return json_reply(await call.services.administration.user(int(call.path("user"))))


async def make_user(call: Call[NewAccountRequest, NoParameters]) -> web.Response:
    """Make an account for somebody."""
    administration = call.services.administration
    made = await administration.make(call.user.id, call.body, address=call.address)
    return json_reply(made, 201)


async def change_user(call: Call[AccountChanges, NoParameters]) -> web.Response:
    """Change an account."""
    number = int(call.path("user"))
    found = await call.services.administration.change(
        call.user.id, number, call.body, address=call.address
    )
    return json_reply(found)


async def delete_user(call: Call[None, DeleteUserQuery]) -> web.Response:
    """Begin to delete an account."""
    number = int(call.path("user"))
    found = await call.services.administration.delete(
        call.user.id, number, call.query.torrents, address=call.address
    )
    return json_reply(found, 202)


async def reset(call: Call[None, NoParameters]) -> web.Response:
    """Make a code with which somebody can choose a new password."""
    number = int(call.path("user"))
    administration = call.services.administration
    made = await administration.reset(call.user.id, number, address=call.address)
    return json_reply(made, 201)


async def use_reset(call: Call[ResetRequest, NoParameters]) -> web.Response:
    """Choose a new password with a code."""
    await call.services.administration.use_reset(call.body, address=call.address)
    return no_content()


async def invites(call: Call[None, NoParameters]) -> web.Response:
    """List all invitations."""
    return json_reply(await call.services.administration.invites())


async def invite(call: Call[InviteRequest, NoParameters]) -> web.Response:
    """Invite somebody."""
    administration = call.services.administration
    made = await administration.invite(call.user.id, call.body, address=call.address)
    return json_reply(made, 201)


async def end_invite(call: Call[None, NoParameters]) -> web.Response:
    """Take an invitation back."""
    number = int(call.path("invite"))
    administration = call.services.administration
    await administration.end_invite(call.user.id, number, address=call.address)
    return no_content()


async def audit(call: Call[None, AuditQuery]) -> web.Response:
    """Show what happened to accounts and keys."""
    return json_reply(await call.services.audit.page(**attrs.asdict(call.query)))
