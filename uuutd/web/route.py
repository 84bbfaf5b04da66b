"""What a row of the table of addresses is, and how aiohttp comes to serve it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import attrs
from aiohttp import web
from aiohttp.typedefs import Handler as AiohttpHandler

from .call import Call, Needs, Policy, admitted
from .decode import Body, expect
from .query import Query
from .shapes import pattern

B = TypeVar("B")
Q = TypeVar("Q")

Handler = Callable[[Call[B, Q]], Awaitable[web.StreamResponse]]


@attrs.frozen(kw_only=True)
class Route:
    """One address of the daemon, with all that is promised of it.

    *reply* is the class of the answer; without one, *media* is its content type, if it
    has any content.  *statuses* are those of success, the usual one first.  *headers* are
    those that the address looks at, with what they mean.  *scope* is what a personal token
    needs, None if none is good for it; *fresh* asks for a login of the last minutes.
    """

    method: str
    path: str
    handler: Handler[Any, Any]
    policy: Policy
    summary: str
    body: Body[Any]
    query: Query[Any]
    reply: type[Any] | None
    media: str | None
    statuses: tuple[int, ...]
    headers: Mapping[str, str]
    scope: Needs
    fresh: bool

    @property
    def tag(self) -> str:
        """The part of the API that it belongs to: the module of its handler."""
        return str(self.handler.__module__).rpartition(".")[2]

    def endpoint(self) -> AiohttpHandler:
        """Return what aiohttp calls: policy first, then the query and the body, then the handler.

        There is no way to the handler around the policy.
        """

        async def serve(request: web.Request) -> web.StreamResponse:
            caller = await admitted(request, self.policy, self.scope, fresh=self.fresh)
            query = self.query.read(request)
            body = await self.body.read(request)
            call = Call(request=request, caller=caller, body=body, query=query)
            return await self.handler(call)

        return serve


def route(
    method: str,
    path: str,
    handler: Handler[B, Q],
    policy: Policy,
    summary: str,
    *,
    body: Body[B],
    query: Query[Q],
    reply: type[Any] | None = None,
    media: str | None = None,
    statuses: tuple[int, ...] = (200,),
    headers: Mapping[str, str] | None = None,
    scope: Needs = None,
    fresh: bool = False,
) -> Route:
    """Make one row of the table; a handler that wants another body or query does not type."""
    return Route(
        method=method,
        path=path,
        handler=handler,
        policy=policy,
        summary=summary,
        body=body,
        query=query,
        reply=reply,
        media=media,
        statuses=statuses,
        headers=headers or {},
        scope=scope,
        fresh=fresh,
    )


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Serve *routes*; whatever answers GET answers HEAD as well, but for streams."""
    for each in routes:
        resource = app.router.add_resource(pattern(each.path))
        endpoint = each.endpoint()
        resource.add_route(each.method, endpoint, expect_handler=expect)
        if each.method == "GET" and each.media != "text/event-stream":
            resource.add_route("HEAD", endpoint, expect_handler=expect)


def check_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Raise `RuntimeError` unless *app* serves exactly *routes*."""
    declared = {(each.method, each.path) for each in routes}
    served = {
        (each.method, each.resource.canonical if each.resource else "?")
        for each in app.router.routes()
        if each.method != "HEAD"
    }
    for method, path in sorted(served - declared):
        raise RuntimeError(f"{method} {path} is served, and stands in no row of ROUTES")
    for method, path in sorted(declared - served):
        raise RuntimeError(f"{method} {path} stands in ROUTES, and is not served")
