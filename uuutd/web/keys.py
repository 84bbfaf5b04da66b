"""What the application and each request carry, under typed keys."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from .metrics import HttpMetrics
from .ports import Services
from .proxies import Proxies
from .readiness import Readiness

SERVICES: web.AppKey[Services] = web.AppKey("services")
METRICS = web.AppKey("metrics", HttpMetrics)
PROXIES = web.AppKey("proxies", Proxies)
READINESS = web.AppKey("readiness", Readiness)
VERSION = web.AppKey("version", str)
OPENAPI: web.AppKey[Callable[[], bytes]] = web.AppKey("openapi")
"""Makes the description of the API, once."""
CLOSING = web.AppKey("closing", asyncio.Event)
"""Set when the daemon stops, so that endless answers end."""

ADDRESS = web.RequestKey("address", str)
REQUEST_ID = web.RequestKey("request_id", str)
USER_ID = web.RequestKey("user_id", int)
