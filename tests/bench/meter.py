"""A proxy that counts what is asked of a torrent client, and times it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import aiohttp
import attrs
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from uuutd.testing.serving import serving

LARGEST = 64 << 20
_OF_ONE_CONNECTION = ("Connection", "Content-Length", "Date", "Host", "Server", "Transfer-Encoding")


@attrs.frozen
class Call:
    """One call of the Web API: the last two parts of its path, and the seconds inside."""

    path: str
    seconds: float


@attrs.define(eq=False)
class Meter:
    """Passes everything on to the client; *calls* holds what it has answered."""

    url: str
    calls: list[Call]
    _client: str
    _session: aiohttp.ClientSession

    @classmethod
    @asynccontextmanager
    async def before(cls, client: str) -> AsyncIterator[Self]:
        """Stand before the client at this address while the block runs."""
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session:
            meter = cls(url="", calls=[], client=client, session=session)
            app = web.Application(client_max_size=LARGEST)
            app.router.add_route("*", "/{path:.*}", meter._pass)
            async with serving(app) as meter.url:
                yield meter

    def inside(self, *paths: str) -> list[float]:
        """Return the seconds that each call of these took inside the client."""
        return [call.seconds for call in self.calls if call.path in paths]

    async def _pass(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = _kept(request.headers)
        for name in ("Origin", "Referer"):  # the client refuses those of another site
            if name in headers:
                headers[name] = headers[name].replace(self.url, self._client)
        began = time.monotonic()
        async with self._session.request(
            request.method, f"{self._client}{request.raw_path}", headers=headers, data=body or None
        ) as answer:
            content = await answer.read()
        path = "/".join(request.path.split("/")[-2:])
        self.calls.append(Call(path, time.monotonic() - began))
        return web.Response(status=answer.status, headers=_kept(answer.headers), body=content)


def _kept(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return the headers without those of one connection."""
    kept = CIMultiDict(headers)
    for name in _OF_ONE_CONNECTION:
        kept.popall(name, None)
    return kept
