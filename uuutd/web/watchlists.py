"""The watchlist, and the releases for what stands on it."""

from aiohttp import web

from ..domain import EntryId
from ..wire import ProgressRequest
from .call import Call
from .query import EpisodeQuery, NoParameters, SearchQuery, WatchlistQuery, WhyQuery
from .replies import json_reply, unless_known


async def view(call: Call[None, WatchlistQuery]) -> web.Response:
    """Show the user's watchlist."""
    found = await call.services.watchlists.view(call.user, frozenset(call.query.status))
    return unless_known(call.request, found)


async def entry(call: Call[None, NoParameters]) -> web.Response:
    """Show one show with its episodes."""
    provider, entry_id = call.path("provider"), EntryId(call.path("id"))
    return json_reply(await call.services.watchlists.entry(call.user, provider, entry_id))


async def choice(call: Call[None, EpisodeQuery]) -> web.Response:
    """Search and judge the releases of an episode; nothing is downloaded."""
    provider, entry_id = call.path("provider"), EntryId(call.path("id"))
    found = await call.services.releases.choice(call.user, provider, entry_id, call.query.episode)
    return json_reply(found)


async def why(call: Call[None, WhyQuery]) -> web.Response:
    """Explain the last search for an episode; nothing is searched and nothing changed."""
    provider, entry_id = call.path("provider"), EntryId(call.path("id"))
    found = await call.services.searches.why(
        call.user, provider, entry_id, call.query.episode, replay=call.query.replay
    )
    return json_reply(found)


async def numbering(call: Call[None, EpisodeQuery]) -> web.Response:
    """Show how an episode is numbered, and where each number comes from."""
    provider, entry_id = call.path("provider"), EntryId(call.path("id"))
    found = await call.services.numbering.show(call.user, provider, entry_id, call.query.episode)
    return json_reply(found)


async def progress(call: Call[ProgressRequest, NoParameters]) -> web.Response:
    """Mark an episode as watched; 202 if the provider is told later."""
    shown, queued = await call.services.watchlists.set_progress(call.user, call.body)
    return json_reply(shown, 202 if queued else 200)


async def search(call: Call[None, SearchQuery]) -> web.Response:
    """Search the indexers for a text."""
    return json_reply(await call.services.releases.search(call.query.q))
