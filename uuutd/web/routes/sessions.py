"""Logins, the password behind them, and tokens for programs; no personal token opens these."""

from ... import wire
from .. import sessions
from ..decode import JsonBody
from ..query import NO_QUERY
from ..replies import API
from ..route import route
from .common import NO_BODY, OWNER, USER

SESSIONS = (
    route(
        "POST",
        f"{API}/auth/password",
        sessions.change_password,
        USER,
        "Change the password; every other session and every personal token ends",
        body=JsonBody(wire.PasswordRequest, required=True),
        query=NO_QUERY,
        statuses=(204,),
    ),
    route(
        "GET",
        f"{API}/auth/sessions",
        sessions.view,
        USER,
        "The caller's sessions",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.SessionsReply,
    ),
    route(
        "DELETE",
        f"{API}/auth/sessions/{{id}}",
        sessions.end,
        OWNER,
        "End a session",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
    ),
    route(
        "GET",
        f"{API}/auth/tokens",
        sessions.tokens,
        USER,
        "The caller's personal tokens",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.PersonalTokensReply,
    ),
    route(
        "POST",
        f"{API}/auth/tokens",
        sessions.make_token,
        USER,
        "Make a personal token; it is shown this once",
        body=JsonBody(wire.PersonalTokenRequest, required=True),
        query=NO_QUERY,
        reply=wire.MadePersonalTokenReply,
        statuses=(201,),
    ),
    route(
        "DELETE",
        f"{API}/auth/tokens/{{id}}",
        sessions.end_token,
        OWNER,
        "End a personal token",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
    ),
)
