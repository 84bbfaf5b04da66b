"""The configured backends."""

from typing import cast

from aiohttp import web

from ..domain import Kind
from .call import Call
from .query import NoParameters
from .replies import json_reply


async def view(call: Call[None, NoParameters]) -> web.Response:
    """Show the backends and how they are."""
    return json_reply(call.services.instances.replies())


async def check(call: Call[None, NoParameters]) -> web.Response:
    """Try a backend again at once."""
    kind = cast(Kind, call.path("kind"))  # the address matches nothing else
    return json_reply(await call.services.instances.check(kind, call.path("name")))


async def confirm_missing(call: Call[None, NoParameters]) -> web.Response:
    """Record what a client misses although it is much."""
    return json_reply(await call.services.reconciler.confirm_missing(call.path("name")))
