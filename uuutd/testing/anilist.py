"""A stand-in for AniList on loopback: its GraphQL, its OAuth pages, and its ways of saying no.

    async with AniListStandIn() as anilist:
        show = Media(id=1, romaji="A Show", episodes=12, airing=weekly(first, 12))
        anilist.add_media(show)
        user = anilist.add_user("ada")
        anilist.add_entry(user, show, progress=3)
        token = anilist.issue_token(user)
        ...  # anilist.url is the API, anilist.site the pages

What it refuses the real one refuses too: queries that the schema forbids, requests
without a Referer, a bad token, more than `AniListStandIn.rate` requests a minute.
`AniListStandIn.fail` breaks answers on demand.
"""

import asyncio
import contextlib
import html
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Self
from urllib.parse import urlencode

import attrs
from aiohttp import web

from .anilist_graph import Answer, Graph, refusal
from .anilist_world import ListEntry, Media, User, World, weekly
from .misbehaving import Fault, FaultKind, misbehave
from .serving import serving

__all__ = ["AniListFault", "AniListStandIn", "ListEntry", "Media", "Request", "User", "weekly"]

AniListFault = FaultKind | Literal["error", "ratelimit", "disabled", "slow"]
"""How an answer can go wrong: as in `misbehaving.Fault`, or in AniList's own ways.

``error`` is the given status with an error in JSON, ``ratelimit`` a 429 after which
everybody is shut out, ``disabled`` out of order in AniList's own sentence, and ``slow``
the right answer, some seconds late.
"""

CLIENT_ID: Final = "1001"
CLIENT_SECRET: Final = "stand-in-secret"  # noqa: S105 - opens nothing but this stand-in
DISABLED: Final = (
    "The AniList API has been temporarily disabled due to severe stability issues. "
    "Please check the official AniList Discord for more information."
)
_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_WINDOW = timedelta(minutes=1)


@attrs.frozen(kw_only=True)
class Request:
    """One request to the API, as it came; *fields* are the root fields of its query."""

    at: datetime
    status: int
    fields: tuple[str, ...] = ()
    referer: str | None = None
    user_agent: str | None = None
    authorized: bool = False
    fault: AniListFault | None = None
    variables: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class _Failing:
    kind: AniListFault
    status: int
    seconds: float

    @property
    def anywhere(self) -> Fault | None:
        """The fault if it is one that any service can have."""
        match self.kind:
            case "error" | "ratelimit" | "disabled" | "slow":
                return None
            case kind:
                return Fault(kind=kind, status=self.status)


class _Limiter:
    """So many requests a minute, and a minute shut out for whoever sends more."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._window = self._until = world.now()
        self._count = 0

    def shut_out(self, seconds: float) -> None:
        self._until = self._world.now() + timedelta(seconds=seconds)

    def headers(self, rate: int) -> tuple[bool, dict[str, str]]:
        """Count one request; say whether it may pass, and what the headers tell."""
        now = self._world.now()
        if now - self._window >= _WINDOW:
            self._window, self._count = now, 0
        self._count += 1
        if now >= self._until and self._count > rate:
            self.shut_out(_WINDOW.total_seconds())
        left = (self._until - now).total_seconds()
        remaining = 0 if left > 0 else rate - self._count
        headers = {"X-RateLimit-Limit": str(rate), "X-RateLimit-Remaining": str(remaining)}
        if left <= 0:
            return True, headers
        headers["Retry-After"] = str(int(left) + 1)
        headers["X-RateLimit-Reset"] = str(int(self._until.timestamp()) + 1)
        return False, headers


class AniListStandIn(World):
    """A world that can be asked over HTTP while its ``async with`` block runs.

    *rate* is how many requests a minute pass.  *login_as* is who is logged in on the
    site and approves when a browser comes to the authorize page.
    """

    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def __init__(self, *, rate: int = 90) -> None:
        super().__init__()
        self.rate = rate
        self.login_as: User | None = None
        self.requests: list[Request] = []
        self.url = self.site = ""
        self._graph = Graph(self)
        self._limiter = _Limiter(self)
        self._failing: list[_Failing] = []
        self._codes: dict[str, tuple[User, str]] = {}
        self._stack = contextlib.AsyncExitStack()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/", self._graphql)
        app.router.add_get("/api/v2/oauth/authorize", self._authorize)
        app.router.add_post("/api/v2/oauth/token", self._token)
        app.router.add_get("/api/v2/oauth/pin", self._pin)
        return app

    async def __aenter__(self) -> Self:
        self.url = self.site = await self._stack.enter_async_context(serving(self._app()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def fail(
        self, kind: AniListFault, count: int = 1, *, status: int = 500, seconds: float = 60
    ) -> None:
        """Answer the next *count* requests wrongly, after those already told to.

        What a request wants written is written all the same, and only the answer spoilt,
        except with ``error``, ``ratelimit`` and ``disabled``.
        *status* is for ``error`` and ``status``, *seconds* for ``slow`` and ``ratelimit``.
        """
        if kind == "refuse":
            raise ValueError("a running server refuses no connection; leave its block for that")
        self._failing += [_Failing(kind, status, seconds)] * count

    def heal(self) -> None:
        """Forget the failures that are still to come; who was shut out stays so."""
        self._failing.clear()

    # --- GraphQL ---

    async def _graphql(self, request: web.Request) -> web.StreamResponse:
        failing = self._failing.pop(0) if self._failing else None
        if failing and failing.kind == "ratelimit":
            self._limiter.shut_out(failing.seconds)
        passes, headers = self._limiter.headers(self.rate)
        variables: dict[str, Any] = {}
        if not passes:
            answer = Answer(429, refusal("Too Many Requests.", 429))
        elif (failing and failing.kind == "disabled") or not request.headers.get("Referer"):
            answer = Answer(403, refusal(DISABLED, 403))
        elif failing and failing.kind == "error":
            answer = Answer(failing.status, refusal("Server Error", failing.status))
        else:
            answer, variables = await self._answer(request)
        self.requests.append(
            Request(
                at=self.now(),
                status=answer.status,
                fields=answer.fields,
                referer=request.headers.get("Referer"),
                user_agent=request.headers.get("User-Agent"),
                authorized="Authorization" in request.headers,
                fault=failing.kind if failing else None,
                variables=variables,
            )
        )
        return await self._send(request, answer, headers, failing)

    async def _answer(self, request: web.Request) -> tuple[Answer, dict[str, Any]]:
        try:
            body = await request.json()
            query, variables = body["query"], body.get("variables") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return Answer(400, refusal("No query or mutation provided.", 400)), {}
        if not isinstance(query, str) or not isinstance(variables, dict):
            return Answer(400, refusal("No query or mutation provided.", 400)), {}
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        answer = self._graph.answer(query, variables, token if scheme == "Bearer" else None)
        return answer, variables

    async def _send(
        self,
        request: web.Request,
        answer: Answer,
        headers: dict[str, str],
        failing: _Failing | None,
    ) -> web.StreamResponse:
        if failing and failing.kind == "slow":
            await asyncio.sleep(failing.seconds)
        if failing and failing.anywhere:
            return await misbehave(request, failing.anywhere, json.dumps(answer.body).encode())
        return web.json_response(answer.body, status=answer.status, headers=headers)

    # --- OAuth ---

    async def _authorize(self, request: web.Request) -> web.Response:
        """Approve at once as whoever is logged in, and send the browser back."""
        asked = request.query
        if asked.get("client_id") != self.client_id:
            return _invalid_client()
        user = self.login_as or next(iter(self.users.values()), None)
        if user is None:
            return web.Response(status=401, text=_PAGE.format("Login"), content_type="text/html")
        target = asked.get("redirect_uri") or f"{self.site}/api/v2/oauth/pin"
        back = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("response_type") == "code":
            code = secrets.token_hex(300)
            self._codes[code] = (user, asked.get("redirect_uri", ""))
            raise web.HTTPFound(f"{target}?{urlencode({'code': code} | back)}")
        granted = {
            "access_token": self.issue_token(user),
            "token_type": "Bearer",
            "expires_in": 31_536_000,
        }
        raise web.HTTPFound(f"{target}#{urlencode(granted | back)}")

    async def _token(self, request: web.Request) -> web.Response:
        """Exchange a code, once, for whom and where it was made."""
        asked: Mapping[str, Any]
        asked = await (
            request.json() if request.content_type == "application/json" else request.post()
        )
        if (asked.get("client_id"), asked.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            return _invalid_client()
        if asked.get("grant_type") != "authorization_code":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        user, redirect = self._codes.pop(str(asked.get("code")), (None, ""))
        if user is None or redirect != asked.get("redirect_uri", ""):
            hint = "Cannot decrypt the authorization code"
            return web.json_response({"error": "invalid_request", "hint": hint}, status=400)
        return web.json_response(
            {
                "token_type": "Bearer",
                "expires_in": 31_536_000,
                "access_token": self.issue_token(user),
                "refresh_token": secrets.token_hex(200),
            }
        )

    async def _pin(self, request: web.Request) -> web.Response:
        """Show what there is to copy; a token stands in the fragment, which no server sees."""
        text = html.escape(request.query.get("code", "the token is in the address"))
        return web.Response(text=f"<textarea>{text}</textarea>", content_type="text/html")


def _invalid_client() -> web.Response:
    body = {"error": "invalid_client", "message": "Client authentication failed"}
    return web.json_response(body, status=401)
