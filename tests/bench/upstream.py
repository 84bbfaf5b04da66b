"""AniList and Nyaa with the latency of the real ones, and with nothing else that takes time.

The stand-ins work out their answers on the same two cores that are being measured, so
what they answered once is played back: what a request costs upstream is then the same
for whoever asks, and is the latency.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import aiohttp
import attrs
from aiohttp import web

from uuutd.testing.serving import serving

_PASSED_ON = ("Content-Type", "Authorization", "Referer", "User-Agent", "Accept")
_PASSED_BACK = ("Content-Type", "Cache-Control")


@attrs.frozen
class _Answer:
    status: int
    body: bytes
    headers: dict[str, str]


@attrs.define
class Upstream:
    """A service behind *latency* seconds; *asked* holds what came, GETs by their query."""

    latency: float = 0.0
    asked: list[str] = attrs.field(factory=list)
    _target: str = ""
    url: str = ""
    _known: dict[tuple[str, ...], _Answer] = attrs.field(factory=dict)
    _session: aiohttp.ClientSession | None = None

    @classmethod
    @asynccontextmanager
    async def of(cls, target: str) -> AsyncIterator[Self]:
        """Stand before the service at *target* while the block runs."""
        upstream = cls(target=target)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", upstream._answer)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session, serving(app) as url:
            upstream._session, upstream.url = session, url
            yield upstream

    def forget(self) -> None:
        """Forget what was asked, but not what was answered."""
        self.asked.clear()

    async def _answer(self, request: web.Request) -> web.Response:
        due = asyncio.get_running_loop().time() + self.latency
        body = await request.read()
        query = request.query.get("q", "")
        self.asked.append(query or request.path)
        # The parameters may come in any order; nothing else differs between those who ask.
        parameters = "&".join(sorted(request.rel_url.query_string.split("&")))
        token = request.headers.get("Authorization", "")
        key = (request.method, request.path, parameters, token, body.decode())
        answer = self._known.get(key)
        if answer is None:
            answer = self._known[key] = await self._ask(request, body)
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    async def _ask(self, request: web.Request, body: bytes) -> _Answer:
        assert self._session is not None
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        async with self._session.request(
            request.method, f"{self._target}{request.path_qs}", data=body or None, headers=headers
        ) as answer:
            back = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
            return _Answer(answer.status, await answer.read(), back)
