"""A stand-in for Nyaa on loopback: its search by RSS, its ``.torrent`` files and its failures.

    async with NyaaStandIn() as nyaa:
        nyaa.add("[Group] A Show - 01 (1080p)", metainfo, seeders=12)
        ...  # nyaa.url is the site
        nyaa.fail("cut")

It answers in the site's own form and searches by the site's own rules (see
`uuutd.testing.nyaa_query`): at most 75 releases, always the newest, and no second page.
"""

import contextlib
import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, Self

import attrs
from aiohttp import web

from ..domain import InfoHash, Source
from ..magnets import magnet
from ..metainfo import read_metainfo
from . import nyaa_query
from .misbehaving import PAGE, Fault, FaultKind, misbehave
from .serving import serving

__all__ = ["CATEGORIES", "NyaaFault", "NyaaStandIn", "Offer", "Request"]

NyaaFault = FaultKind | Literal["redirect_home", "ratelimit", "challenge"]
"""How an answer can go wrong: as in `misbehaving.Fault`, or in the site's own ways.

``redirect_home`` is its internal error, ``ratelimit`` a 429, and ``challenge`` the page
by which the guard before it wants to see a browser.
"""

CATEGORIES: Mapping[str, str] = {
    "1_1": "Anime - Anime Music Video",
    "1_2": "Anime - English-translated",
    "1_3": "Anime - Non-English-translated",
    "1_4": "Anime - Raw",
    "2_1": "Audio - Lossless",
    "2_2": "Audio - Lossy",
    "3_1": "Literature - English-translated",
    "3_2": "Literature - Non-English-translated",
    "3_3": "Literature - Raw",
    "4_1": "Live Action - English-translated",
}
"""Those of the site's categories in which the name of a show turns up."""
_MOST = 75
_SORTS = ("id", "size", "comments", "seeders", "leechers", "downloads")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


@attrs.frozen(kw_only=True)
class Offer:
    """One release as the site holds it; without *metainfo* it comes as a magnet link."""

    id: int
    title: str
    info_hash: InfoHash
    size: int
    seeders: int
    leechers: int
    category: str
    trusted: bool
    remake: bool
    published_at: datetime
    metainfo: bytes | None = attrs.field(default=None, repr=False)


@attrs.frozen
class Request:
    """One request as it came."""

    path: str
    query: Mapping[str, str]


class NyaaStandIn:
    """The site; an asynchronous context manager, within which *url* is where it is.

    *requests* holds every request that came, the oldest first.
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self._offers: list[Offer] = []
        self._faults: list[Fault | Literal["redirect_home"]] = []
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self.url = await self._stack.enter_async_context(serving(app))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def add(
        self,
        title: str,
        torrent: bytes | str,
        *,
        size: int | None = None,
        seeders: int = 10,
        leechers: int = 0,
        category: str = "1_2",
        trusted: bool = False,
        remake: bool = False,
        published_at: datetime | None = None,
    ) -> Offer:
        """Put a release on the site; what is added later counts as newer.

        *torrent* is a ``.torrent`` file or an info hash.  A file knows its *size*, of a
        hash it is 0 unless it is given.
        """
        if category not in CATEGORIES:
            raise ValueError(f"{category!r} is not one of {', '.join(CATEGORIES)}")
        metainfo = torrent if isinstance(torrent, bytes) else None
        read = None if metainfo is None else read_metainfo(metainfo)
        offer = Offer(
            id=1_900_000 + len(self._offers),
            title=title,
            info_hash=InfoHash(str(torrent)) if read is None else read.info_hash,
            size=(0 if read is None else read.size) if size is None else size,
            seeders=seeders,
            leechers=leechers,
            category=category,
            trusted=trusted,
            remake=remake,
            published_at=published_at or datetime.now(UTC),
            metainfo=metainfo,
        )
        self._offers.append(offer)
        return offer

    def fail(
        self,
        kind: NyaaFault,
        count: int = 1,
        *,
        status: int = 500,
        retry_after: str | None = None,
    ) -> None:
        """Answer the next *count* requests wrongly; *status* and *retry_after* as in `Fault`."""
        fault: Fault | Literal["redirect_home"]
        if kind == "redirect_home":
            fault = kind
        elif kind == "ratelimit":
            fault = Fault(kind="status", status=429, retry_after=retry_after)
        elif kind == "challenge":
            fault = Fault(kind="status", status=403, retry_after=retry_after)
        elif kind == "refuse":
            raise ValueError("a running server refuses no connection; leave its block for that")
        else:
            fault = Fault(kind=kind, status=status, retry_after=retry_after)
        self._faults += [fault] * count

    def heal(self) -> None:
        """Forget the failures that are still to come: answer rightly again."""
        self._faults.clear()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Request(request.path, dict(request.query)))
        fault = self._faults.pop(0) if self._faults else None
        if fault == "redirect_home":
            return _home()
        right = self._right_answer(request.path, request.query)
        if fault is None:
            return right
        body = right.body if isinstance(right.body, bytes) else b""
        return await misbehave(request, fault, body, right.content_type)

    def _right_answer(self, path: str, query: Mapping[str, str]) -> web.Response:
        if path == "/rss" or (path == "/" and query.get("page") == "rss"):
            return self._feed(query)
        if match := re.fullmatch(r"/download/([0-9]+)\.torrent", path):
            return self._torrent(int(match[1]))
        return _page(200 if path == "/" else 404)

    def _torrent(self, number: int) -> web.Response:
        for offer in self._offers:
            if offer.id == number and offer.metainfo is not None:
                return web.Response(body=offer.metainfo, content_type="application/x-bittorrent")
        return _page(404)

    def _feed(self, query: Mapping[str, str]) -> web.Response:
        text = query.get("q", query.get("term", "")).strip()
        category = query.get("c", query.get("cats", "")) or "0_0"
        wish = query.get("f", query.get("filter", "")) or "0"
        sort = query.get("s", "") or "id"
        if sort.lower() in _SORTS and sort not in _SORTS:
            return _home()  # a capital letter crashes the real one, too
        if (
            wish not in ("0", "1", "2", "3")
            or sort not in _SORTS
            or not _is_category(category, text)
        ):
            return _page(400)
        try:
            matches = nyaa_query.parse(text)
        except nyaa_query.TooManyWords:
            return _home()
        found = [
            offer
            for offer in reversed(self._offers)
            if _is_in(offer, category) and _is_wished(offer, wish) and matches(offer.title)
        ]
        magnets = "m" in query or "magnets" in query
        body = _rss(self.url, text, found[:_MOST], magnets=magnets).encode()
        return web.Response(
            body=body, content_type="application/xml", headers={"Cache-Control": "max-age=300"}
        )


def _is_category(category: str, text: str) -> bool:
    """Say whether the site takes *category*: it looks closely only when it searches for a text."""
    if not re.fullmatch("[0-9]_[0-9]", category):
        return False
    known = {f"{name[0]}_0" for name in CATEGORIES} | set(CATEGORIES) | {"0_0"}
    return category in known or not text


def _is_in(offer: Offer, category: str) -> bool:
    main, sub = category.split("_")
    return (
        main not in ("1", "2", "3", "4")
        or offer.category == category
        or (sub == "0" and offer.category[0] == main)
    )


def _is_wished(offer: Offer, wish: str) -> bool:
    if wish == "1":
        return not offer.remake
    return offer.trusted if wish == "2" else wish == "0"


def _home() -> web.Response:
    """Report an internal error as the site does."""
    return web.Response(status=302, headers={"Location": "/", "Set-Cookie": "session=e30; Path=/"})


def _page(status: int) -> web.Response:
    return web.Response(status=status, body=PAGE, content_type="text/html")


def _rss(url: str, text: str, offers: list[Offer], *, magnets: bool) -> str:
    kind = "Magnet URI" if magnets else "Torrent File"
    subject = f"&#34;{_escaped(text)}&#34;" if text else "Home"
    items = "".join(_item(url, offer, magnets=magnets) for offer in offers)
    return f"""\
<rss xmlns:atom="http://www.w3.org/2005/Atom" xmlns:nyaa="{url}/xmlns/nyaa" version="2.0">
	<channel>
		<title>Nyaa - {subject} - {kind} RSS</title>
		<description>RSS Feed for {subject}</description>
		<link>{url}/</link>
		<atom:link href="{url}/?page=rss" rel="self" type="application/rss+xml" />
{items}	</channel>
</rss>"""


def _item(url: str, offer: Offer, *, magnets: bool) -> str:
    title, size = _escaped(offer.title), _size(offer.size)
    page, category = f"{url}/view/{offer.id}", CATEGORIES[offer.category]
    about = f'<a href="{page}">#{offer.id} | {title}</a> | {size} | {category}'
    link = f"{url}/download/{offer.id}.torrent"
    if magnets or offer.metainfo is None:
        link = _escaped(magnet(Source(info_hash=offer.info_hash, name=offer.title)))
    return f"""\
		<item>
			<title>{title}</title>
				<link>{link}</link>
				<guid isPermaLink="true">{page}</guid>
				<pubDate>{email.utils.formatdate(offer.published_at.timestamp())}</pubDate>

				<nyaa:seeders>{offer.seeders}</nyaa:seeders>
				<nyaa:leechers>{offer.leechers}</nyaa:leechers>
				<nyaa:downloads>{10 * offer.seeders}</nyaa:downloads>
				<nyaa:infoHash>{offer.info_hash}</nyaa:infoHash>
			<nyaa:categoryId>{offer.category}</nyaa:categoryId>
			<nyaa:category>{category}</nyaa:category>
			<nyaa:size>{size}</nyaa:size>
			<nyaa:comments>0</nyaa:comments>
			<nyaa:trusted>{"Yes" if offer.trusted else "No"}</nyaa:trusted>
			<nyaa:remake>{"Yes" if offer.remake else "No"}</nyaa:remake>
			<description><![CDATA[{about} | {offer.info_hash}]]></description>
		</item>
"""


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _size(size: int) -> str:
    """Write a size as the site does: binary units, one decimal."""
    if size < 1024:
        return "1 Byte" if size == 1 else f"{size} Bytes"
    rounded = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        rounded /= 1024
        if rounded < 1024:
            return f"{rounded:.1f} {unit}"
    return f"{rounded / 1024:.1f} TiB"
