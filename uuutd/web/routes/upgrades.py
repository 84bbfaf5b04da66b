"""Newer versions of what the user has."""

from ... import wire
from .. import upgrades
from ..query import Query, UpgradeQuery
from ..replies import API
from ..route import route
from .common import NO_BODY, OWNER

_UPGRADE = f"{API}/watchlist/{{provider}}/{{id}}/upgrade"

UPGRADES = (
    route(
        "GET",
        _UPGRADE,
        upgrades.look,
        OWNER,
        "What the user has of an episode, and a newer version of it",
        body=NO_BODY,
        query=Query(UpgradeQuery),
        reply=wire.UpgradeReply,
        scope="watchlist:read",
    ),
    route(
        "POST",
        _UPGRADE,
        upgrades.begin,
        OWNER,
        "Get the newer version and, when it is finished, remove the old one",
        body=NO_BODY,
        query=Query(UpgradeQuery),
        reply=wire.JobReply,
        statuses=(201, 202),
        headers={"Prefer": "respond-async: answer 202 at once."},
        scope="torrents:write",
    ),
)
