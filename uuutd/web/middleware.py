"""What happens around every request: its id, its host, its log line, its headers."""

import logging
import time
import uuid
from collections.abc import Collection

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from .call import host_name, is_loopback, printable
from .errors import WrongHost
from .keys import ADDRESS, METRICS, PROXIES, REQUEST_ID, USER_ID
from .replies import SECURITY_HEADERS

access_log = logging.getLogger("uuutd.access")


@web.middleware
async def access_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, time it, count it and log one line about it.

    The line has neither the query nor any header but the program's name, and is ASCII.
    """
    request[REQUEST_ID] = uuid.uuid4().hex
    request[ADDRESS] = request.app[PROXIES].address(request)
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
        response = await handler(request)
        seconds = time.perf_counter() - started
        route, metrics = _route(request), request.app[METRICS]
        metrics.answered(route, request.method, response.status)
        if isinstance(response, web.Response):  # a stream lasts as long as somebody listens
            metrics.took(route, seconds)
        access_log.info(
            "request",
            extra={
                "request_id": request[REQUEST_ID],
                "method": printable(request.method, 20),
                "route": route,
                "path": printable(request.rel_url.raw_path, 200),
                "status": response.status,
                "duration_ms": round(seconds * 1000, 1),
                "user_id": request.get(USER_ID),
                "remote": request[ADDRESS],
                "agent": printable(request.headers.get("User-Agent", ""), 200),
            },
        )
    return response


def _route(request: web.Request) -> str:
    """Return the template of the address, which is one of few, not what was asked for."""
    resource = request.match_info.route.resource
    return "unknown" if resource is None else resource.canonical


def host_middleware(allowed_hosts: Collection[str]) -> Middleware:
    """Return what lets only requests through that are meant for this daemon.

    A page elsewhere whose name is made to resolve to this machine (DNS rebinding) sends
    its own name as the host.
    """
    allowed = frozenset(host.lower().strip("[]").rstrip(".") for host in allowed_hosts)

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = host_name(request)
        one = len(request.headers.getall("Host", [])) == 1
        if not one or not (host in allowed or is_loopback(host)):
            raise WrongHost(
                f"{printable(host, 100)!r} is not a name of this daemon.",
                hint="Add it to allowed_hosts in uuutd.toml if it should be one.",
            )
        return await handler(request)

    return check_host


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add what every answer carries, whatever it is."""
    dress(request, response)


def dress(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Do as `add_headers`."""
    headers = response.headers
    headers.update(SECURITY_HEADERS)
    headers["Server"] = "uuutd"
    headers.setdefault("Cache-Control", "no-store")
    if request_id := request.get(REQUEST_ID):
        headers["X-Request-ID"] = request_id
    if request.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
