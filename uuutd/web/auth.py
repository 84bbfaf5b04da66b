"""Accounts, sessions, and the ties to watchlist providers."""

from aiohttp import web

from ..wire import LinkRequest, LogoutRequest, MeReply, SignupRequest, TokenRequest
from .call import Call
from .plain import invalid
from .query import NoParameters
from .replies import json_reply, no_content


async def signup(call: Call[SignupRequest, NoParameters]) -> web.Response:
    """Make an account."""
    signups = call.services.signups
    return json_reply(await signups.signup(call.body, address=call.address), 201)


async def token(call: Call[TokenRequest, NoParameters]) -> web.Response:
    """Log in, or exchange a refresh token."""
    auth, asked = call.services.auth, call.body
    if asked.grant_type == "refresh_token":
        if asked.refresh_token is None:
            raise invalid("refresh_token", "this field is required")
        return json_reply(
            await auth.refresh(asked.refresh_token, agent=call.agent, address=call.address)
        )
    if asked.username is None or asked.password is None:
        missing = "username" if asked.username is None else "password"
        raise invalid(missing, "this field is required")
    return json_reply(
        await auth.login(asked.username, asked.password, agent=call.agent, address=call.address)
    )


async def logout(call: Call[LogoutRequest, NoParameters]) -> web.Response:
    """End this session, or all of the user's."""
    everywhere = call.body.everywhere
    await call.services.auth.logout(call.logged_in, everywhere=everywhere, address=call.address)
    return no_content()


async def me(call: Call[None, NoParameters]) -> web.Response:
    """Say who is logged in."""
    user = call.user
    account = await call.services.administration.user(user.id)
    links = await call.services.accounts.links(user)
    said = MeReply(
        id=account.id, username=user.name, role=user.role, quota=account.quota, links=links
    )
    return json_reply(said)


async def link_prompt(call: Call[None, NoParameters]) -> web.Response:
    """Say where to go and what to fill in."""
    return json_reply(await call.services.accounts.prompt(call.path("provider")))


async def link(call: Call[LinkRequest, NoParameters]) -> web.Response:
    """Link a watchlist."""
    accounts = call.services.accounts
    return json_reply(await accounts.link(call.user, call.path("provider"), call.body.fields))


async def unlink(call: Call[None, NoParameters]) -> web.Response:
    """Forget a watchlist."""
    await call.services.accounts.unlink(call.user, call.path("provider"))
    return no_content()
