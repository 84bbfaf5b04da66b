"""What administrators do with torrent clients."""

from aiohttp import web

from ..wire import SpeedLimits
from .call import Call
from .query import NoParameters
from .replies import json_reply, no_content
from .torrent_actions import hash_of


async def limits(call: Call[None, NoParameters]) -> web.Response:
    """Show how fast a client may be."""
    return json_reply(await call.services.stewardship.limits(call.path("name")))


async def set_limits(call: Call[SpeedLimits, NoParameters]) -> web.Response:
    """Say how fast a client may be."""
    found = await call.services.stewardship.set_limits(call.path("name"), call.body)
    return json_reply(found)


async def adopt(call: Call[None, NoParameters]) -> web.Response:
    """Make a torrent ours that was in its client before us."""
    await call.services.stewardship.adopt(call.user, call.path("client"), hash_of(call))
    return no_content()
