"""A service on loopback that does everything wrong, one thing at a time.

`Misbehaving` is the whole service; `misbehave` is what a stand-in uses to fail in the
middle of doing well.
"""

import asyncio
import contextlib
import gzip
import socket
from typing import Literal, Self, get_args

import attrs
from aiohttp import web

from .serving import serving

FaultKind = Literal[
    "refuse", "hang", "drop", "status", "html200", "empty", "garbage", "cut", "huge", "bomb"
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
"""What a web server shows instead of an answer."""
_GARBAGE = bytes(range(256)) * 8
_MEBIBYTE = bytes(1024 * 1024)
_HUGE = 64
"""How much *huge* and *bomb* send, in MiB."""


@attrs.frozen(kw_only=True)
class Fault:
    """One way to fail.

    ``refuse`` takes no connection, ``hang`` never answers, ``drop`` closes without an
    answer, ``status`` answers *status* with a web page, and *retry_after* in its header
    if it is given; ``html200`` answers a web page as if all were well, ``empty``
    nothing, ``garbage`` bytes without a meaning, ``cut`` the first half of the right
    answer, ``huge`` much more than anybody wants, ``bomb`` as much in few packed bytes.
    """

    kind: FaultKind
    status: int = 500
    retry_after: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}-{self.status}" if self.kind == "status" else self.kind


async def misbehave(
    request: web.Request, fault: Fault, answer: bytes = b"", content_type: str = "application/json"
) -> web.StreamResponse:
    """Answer *request* wrongly; *answer* and *content_type* are what would be right.

    ``hang`` ends only with the connection, or when the server stops.
    """
    if fault.kind == "hang":
        await asyncio.Event().wait()
    if fault.kind == "status":
        headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
        return web.Response(
            status=fault.status, headers=headers, body=PAGE, content_type="text/html"
        )
    if fault.kind == "html200":
        return web.Response(body=PAGE, content_type="text/html")
    if fault.kind == "empty":
        return web.Response(content_type=content_type)
    if fault.kind == "garbage":
        return web.Response(body=_GARBAGE, content_type=content_type)
    if fault.kind == "cut":
        return await _cut(request, answer or PAGE, content_type)
    if fault.kind == "huge":
        return await _huge(request, content_type)
    if fault.kind == "bomb":
        return web.Response(
            body=gzip.compress(_MEBIBYTE) * _HUGE,  # a gzip file may be several in a row
            content_type=content_type,
            headers={"Content-Encoding": "gzip"},
        )
    _hang_up(request)
    return web.Response()


async def _cut(request: web.Request, answer: bytes, content_type: str) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = content_type
    response.content_length = len(answer)
    await response.prepare(request)
    await response.write(answer[: len(answer) // 2])
    _hang_up(request)
    return response


async def _huge(request: web.Request, content_type: str) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = content_type
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # the other side need not listen to the end
        for _ in range(_HUGE):
            await response.write(_MEBIBYTE)
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


class Misbehaving:
    """A service that answers every request with *fault*; *requests* counts them.

    An asynchronous context manager; within it `url` is where the service is.
    """

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.url = ""
        self.requests = 0
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        if self.fault.kind == "refuse":
            # Bound and not listening: refused, and nobody else gets the port meanwhile.
            bound = self._stack.enter_context(socket.socket())
            bound.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        else:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", self._answer)
            self.url = await self._stack.enter_async_context(serving(app))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        return await misbehave(request, self.fault)
