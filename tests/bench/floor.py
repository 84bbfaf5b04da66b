"""The floor: the shortest program that could do a download, and no product.

Nobody logs in, nothing is judged, checked, retried or recovered; one list is shared,
equal requests are made once.  It asks the same questions of the same services as the
daemon, takes the first release, records it in one durable transaction and adds it.
``python -m tests.bench.floor SETTINGS`` runs it.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
from aiohttp import web

from uuutd.domain import Airing, EntryId, Format, Titles, Wanted, Work
from uuutd.titles import search_terms

LIST = """
query ($user: Int) {
  MediaListCollection(userId: $user, type: ANIME, status_in: [CURRENT, REPEATING]) {
    lists { entries { progress media { id episodes title { romaji english } } } }
  }
}
"""
HASH = "{%s/xmlns/nyaa}infoHash"


class Floor:
    """The whole program; *settings* says where everything is."""

    def __init__(self, settings: dict[str, Any], session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session
        self._running: dict[object, asyncio.Task[Any]] = {}
        self._database = sqlite3.connect(settings["database"], isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(
            "CREATE TABLE link (entry TEXT, episode INT, hash TEXT, UNIQUE (entry, episode))"
        )

    async def watchlist(self, request: web.Request) -> web.Response:
        """Read a user's list."""
        return web.json_response(await self._list(request.headers["X-User"]))

    async def download(self, request: web.Request) -> web.Response:
        """Get an episode."""
        asked = await request.json()
        user, key = request.headers["X-User"], (asked["entry"], asked["episode"])
        info_hash = await self._once(key, lambda: self._get(user, *key))
        return web.json_response({"hash": info_hash}, status=201)

    async def _once(self, key: object, act: Callable[[], Awaitable[Any]]) -> Any:
        if key not in self._running:
            self._running[key] = asyncio.ensure_future(act())
        return await self._running[key]

    async def _list(self, user: str) -> dict[str, Any]:
        found: dict[str, Any] = await self._once(user, lambda: self._ask_for_list(user))
        return found

    async def _ask_for_list(self, user: str) -> dict[str, Any]:
        asked = {"query": LIST, "variables": {"user": int(user)}}
        async with self._session.post(
            self._settings["anilist"], json=asked, headers={"Referer": "bench"}
        ) as answer:
            lists = (await answer.json())["data"]["MediaListCollection"]["lists"]
        return {str(each["media"]["id"]): each["media"] for one in lists for each in one["entries"]}

    async def _get(self, user: str, entry: str, episode: int) -> str:
        media = (await self._list(user))[entry]
        hashes = await asyncio.gather(*map(self._search, queries(media, episode)))
        info_hash = next(each for each in hashes if each)
        self._database.execute("INSERT INTO link VALUES (?, ?, ?)", (entry, episode, info_hash))
        form = {"urls": f"magnet:?xt=urn:btih:{info_hash}", "savepath": "/srv/anime"}
        url = f"{self._settings['client']}/api/v2/torrents/add"
        async with self._session.post(url, data=form) as answer:
            answer.raise_for_status()
        return info_hash

    async def _search(self, query: str) -> str | None:
        fixed = {"page": "rss", "c": "1_2", "f": "0", "s": "seeders", "o": "desc"}
        async with self._session.get(self._settings["nyaa"], params=fixed | {"q": query}) as answer:
            feed = ET.fromstring(await answer.read())
        found = [item.findtext(HASH % self._settings["site"]) for item in feed.iter("item")]
        return found[0] if found else None


def queries(media: dict[str, Any], episode: int) -> list[str]:
    """Return what the daemon asks Nyaa for the same episode."""
    work = Work(
        id=EntryId(str(media["id"])),
        titles=Titles(romaji=media["title"]["romaji"], english=media["title"]["english"]),
        format=Format.TV,
        airing=Airing.FINISHED,
        episodes=media["episodes"],
    )
    terms = search_terms(Wanted(work=work, episode=episode))
    return [f"{term.words} ({'|'.join(term.numbers)})" for term in terms]


async def main(settings: dict[str, Any]) -> None:
    """Serve until killed."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        floor = Floor(settings, session)
        app = web.Application()
        app.router.add_get("/health", _ready)
        app.router.add_get("/api/v1/watchlist", floor.watchlist)
        app.router.add_post("/api/v1/watchlist/download", floor.download)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", settings["port"]).start()
        await asyncio.Event().wait()


async def _ready(_: web.Request) -> web.Response:
    return web.Response()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
