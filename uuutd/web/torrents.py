"""The torrents."""

from typing import TypeVar

from aiohttp import web

from ..domain import InfoHash
from ..errors import Invalid, NotFound
from ..magnets import info_hash
from ..wire import AddTorrentRequest, FilesRequest
from .call import Call
from .decode import TorrentUpload
from .query import NoParameters, RemoveQuery
from .replies import API, job_reply, json_reply, no_content, unless_known

B = TypeVar("B")
Q = TypeVar("Q")


def _hash(call: Call[B, Q]) -> InfoHash:
    try:
        return info_hash(call.path("hash"))
    except Invalid:
        raise NotFound("You have no such torrent.") from None


async def view(call: Call[None, NoParameters]) -> web.Response:
    """Show the user's torrents."""
    return unless_known(call.request, await call.services.torrents.view(call.user))


async def view_all(call: Call[None, NoParameters]) -> web.Response:
    """Show everybody's torrents."""
    return unless_known(call.request, await call.services.torrents.view_all())


async def add(call: Call[AddTorrentRequest | TorrentUpload, NoParameters]) -> web.Response:
    """Add a torrent: 201 if it is new to the user, 200 if they had it."""
    jobs, asked = call.services.jobs, call.body
    if isinstance(asked, TorrentUpload):
        request = AddTorrentRequest(
            source="",  # the file is the source
            client=asked.client,
            provider=asked.provider,
            entry=asked.entry,
            episode=asked.episode,
        )
        torrent, new = await jobs.add_file(call.user, asked.torrent, request)
    else:
        torrent, new = await jobs.add(call.user, asked)
    place = {"Location": f"{API}/torrents/{torrent.hash}"}
    return json_reply(torrent, 201 if new else 200, place)


async def one(call: Call[None, NoParameters]) -> web.Response:
    """Show a torrent with its files."""
    return json_reply(await call.services.torrents.one(call.user, _hash(call)))


async def pause(call: Call[None, NoParameters]) -> web.Response:
    """Stop a torrent."""
    await call.services.torrents.pause(call.user, _hash(call))
    return no_content()


async def resume(call: Call[None, NoParameters]) -> web.Response:
    """Let a torrent run again."""
    await call.services.torrents.resume(call.user, _hash(call))
    return no_content()


async def choose_files(call: Call[FilesRequest, NoParameters]) -> web.Response:
    """Say which files of a torrent are wanted."""
    await call.services.torrents.set_wanted(call.user, _hash(call), call.body.wanted)
    return no_content()


async def remove(call: Call[None, RemoveQuery]) -> web.Response:
    """Take a torrent off the user's list; the job can be cancelled for ten seconds."""
    jobs = call.services.jobs
    job = await jobs.remove(call.user, _hash(call), delete_files=call.query.delete_files)
    return job_reply(job, 202)
