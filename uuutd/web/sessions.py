"""Logins, the password behind them, and tokens for programs."""

from aiohttp import web

from ..wire import PasswordRequest, PersonalTokenRequest
from .call import Call
from .query import NoParameters
from .replies import json_reply, no_content


async def change_password(call: Call[PasswordRequest, NoParameters]) -> web.Response:
    """Change the caller's password."""
    auth = call.services.auth
    await auth.change_password(call.logged_in, call.body, address=call.address)
    return no_content()


async def view(call: Call[None, NoParameters]) -> web.Response:
    """Show the caller's sessions."""
    return json_reply(await call.services.auth.sessions(call.logged_in))


async def end(call: Call[None, NoParameters]) -> web.Response:
    """End one of the caller's sessions."""
    auth = call.services.auth
    await auth.end_session(call.logged_in, call.path("id"), address=call.address)
    return no_content()


async def tokens(call: Call[None, NoParameters]) -> web.Response:
    """Show the caller's personal tokens."""
    return json_reply(await call.services.personal_tokens.view(call.user))


async def make_token(call: Call[PersonalTokenRequest, NoParameters]) -> web.Response:
    """Make a personal token."""
    made = await call.services.personal_tokens.make(call.user, call.body, address=call.address)
    return json_reply(made, 201)


async def end_token(call: Call[None, NoParameters]) -> web.Response:
    """End one of the caller's personal tokens."""
    tokens = call.services.personal_tokens
    await tokens.end(call.user, call.path("id"), address=call.address)
    return no_content()
