"""What users want of releases."""

from ... import wire
from .. import preferences
from ..decode import JsonBody
from ..query import NO_QUERY
from ..replies import API
from ..route import route
from .common import NO_BODY, OWNER, USER

_MINE = f"{API}/preferences"
_OF_SHOW = f"{API}/watchlist/{{provider}}/{{id}}/preferences"

PREFERENCES = (
    route(
        "GET",
        _MINE,
        preferences.mine,
        USER,
        "What the user wants of all shows",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.UserPreferencesReply,
        scope="watchlist:read",
    ),
    route(
        "PUT",
        _MINE,
        preferences.set_mine,
        USER,
        "Say anew what the user wants of all shows",
        body=JsonBody(wire.UserPreferences, required=True),
        query=NO_QUERY,
        reply=wire.UserPreferencesReply,
        scope="watchlist:write",
    ),
    route(
        "DELETE",
        _MINE,
        preferences.forget_mine,
        USER,
        "Forget what the user wants of all shows",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
        scope="watchlist:write",
    ),
    route(
        "GET",
        _OF_SHOW,
        preferences.of_show,
        OWNER,
        "What the user wants of one show",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.PreferencesReply,
        scope="watchlist:read",
    ),
    route(
        "PUT",
        _OF_SHOW,
        preferences.set_of_show,
        OWNER,
        "Say anew what the user wants of one show",
        body=JsonBody(wire.ShowPreferences, required=True),
        query=NO_QUERY,
        reply=wire.PreferencesReply,
        scope="watchlist:write",
    ),
    route(
        "DELETE",
        _OF_SHOW,
        preferences.forget_of_show,
        OWNER,
        "Forget what the user wants of one show",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
        scope="watchlist:write",
    ),
)
