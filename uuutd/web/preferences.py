"""What users want of releases: of all shows, and of one."""

from typing import Any

import attrs
from aiohttp import web

from ..domain import EntryId
from ..wire import PreferencesReply, ShowPreferences, UserPreferences, UserPreferencesReply
from .call import Call
from .query import NoParameters
from .replies import json_reply, no_content


async def mine(call: Call[None, NoParameters]) -> web.Response:
    """Show what the user wants of all shows."""
    return json_reply(_of_all(await call.services.preferences.show(call.user, None)))


async def set_mine(call: Call[UserPreferences, NoParameters]) -> web.Response:
    """Put the body in place of what the user wanted of all shows."""
    return json_reply(_of_all(await call.services.preferences.replace(call.user, None, call.body)))


async def forget_mine(call: Call[None, NoParameters]) -> web.Response:
    """Forget what the user wanted of all shows."""
    await call.services.preferences.forget(call.user, None)
    return no_content()


async def of_show(call: Call[None, NoParameters]) -> web.Response:
    """Show what the user wants of a show."""
    return json_reply(await call.services.preferences.show(call.user, _show(call)))


async def set_of_show(call: Call[ShowPreferences, NoParameters]) -> web.Response:
    """Put the body in place of what the user wanted of a show."""
    return json_reply(await call.services.preferences.replace(call.user, _show(call), call.body))


async def forget_of_show(call: Call[None, NoParameters]) -> web.Response:
    """Forget what the user wanted of a show."""
    await call.services.preferences.forget(call.user, _show(call))
    return no_content()


def _of_all(reply: PreferencesReply) -> UserPreferencesReply:
    """Return a reply whose *set* can be put back as it is, without what is of one show only."""
    said = {field.name: getattr(reply.set, field.name) for field in attrs.fields(UserPreferences)}
    return UserPreferencesReply(
        set=UserPreferences(**said), effective=reply.effective, from_=reply.from_
    )


def _show(call: Call[Any, NoParameters]) -> tuple[str, EntryId]:
    return call.path("provider"), EntryId(call.path("id"))
