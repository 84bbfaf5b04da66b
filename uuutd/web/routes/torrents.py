"""Torrents."""

from ... import wire
from .. import torrents
from ..decode import JsonBody, JsonOrTorrent
from ..query import NO_QUERY, Query, RemoveQuery
from ..replies import API
from ..route import route
from .common import ADMIN, NO_BODY, OWNER, REVALIDATES, USER

TORRENTS = (
    route(
        "GET",
        f"{API}/torrents",
        torrents.view,
        USER,
        "The caller's torrents",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.TorrentsReply,
        statuses=(200, 304),
        headers=REVALIDATES,
    ),
    route(
        "POST",
        f"{API}/torrents",
        torrents.add,
        USER,
        "Add a torrent",
        body=JsonOrTorrent(wire.AddTorrentRequest),
        query=NO_QUERY,
        reply=wire.TorrentReply,
        statuses=(201, 200),
    ),
    route(
        "GET",
        f"{API}/torrents/all",
        torrents.view_all,
        ADMIN,
        "Everybody's torrents",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.TorrentsReply,
        statuses=(200, 304),
        headers=REVALIDATES,
    ),
    route(
        "GET",
        f"{API}/torrents/{{hash}}",
        torrents.one,
        OWNER,
        "One torrent with its files",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.TorrentDetailReply,
    ),
    route(
        "POST",
        f"{API}/torrents/{{hash}}/pause",
        torrents.pause,
        OWNER,
        "Stop a torrent",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
    ),
    route(
        "POST",
        f"{API}/torrents/{{hash}}/resume",
        torrents.resume,
        OWNER,
        "Let a torrent run again",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
    ),
    route(
        "PATCH",
        f"{API}/torrents/{{hash}}/files",
        torrents.choose_files,
        OWNER,
        "Say which files are wanted",
        body=JsonBody(wire.FilesRequest),
        query=NO_QUERY,
        statuses=(204,),
    ),
    route(
        "DELETE",
        f"{API}/torrents/{{hash}}",
        torrents.remove,
        OWNER,
        "Remove a torrent, after ten seconds",
        body=NO_BODY,
        query=Query(RemoveQuery),
        reply=wire.JobReply,
        statuses=(202,),
    ),
)
