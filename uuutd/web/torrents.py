"""The torrents."""

import attrs
from aiohttp import web

from ..services.listings import Ask
from ..wire import AddTorrentRequest
from .bodies import listed
from .call import Call
from .decode import TorrentUpload
from .query import NoParameters, RemoveQuery, TorrentsQuery
from .replies import API, job_reply, json_reply
from .torrent_actions import hash_of


async def view(call: Call[None, TorrentsQuery]) -> web.Response:
    """Show the user's torrents."""
    ask = Ask(**attrs.asdict(call.query))
    return await listed(call.request, await call.services.torrents.view(call.user, ask))


async def view_all(call: Call[None, TorrentsQuery]) -> web.Response:
    """Show everybody's torrents."""
    ask = Ask(**attrs.asdict(call.query))
    return await listed(call.request, await call.services.torrents.view_all(call.user, ask))


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


async def remove(call: Call[None, RemoveQuery]) -> web.Response:
    """Take a torrent off the user's list; the job can be cancelled for ten seconds."""
    jobs = call.services.jobs
    job = await jobs.remove(call.user, hash_of(call), delete_files=call.query.delete_files)
    return job_reply(job, 202)
