"""What machines ask: is it alive, is it ready, which version is it, how is it doing."""

from datetime import UTC, datetime

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from ..wire import AboutReply, HealthReply
from .call import Call
from .keys import METRICS, READINESS, VERSION
from .query import NoParameters
from .replies import json_reply

API_VERSION = 1


async def health(_: Call[None, NoParameters]) -> web.Response:
    """Say that the process is alive."""
    return json_reply(HealthReply())


async def ready(call: Call[None, NoParameters]) -> web.Response:
    """Say whether the daemon can do its work: 200 or 503."""
    found = await call.request.app[READINESS].look()
    return json_reply(found, 200 if found.ready else 503)


async def about(call: Call[None, NoParameters]) -> web.Response:
    """Say what a client must know before anybody logs in."""
    signups = call.services.signups
    found = AboutReply(
        version=call.request.app[VERSION],
        api=API_VERSION,
        signup=signups.mode,
        setup_needed=await signups.setup_needed(),
        time=datetime.now(UTC),
    )
    return json_reply(found)


async def metrics(call: Call[None, NoParameters]) -> web.Response:
    """Give the metrics in the format that Prometheus asks for."""
    encode, content_type = choose_encoder(call.request.headers.get("Accept", ""))
    body = encode(call.request.app[METRICS].registry)
    return web.Response(body=body, headers={"Content-Type": content_type})
