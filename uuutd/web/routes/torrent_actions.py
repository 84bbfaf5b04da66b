"""One torrent, and what its owners do with it."""

from ... import wire
from .. import torrent_actions
from ..decode import JsonBody
from ..query import NO_QUERY
from ..replies import API
from ..route import route
from .common import NO_BODY, OWNER

_TORRENT = f"{API}/torrents/{{hash}}"

TORRENT_ACTIONS = (
    route(
        "GET",
        _TORRENT,
        torrent_actions.one,
        OWNER,
        "One torrent with its files",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.TorrentDetailReply,
        scope="torrents:read",
    ),
    route(
        "POST",
        f"{_TORRENT}/pause",
        torrent_actions.pause,
        OWNER,
        "Stop a torrent",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
        scope="torrents:write",
    ),
    route(
        "POST",
        f"{_TORRENT}/resume",
        torrent_actions.resume,
        OWNER,
        "Let a torrent run again",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
        scope="torrents:write",
    ),
    route(
        "PATCH",
        f"{_TORRENT}/files",
        torrent_actions.choose_files,
        OWNER,
        "Say which files are wanted",
        body=JsonBody(wire.FilesRequest),
        query=NO_QUERY,
        statuses=(204,),
        scope="torrents:write",
    ),
    route(
        "POST",
        f"{_TORRENT}/recheck",
        torrent_actions.recheck,
        OWNER,
        "Verify the files of a torrent again",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
        scope="torrents:write",
    ),
    route(
        "PATCH",
        f"{_TORRENT}/limits",
        torrent_actions.limit,
        OWNER,
        "Say how fast a torrent may be",
        body=JsonBody(wire.SpeedLimits, required=True),
        query=NO_QUERY,
        statuses=(204,),
        scope="torrents:write",
    ),
    route(
        "PATCH",
        f"{_TORRENT}/labels",
        torrent_actions.label,
        OWNER,
        "Mark a torrent, for oneself",
        body=JsonBody(wire.LabelsRequest, required=True),
        query=NO_QUERY,
        statuses=(204,),
        scope="torrents:write",
    ),
)
