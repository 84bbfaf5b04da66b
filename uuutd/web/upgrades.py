"""Newer versions of what the user has."""

from aiohttp import web

from ..domain import EntryId
from .call import Call
from .jobs import answer_when_done
from .query import UpgradeQuery
from .replies import json_reply


async def look(call: Call[None, UpgradeQuery]) -> web.Response:
    """Show what the user has of an episode and what is newer; nothing is downloaded."""
    provider, entry_id = call.path("provider"), EntryId(call.path("id"))
    found = await call.services.upgrades.look(call.user, provider, entry_id, call.query.episode)
    return json_reply(found)


async def begin(call: Call[None, UpgradeQuery]) -> web.Response:
    """Get the newer version; what it replaces goes when it is finished, not before."""
    provider, entry_id = call.path("provider"), EntryId(call.path("id"))
    job_id = await call.services.upgrades.begin(call.user, provider, entry_id, call.query.episode)
    return await answer_when_done(call, job_id)
