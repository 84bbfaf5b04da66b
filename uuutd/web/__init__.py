"""The web face: HTTP in front of the services."""

import asyncio
from collections.abc import Callable, Collection
from functools import cache

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry

from .keys import CLOSING, METRICS, OPENAPI, PROXIES, READINESS, SERVICES, VERSION
from .metrics import HttpMetrics
from .middleware import access_middleware, add_headers, host_middleware
from .openapi import document
from .ports import Ping, Services
from .problems import problems_middleware
from .proxies import Proxies
from .readiness import Readiness
from .route import add_routes, check_routes
from .routes import ROUTES

__all__ = ["make_app"]


def make_app(
    services: Services,
    *,
    ping: Ping,
    allowed_hosts: Collection[str],
    trusted_proxies: Collection[str] = (),
    registry: CollectorRegistry,
    version: str,
) -> web.Application:
    """Make the application that serves `ROUTES`.

    *ping* asks the database whether it is there.  *allowed_hosts* are the daemon's names
    beside those of loopback, *trusted_proxies* the networks of the proxies in front, whose
    word is taken for where a request comes from.  The metrics of the requests go to
    *registry*, and all that it has is served.
    """
    app = web.Application(
        middlewares=[access_middleware, problems_middleware, host_middleware(allowed_hosts)]
    )
    app[SERVICES] = services
    app[METRICS] = HttpMetrics(registry)
    app[PROXIES] = Proxies(trusted_proxies)
    app[READINESS] = Readiness(ping, services.instances)
    app[VERSION] = version
    description: Callable[[], bytes] = cache(lambda: msgspec.json.encode(document(ROUTES, version)))
    app[OPENAPI] = description
    app[CLOSING] = asyncio.Event()
    app.on_response_prepare.append(add_headers)
    app.on_startup.append(_check)
    app.on_shutdown.append(_close)
    add_routes(app, ROUTES)
    check_routes(app, ROUTES)
    return app


async def _check(app: web.Application) -> None:
    """Refuse to start with an address that somebody added past the table."""
    check_routes(app, ROUTES)


async def _close(app: web.Application) -> None:
    """End the event streams, which would never end by themselves."""
    app[CLOSING].set()
