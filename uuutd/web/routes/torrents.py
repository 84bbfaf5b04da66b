"""Torrents."""

from ... import wire
from .. import torrents
from ..decode import JsonOrTorrent
from ..query import NO_QUERY, Query, RemoveQuery, TorrentsQuery
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
        query=Query(TorrentsQuery),
        reply=wire.TorrentsReply,
        statuses=(200, 304),
        headers=REVALIDATES,
        scope="torrents:read",
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
        scope="torrents:write",
    ),
    route(
        "GET",
        f"{API}/torrents/all",
        torrents.view_all,
        ADMIN,
        "Everybody's torrents",
        body=NO_BODY,
        query=Query(TorrentsQuery),
        reply=wire.TorrentsReply,
        statuses=(200, 304),
        headers=REVALIDATES,
        scope="admin",
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
        scope="torrents:write",
    ),
)
