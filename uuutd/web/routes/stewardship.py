"""Torrent clients as a whole, for administrators."""

from ... import wire
from .. import stewardship
from ..decode import JsonBody
from ..query import NO_QUERY
from ..replies import API
from ..route import route
from .common import ADMIN, NO_BODY

_LIMITS = f"{API}/backends/client/{{name}}/limits"

STEWARDSHIP = (
    route(
        "GET",
        _LIMITS,
        stewardship.limits,
        ADMIN,
        "How fast a torrent client may be",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.SpeedLimits,
        scope="admin",
    ),
    route(
        "PATCH",
        _LIMITS,
        stewardship.set_limits,
        ADMIN,
        "Say how fast a torrent client may be, all its torrents together",
        body=JsonBody(wire.SpeedLimits, required=True),
        query=NO_QUERY,
        reply=wire.SpeedLimits,
        scope="admin",
    ),
    route(
        "POST",
        f"{API}/admin/torrents/{{client}}/{{hash}}/adopt",
        stewardship.adopt,
        ADMIN,
        "Make a torrent ours that was in its client before us",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
        scope="admin",
    ),
)
