"""One torrent: what it is, and what its owners do with it."""

from typing import TypeVar

from aiohttp import web

from ..domain import InfoHash
from ..errors import Invalid, NotFound
from ..magnets import info_hash
from ..wire import FilesRequest, LabelsRequest, SpeedLimits
from .call import Call
from .query import NoParameters
from .replies import json_reply, no_content

B = TypeVar("B")
Q = TypeVar("Q")


def hash_of(call: Call[B, Q]) -> InfoHash:
    """Return the torrent that a request's address names."""
    try:
        return info_hash(call.path("hash"))
    except Invalid:
        raise NotFound("You have no such torrent.") from None


async def one(call: Call[None, NoParameters]) -> web.Response:
    """Show a torrent with its files."""
    return json_reply(await call.services.torrent_details.one(call.user, hash_of(call)))


async def pause(call: Call[None, NoParameters]) -> web.Response:
    """Stop a torrent."""
    await call.services.torrent_actions.pause(call.user, hash_of(call))
    return no_content()


async def resume(call: Call[None, NoParameters]) -> web.Response:
    """Let a torrent run again."""
    await call.services.torrent_actions.resume(call.user, hash_of(call))
    return no_content()


async def choose_files(call: Call[FilesRequest, NoParameters]) -> web.Response:
    """Say which files of a torrent are wanted."""
    await call.services.torrent_actions.set_wanted(call.user, hash_of(call), call.body.wanted)
    return no_content()


async def recheck(call: Call[None, NoParameters]) -> web.Response:
    """Let the client verify the files."""
    await call.services.torrent_actions.recheck(call.user, hash_of(call))
    return no_content()


async def limit(call: Call[SpeedLimits, NoParameters]) -> web.Response:
    """Say how fast a torrent may be."""
    await call.services.torrent_actions.limit(call.user, hash_of(call), call.body)
    return no_content()


async def label(call: Call[LabelsRequest, NoParameters]) -> web.Response:
    """Mark a torrent."""
    await call.services.torrent_actions.label(call.user, hash_of(call), call.body.labels)
    return no_content()
