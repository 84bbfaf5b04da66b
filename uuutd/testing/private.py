"""A private indexer: a site that asks who you are, tells no info hashes, and counts what you seed.

`PrivateSite` is the stand-in, and `PrivateIndexer` a plugin for it, small enough to copy.
Both keys of a member are secrets: the one for searches goes into a header, the *passkey* into the
addresses of the ``.torrent`` files and of the tracker in them.
"""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any, Self, cast

import attrs
from aiohttp import web
from attrs import validators
from bencode2 import bdecode, bencode
from yarl import URL

from ..backends import Indexer, TorrentFileFetcher
from ..domain import Release, Secret, Wanted
from ..errors import BadReply, LoginFailed, RateLimited, Refused, Unavailable
from ..fetch import Fetched, get, place, retry_after
from ..metainfo import MAX_BYTES
from ..text import clean
from ..titles import search_terms
from .serving import serving

_LONGEST_ANSWER = 1024 * 1024


@attrs.frozen
class Offer:
    """A torrent on the site."""

    title: str
    metainfo: bytes = attrs.field(repr=False)
    size: int
    seeders: int


class PrivateSite:
    """The site; an asynchronous context manager, within which *url* is where it is.

    Its one member has *key* and *passkey*.  *requests* holds the paths that were asked for.
    """

    def __init__(
        self, *, key: str = "key-of-a-member", passkey: str = "passkey-of-a-member"
    ) -> None:
        self.key = key
        self.passkey = passkey
        self.url = ""
        self.requests: list[str] = []
        self._offers: list[Offer] = []
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/api/search", self._search)
        app.router.add_get("/download/{id}", self._download)
        self.url = await self._stack.enter_async_context(serving(app))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def add(self, title: str, metainfo: bytes, *, size: int = 1 << 30, seeders: int = 10) -> None:
        """Put a torrent on the site; its file is handed out with the member's own tracker."""
        self._offers.append(Offer(title, metainfo, size, seeders))

    async def _search(self, request: web.Request) -> web.Response:
        self.requests.append(request.path)
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise web.HTTPUnauthorized
        words = request.query.get("q", "").casefold().split()
        found = [
            {
                "title": offer.title,
                "size": offer.size,
                "seeders": offer.seeders,
                "added": datetime.now(UTC).isoformat(),
                "page": f"{self.url}/torrent/{number}",
                "download": f"{self.url}/download/{number}?passkey={self.passkey}",
            }
            for number, offer in enumerate(self._offers)
            if all(word in offer.title.casefold() for word in words)
        ]
        return web.json_response(found)

    async def _download(self, request: web.Request) -> web.Response:
        self.requests.append(request.path)
        number = request.match_info["id"]
        if request.query.get("passkey") != self.passkey:
            raise web.HTTPForbidden
        if not number.isdecimal() or int(number) >= len(self._offers):
            raise web.HTTPNotFound
        top = cast(dict[bytes, Any], bdecode(self._offers[int(number)].metainfo))
        tracker = f"{top[b'announce'].decode()}?passkey={self.passkey}"
        return web.Response(
            body=bencode({b"announce": tracker.encode(), b"info": top[b"info"]}),
            content_type="application/x-bittorrent",
        )


@attrs.frozen(kw_only=True)
class PrivateConfig:
    """The settings of `PrivateIndexer`."""

    url: str = attrs.field(metadata={"help": "Where the site is."})
    key: Secret = attrs.field(metadata={"help": "The member's key for searches."})
    min_seed_minutes: float = attrs.field(
        default=0.0,
        validator=validators.ge(0),
        metadata={"help": "How long the site wants to see seeded what it gave."},
    )


class PrivateIndexer(Indexer[PrivateConfig], TorrentFileFetcher):
    """Searches a `PrivateSite`."""

    name = "private"
    title = "Private indexer"
    Config = PrivateConfig

    async def check(self) -> str:
        """Log in."""
        await self._ask("zzzz")
        return "1"

    async def search(self, wanted: Wanted | str, *, limit: int) -> list[Release]:
        """Return what the site has for any title of the show, or for a text as it is."""
        texts = [wanted] if isinstance(wanted, str) else [t.words for t in search_terms(wanted)]
        found: dict[str, Release] = {}
        for text in dict.fromkeys(texts):
            for item in await self._ask(clean(text, 200)):
                release = self._release(item)
                found.setdefault(release.torrent_url or "", release)
        return list(found.values())[:limit]

    async def fetch(self, release: Release) -> bytes:
        """Return the ``.torrent`` file; its address holds the member's passkey."""
        url = URL(release.torrent_url or "")
        if url.origin() != URL(self.config.url).origin():
            raise Refused(f"{place(url)} is not {place(self.config.url)}")
        answer = await get(self.host.http, url, limit=MAX_BYTES)
        self._raise_for(answer)
        return answer.body

    async def _ask(self, text: str) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.config.key.reveal()}"}
        answer = await get(
            self.host.http,
            f"{self.config.url}/api/search",
            limit=_LONGEST_ANSWER,
            params={"q": text},
            headers=headers,
        )
        self._raise_for(answer)
        try:
            items = json.loads(answer.body)
        except ValueError as error:
            raise BadReply(f"{place(self.config.url)} answers no JSON") from error
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise BadReply(f"{place(self.config.url)} answers no list of torrents")
        return items

    def _raise_for(self, answer: Fetched) -> None:
        where = place(self.config.url)
        if answer.status in (401, 403):
            raise LoginFailed(f"{where} does not know the key", hint="Look at the setting key.")
        if answer.status == 429:
            wait = retry_after(answer.headers)
            raise RateLimited(f"{where} asks us to wait", retry_after=wait)
        if answer.status >= 500:
            raise Unavailable(f"{where} is out of order ({answer.status})")
        if answer.status != 200:
            raise Refused(f"{where} refuses this ({answer.status})")

    def _release(self, item: dict[str, Any]) -> Release:
        try:
            return Release(
                title=clean(item["title"], 512),
                info_hash=None,
                indexer=self.host.instance,
                size=item["size"],
                seeders=item["seeders"],
                published_at=datetime.fromisoformat(item["added"]),
                page_url=item["page"],
                torrent_url=item["download"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadReply(f"{place(self.config.url)} lists something odd") from error
