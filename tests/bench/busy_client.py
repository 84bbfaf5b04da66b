"""A qBittorrent with thousands of torrents, some of which move: it tells the differences alone.

Every second a share of its torrents moves on.  Each session that asks gets what moved since
it asked last, as qBittorrent's own sessions do, and every call is counted.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

import attrs
import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from uuutd.testing.serving import serving

VERSIONS = {"app/version": "v5.1.2", "app/webapiVersion": "2.11.4"}
SAVE_PATH = "/srv/anime"


def info_hash(number: int) -> str:
    """Return the hash of the torrent of this number."""
    return f"{number:040x}"


@attrs.define
class BusyClient:
    """*calls* counts requests by path; *marked* is when each name was given, by its own clock."""

    url: str = ""
    calls: Counter[str] = attrs.field(factory=Counter)
    marked: dict[str, float] = attrs.field(factory=dict)
    _rows: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    _moved: dict[str, int] = attrs.field(factory=dict)
    _rid: int = 0
    _turn: Any = None

    @classmethod
    @asynccontextmanager
    async def running(cls, torrents: int, share: float) -> AsyncIterator[Self]:
        """Answer while the block runs; a *share* of the torrents moves each second."""
        client = cls()
        client._rows = {info_hash(number): _row(number) for number in range(torrents)}
        client._turn = itertools.cycle(client._rows)
        app = web.Application()
        handlers: dict[str, Handler] = {
            "auth/login": _login,
            "app/defaultSavePath": _text(SAVE_PATH),
            "sync/maindata": client._maindata,
            "torrents/info": client._info,
            **{path: _text(text) for path, text in VERSIONS.items()},
        }
        for path, handler in handlers.items():
            app.router.add_route("*", f"/api/v2/{path}", client._counted(path, handler))
        async with serving(app) as url:
            client.url = url
            moving = asyncio.ensure_future(client._move(round(torrents * share)))
            try:
                yield client
            finally:
                moving.cancel()
                with suppress(asyncio.CancelledError):
                    await moving

    def rename(self, number: int, name: str) -> None:
        """Give a torrent a name by which its change can be found, and note when."""
        self._touch(info_hash(number), name=name)
        self.marked[name] = time.monotonic()

    async def _move(self, count: int) -> None:
        while True:
            await asyncio.sleep(1)
            for key in itertools.islice(self._turn, count):
                done = self._rows[key]["completed"] + 1_000_000
                self._touch(key, completed=done, dlspeed=done % 7_000_000, eta=done % 4000)

    def _touch(self, key: str, **fields: Any) -> None:
        self._rows[key].update(fields)
        self._moved[key] = self._rid + 1

    def _counted(self, path: str, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.calls[path] += 1
            return await handler(request)

        return answer

    async def _info(self, request: web.Request) -> web.Response:
        asked = str({**request.query, **await request.post()}.get("hashes") or "")
        keys = asked.split("|") if asked else list(self._rows)
        return _json([self._rows[key] for key in keys if key in self._rows])

    async def _maindata(self, request: web.Request) -> web.Response:
        since = int({**request.query, **await request.post()}.get("rid", 0))  # type: ignore[arg-type]
        self._rid += 1
        if not since:
            return _json({"rid": self._rid, "full_update": True, "torrents": self._rows})
        moved = {key: self._rows[key] for key, rid in self._moved.items() if rid > since}
        return _json({"rid": self._rid, "torrents": moved})


def _row(number: int) -> dict[str, Any]:
    name = f"[Group{number % 40:02}] A Show of the Bench {number // 12} - {number % 12 + 1:02}"
    return {
        "hash": info_hash(number),
        "infohash_v1": info_hash(number),
        "name": f"{name} (1080p) [{number:08X}].mkv",
        "state": "downloading",
        "progress": 0.25,
        "size": 1_400_000_000,
        "completed": 350_000_000,
        "dlspeed": 0,
        "upspeed": 0,
        "eta": 3600,
        "num_seeds": 12,
        "num_leechs": 3,
        "ratio": 0.1,
        "tags": "uuutd",
        "save_path": f"{SAVE_PATH}/A Show of the Bench {number // 12}",
        "added_on": 1_790_000_000 + number,
    }


async def _login(_: web.Request) -> web.Response:
    return web.Response(text="Ok.", headers={"Set-Cookie": "SID=bench; HttpOnly; path=/"})


def _text(text: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text)

    return answer


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
