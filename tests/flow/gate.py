"""An HTTP proxy on loopback that holds a request at the moment a test is interested in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Literal, Self
from urllib.parse import urlsplit

import aiohttp
import attrs
from aiohttp import web

When = Literal["before", "after"]

LARGEST = 64 * 1024 * 1024
_OWN = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to one connection, or that name the proxy instead of what is behind it."""


@attrs.define(eq=False)
class Hold:
    """Holds every request whose path ends with *path_end*; *came* is set when one is held."""

    path_end: str
    when: When
    came: asyncio.Event = attrs.field(factory=asyncio.Event)
    free: asyncio.Event = attrs.field(factory=asyncio.Event)


class Gate:
    """Passes everything on to *upstream*.

    A request that is held ``before`` never reaches the other side if the client goes away
    meanwhile; one held ``after`` has been answered, and the client does not know it.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.requests: list[tuple[str, str]] = []
        self._holds: list[Hold] = []
        self._port = 0
        self._stack = contextlib.AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

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
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Refuse connections and cut those there are."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @contextlib.asynccontextmanager
    async def hold(self, path_end: str, when: When = "before") -> AsyncIterator[Hold]:
        """Hold these requests for the block; afterwards they go on."""
        hold = Hold(path_end, when)
        self._holds.append(hold)
        try:
            yield hold
        finally:
            self._holds.remove(hold)
            hold.free.set()

    def count(self, path_end: str) -> int:
        """Return how many requests for this path came."""
        return sum(path.endswith(path_end) for _, path in self.requests)

    async def _pass(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append((request.method, request.path))
        await self._wait(request.path, "before")
        assert self._session is not None
        async with self._session.request(
            request.method,
            f"{self.upstream}{request.raw_path}",
            headers=[(k, v) for k, v in request.headers.items() if k.lower() not in _OWN],
            data=body or None,
            allow_redirects=False,
        ) as answer:
            content = await answer.read()
        await self._wait(request.path, "after")
        response = web.Response(status=answer.status, reason=answer.reason, body=content)
        response.headers.clear()
        for name, value in answer.headers.items():
            if name.lower() not in _OWN:
                response.headers.add(name, value)
        return response

    async def _wait(self, path: str, when: When) -> None:
        for hold in tuple(self._holds):
            if hold.when == when and path.endswith(hold.path_end):
                hold.came.set()
                await hold.free.wait()


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
