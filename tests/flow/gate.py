"""An HTTP proxy on loopback that holds a request at the moment a test is interested in."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Literal, Self

import aiohttp
import attrs
from aiohttp import web

from uuutd.testing.serving import serving

When = Literal["before", "after"]

LARGEST = 64 * 1024 * 1024
_OWN = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "host",
        "keep-alive",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to one connection."""


@attrs.define(eq=False)
class Hold:
    """Holds every request whose path ends with *path_end*; an RPC's ends with its method.

    *came* is set when one is held; once *free* is set they go on.
    """

    path_end: str
    when: When
    came: asyncio.Event = attrs.field(factory=asyncio.Event)
    free: asyncio.Event = attrs.field(factory=asyncio.Event)
    waiting: set[asyncio.Task[object]] = attrs.field(factory=set)

    async def pass_through(self) -> None:
        """Wait until it is free."""
        waiting = asyncio.create_task(self.free.wait())
        self.waiting.add(waiting)
        self.came.set()
        try:
            await waiting
        except asyncio.CancelledError:
            if not waiting.cancelled():
                raise
            raise CutOffError from None
        finally:
            waiting.cancel()
            self.waiting.discard(waiting)


class CutOffError(Exception):
    """The test ended a hold without freeing what was held."""


class Gate:
    """Passes everything on to *upstream*.

    A request that is held ``before`` never reaches the other side if the client goes away
    meanwhile; one held ``after`` has been answered, and the client does not know it.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.requests: list[tuple[str, str]] = []
        self._holds: list[Hold] = []
        self._swallowing: dict[str, str] = {}
        self._port = 0
        self._stack = contextlib.AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None
        self._door = contextlib.AsyncExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=60),
            )
        )
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
        await self._stack.aclose()

    async def open(self) -> None:
        """Take connections, after `close` at the same port."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/{path:.*}", self._pass)
        url = await self._door.enter_async_context(serving(app, port=self._port))
        self._port = int(url.rpartition(":")[2])

    async def close(self) -> None:
        """Refuse connections and cut those there are."""
        await self._door.aclose()

    @contextlib.asynccontextmanager
    async def hold(self, path_end: str, when: When = "before") -> AsyncIterator[Hold]:
        """Hold these requests for the block; those not freed by then are cut off."""
        hold = Hold(path_end, when)
        self._holds.append(hold)
        try:
            yield hold
        finally:
            self._holds.remove(hold)
            for task in hold.waiting:
                task.cancel()

    @contextlib.contextmanager
    def swallow(self, path_end: str, text: str) -> Iterator[None]:
        """Answer these requests with *text*, and pass none of them on, for the block."""
        self._swallowing[path_end] = text
        try:
            yield
        finally:
            del self._swallowing[path_end]

    def count(self, path_end: str) -> int:
        """Return how many requests for this path came."""
        return sum(path.endswith(path_end) for _, path in self.requests)

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        path = _path(request, body)
        self.requests.append((request.method, path))
        for path_end, text in self._swallowing.items():
            if path.endswith(path_end):
                return web.Response(text=text)
        try:
            await self._wait(path, "before")
            answer, content = await self._forward(request, body)
            await self._wait(path, "after")
        except (CutOffError, aiohttp.ClientError):
            _hang_up(request)
            return web.Response()
        return await _hand_over(request, answer, content)

    async def _forward(
        self, request: web.Request, body: bytes
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        assert self._session is not None
        async with self._session.request(
            request.method,
            f"{self.upstream}{request.raw_path}",
            headers=[
                (name, value.replace(self.url, self.upstream))
                for name, value in request.headers.items()
                if name.lower() not in _OWN
            ],
            data=body or None,
            allow_redirects=False,
        ) as answer:
            content = bytearray()
            with contextlib.suppress(aiohttp.ClientPayloadError):  # cut short: so is our answer
                async for piece in answer.content.iter_any():
                    content += piece
            return answer, bytes(content)

    async def _wait(self, path: str, when: When) -> None:
        for hold in tuple(self._holds):
            if hold.when == when and path.endswith(hold.path_end):
                await hold.pass_through()


def _path(request: web.Request, body: bytes) -> str:
    """Return the path of a request, and behind that of Transmission's RPC the method."""
    if request.path.endswith("/rpc"):
        return f"{request.path}/{json.loads(body)['method']}"
    return request.path


async def _hand_over(
    request: web.Request, answer: aiohttp.ClientResponse, content: bytes
) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    for name, value in answer.headers.items():
        if name.lower() not in _OWN:
            response.headers.add(name, value)
    length = answer.content_length
    response.content_length = len(content) if length is None else length
    await response.prepare(request)
    await response.write(content)
    if len(content) < response.content_length:
        _hang_up(request)
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
