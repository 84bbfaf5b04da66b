"""A qBittorrent that keeps its torrents in memory: what it costs is the same for everybody.

It answers those calls of the Web API that an add needs, at once, and notes by its own
clock when a torrent became visible in it.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import attrs
from aiohttp import web
from aiohttp.typedefs import Handler

from uuutd.magnets import parse_magnet
from uuutd.testing.serving import serving


@attrs.define
class Client:
    """The torrents by info hash, and when each came; *calls* and *adds* count requests."""

    url: str = ""
    came: dict[str, float] = attrs.field(factory=dict)
    adds: int = 0
    calls: list[str] = attrs.field(factory=list)
    _rows: dict[str, dict[str, Any]] = attrs.field(factory=dict)

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        """Answer while the block runs."""
        client = cls()
        app = web.Application()
        for path, handler in {
            "auth/login": client._login,
            "auth/logout": _nothing,
            "app/version": _text("v5.0.4"),
            "app/webapiVersion": _text("2.11.4"),
            "app/defaultSavePath": _text("/srv/anime"),
            "torrents/info": client._info,
            "torrents/add": client._add,
            "torrents/delete": client._delete,
            "sync/maindata": client._maindata,
        }.items():
            app.router.add_route("*", f"/api/v2/{path}", client._counted(path, handler))
        async with serving(app) as url:
            client.url = url
            yield client

    def forget(self) -> None:
        """Forget all torrents and counts."""
        self.came.clear()
        self._rows.clear()
        self.calls.clear()
        self.adds = 0

    def _counted(self, path: str, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.calls.append(path)
            return await handler(request)

        return answer

    async def _login(self, _: web.Request) -> web.Response:
        return web.Response(text="Ok.", headers={"Set-Cookie": "SID=bench; HttpOnly; path=/"})

    async def _add(self, request: web.Request) -> web.Response:
        self.adds += 1
        fields = await request.post()
        source = parse_magnet(str(fields["urls"]))
        self._rows.setdefault(source.info_hash, _row(source.info_hash, source.name, fields))
        self.came.setdefault(source.info_hash, time.monotonic())
        return web.Response(text="Ok.")

    async def _info(self, request: web.Request) -> web.Response:
        asked = {**request.query, **await request.post()}.get("hashes")
        hashes = str(asked).split("|") if asked else list(self._rows)
        return web.json_response([self._rows[key] for key in hashes if key in self._rows])

    async def _delete(self, request: web.Request) -> web.Response:
        for key in str((await request.post())["hashes"]).split("|"):
            self._rows.pop(key, None)
        return web.Response()

    async def _maindata(self, _: web.Request) -> web.Response:
        return web.json_response({"rid": 1, "full_update": True, "torrents": self._rows})


def _row(info_hash: str, name: str, fields: Any) -> dict[str, Any]:
    return {
        "hash": info_hash,
        "infohash_v1": info_hash,
        "name": name,
        "state": "metaDL",
        "progress": 0.0,
        "size": 0,
        "completed": 0,
        "tags": str(fields.get("tags", "")),
        "save_path": str(fields.get("savepath", "")),
        "added_on": int(time.time()),
    }


async def _nothing(_: web.Request) -> web.Response:
    return web.Response()


def _text(text: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text)

    return answer
