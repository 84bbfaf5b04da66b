"""Accounts, logins and links."""

from ... import wire
from .. import auth
from ..decode import JsonBody, JsonOrForm
from ..query import NO_QUERY
from ..replies import API
from ..route import route
from .common import ANONYMOUS, NO_BODY, USER

AUTH = (
    route(
        "POST",
        f"{API}/auth/signup",
        auth.signup,
        ANONYMOUS,
        "Make an account",
        body=JsonBody(wire.SignupRequest),
        query=NO_QUERY,
        reply=wire.UserReply,
        statuses=(201,),
    ),
    route(
        "POST",
        f"{API}/auth/token",
        auth.token,
        ANONYMOUS,
        "Log in, or exchange a refresh token",
        body=JsonOrForm(wire.TokenRequest),
        query=NO_QUERY,
        reply=wire.TokenReply,
    ),
    route(
        "POST",
        f"{API}/auth/logout",
        auth.logout,
        USER,
        "End this session, or all",
        body=JsonBody(wire.LogoutRequest),
        query=NO_QUERY,
        statuses=(204,),
    ),
    route(
        "GET",
        f"{API}/auth/me",
        auth.me,
        USER,
        "Who is logged in",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.MeReply,
        scope="any",
    ),
    route(
        "GET",
        f"{API}/auth/{{provider}}/link",
        auth.link_prompt,
        USER,
        "How to link a watchlist",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.LinkPromptReply,
        scope="watchlist:read",
    ),
    route(
        "POST",
        f"{API}/auth/{{provider}}/link",
        auth.link,
        USER,
        "Link a watchlist",
        body=JsonBody(wire.LinkRequest),
        query=NO_QUERY,
        reply=wire.LinkReply,
    ),
    route(
        "DELETE",
        f"{API}/auth/{{provider}}/link",
        auth.unlink,
        USER,
        "Forget a watchlist",
        body=NO_BODY,
        query=NO_QUERY,
        statuses=(204,),
    ),
)
