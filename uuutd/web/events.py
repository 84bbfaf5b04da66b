"""What happens, as Server-Sent Events."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

from aiohttp import web

from ..errors import Busy, NotLoggedIn
from .bodies import PIECE
from .call import Call, bearer
from .keys import CLOSING, SERVICES
from .ports import Event
from .query import NoParameters

COMMENT_EVERY = 15.0
"""How often a comment keeps the connection open, in seconds."""


async def stream(call: Call[None, NoParameters]) -> web.StreamResponse:
    """Send what concerns the user until they go, their login ends or the daemon stops."""
    request = call.request
    last = request.headers.get("Last-Event-ID") or None
    async with call.services.events.subscribe(call.user.id, last) as events:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": welcome\n\n")
        await _first_to_end(
            lambda: _send(events, response),
            lambda: _keep_open(request, response),
            request.app[CLOSING].wait,
        )
    return response


class _EndedError(Exception):
    """One of several tasks has come to its end, so that the others shall end too."""


async def _first_to_end(*starts: Callable[[], Coroutine[None, None, object]]) -> None:
    """Run all until one of them ends; a client that has gone away is such an end."""

    async def run(start: Callable[[], Coroutine[None, None, object]]) -> None:
        await start()
        raise _EndedError

    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(run(start))
    except* (_EndedError, ConnectionError):
        pass


async def _send(events: AsyncIterator[Event], response: web.StreamResponse) -> None:
    async for event in events:
        await response.write(f"id: {event.id}\nevent: {event.name}\n".encode())
        for line in event.data.split(b"\n"):
            await _line(line, response)
        await response.write(b"\n")


async def _line(line: bytes, response: web.StreamResponse) -> None:
    """Write one line of data: piece by piece if it is long, waiting for who reads slowly."""
    if len(line) <= PIECE:
        await response.write(b"data: %s\n" % line)
        return
    await response.write(b"data: ")
    view = memoryview(line)
    for start in range(0, len(line), PIECE):
        await response.write(view[start : start + PIECE])
    await response.write(b"\n")


async def _keep_open(request: web.Request, response: web.StreamResponse) -> None:
    """Send comments, and stop as soon as the login that opened the stream is no longer good."""
    while True:
        await asyncio.sleep(COMMENT_EVERY)
        try:
            await request.app[SERVICES].auth.authenticate(bearer(request))
        except NotLoggedIn:
            return
        except Busy:
            pass
        await response.write(b": still here\n\n")
