"""Nyaa as an indexer."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import ClassVar, Final

from yarl import URL

from uuutd.backends import Host, Indexer, TorrentFileFetcher
from uuutd.domain import Release, Wanted
from uuutd.errors import BackendError, BadReply, RateLimited, Refused, Unavailable
from uuutd.fetch import Fetched, get, place, retry_after
from uuutd.titles import SearchTerm, search_terms
from uuutd.turns import Turns

from . import feed
from .config import NyaaConfig
from .items import releases
from .memory import Found, Memory
from .pace import Pace

MAX_TORRENT: Final = 10 * 1024 * 1024
"""The biggest ``.torrent`` file that is fetched, in bytes."""
_FRESH = 300.0
"""How long a feed may be shown again when it does not say so itself, in seconds."""
_LONGEST_FRESH = 900.0
_LONG_FEED = 100 * 1024
"""A feed of 75 items has about 75 KiB; a longer one is read in a thread."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=([0-9]{1,6})(?:$|[\s,])", re.ASCII | re.IGNORECASE)
_UNSENDABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
_MIRROR = "If the site is blocked where you are, set another address as its url."


class Nyaa(Indexer[NyaaConfig], TorrentFileFetcher):
    """Searches a site that runs Nyaa's software, by its RSS feed."""

    name: ClassVar[str] = "nyaa"
    title: ClassVar[str] = "Nyaa"
    Config: ClassVar[type[NyaaConfig]] = NyaaConfig

    def __init__(self, config: NyaaConfig, host: Host) -> None:
        super().__init__(config, host)
        self._url = URL(config.url)
        self._memory = Memory()
        self._pace = Pace(burst=config.burst, rate=config.rate, in_flight=config.in_flight)
        self._reading = Turns()

    async def check(self) -> str:
        """Ask for a feed, past everything that is remembered."""
        await self._ask(self.name)
        return "Nyaa RSS"

    async def search(self, wanted: Wanted | str, *, limit: int) -> list[Release]:
        """Ask all queries for *wanted* at once, and merge what they find by info hash.

        If some of the queries fail, what the others found is returned and a warning
        logged; if nothing was found then, or all fail, the failure is raised.
        """
        queries = _queries(wanted)
        if not queries:
            raise Refused("the show has no title that could be searched for")
        results = await asyncio.gather(*map(self._find, queries), return_exceptions=True)
        found: list[Sequence[Release]] = []
        failures: list[BackendError] = []
        for query, result in zip(queries, results, strict=True):
            if isinstance(result, BackendError):
                self.host.log.warning("the search for %r failed: %s", query, result)
                failures.append(result)
            elif isinstance(result, BaseException):
                raise result
            else:
                found.append(result.releases)
        merged = _merged(found)
        if failures and not merged:
            raise failures[0]
        return merged[:limit]

    async def fetch(self, release: Release) -> bytes:
        """Fetch the release's ``.torrent`` file; only ever from this indexer's own site."""
        url = release.torrent_url
        if url is None or not url.startswith(f"{self._url.origin()}/"):
            raise Refused(f"{place(self._url)} has no .torrent file of this release")
        async with self._pace.turn():
            answer = await get(self.host.http, url, limit=MAX_TORRENT)
        self._look_at_status(answer)
        if not answer.body.startswith(b"d"):
            raise BadReply(f"{place(self._url)} sent something else than a .torrent file")
        return answer.body

    async def _find(self, query: str) -> Found:
        return await self._memory.get(query.casefold(), lambda: self._ask(query))

    async def _ask(self, query: str) -> Found:
        parameters = {
            "page": "rss",
            "c": self.config.category,
            "f": "0",
            "s": "seeders",
            "o": "desc",
            "q": query,
        }
        try:
            async with self._pace.turn():
                answer = await get(
                    self.host.http,
                    self._url,
                    params=parameters,
                    limit=feed.MAX_BYTES,
                    redirects=0,
                )
        except Unavailable as error:
            error.hint = error.hint or _MIRROR
            raise
        self._look_at_status(answer)
        if answer.content_type and "xml" not in answer.content_type:
            raise BadReply(f"{place(self._url)} sent {answer.content_type[:40]} instead of a feed")
        return await self._read(answer)

    async def _read(self, answer: Fetched) -> Found:
        """Read a feed; of many that come at once, a part of one in each turn of the event loop."""
        if len(answer.body) > _LONG_FEED:
            read = await self.host.in_thread(feed.read, answer.body)
        else:
            async with self._reading.one():
                read = feed.read(answer.body)
        items, fresh_for = read.items, _fresh_for(answer)
        if read.readable is not None:
            items, fresh_for = await self.host.in_thread(feed.salvage, read.readable), 0.0
            self.host.log.warning(
                "the feed of %s breaks off; kept the %d releases before",
                place(self._url),
                len(items),
            )
        async with self._reading.one():
            return Found(tuple(releases(items, self.config, self.host.instance)), fresh_for)

    def _look_at_status(self, answer: Fetched) -> None:
        """Raise unless the site answers 200; when it refuses to be asked, ask no more for a while.

        The site's own software reports an internal error as a redirect to its home
        page, and what stands before it refuses visitors with 403, 429 or 503.
        """
        status, where = answer.status, place(self._url)
        if status == 200:
            self._pace.success()
            return
        wait = retry_after(answer.headers)
        if status in (403, 429):
            why = f"{where} refuses to be asked by us (HTTP {status})"
            wait = self._pace.pause(why, wait)
            raise RateLimited(why, retry_after=wait, hint=_MIRROR if status == 403 else None)
        if status == 503:
            if wait is not None:
                self._pace.pause(f"{where} is out of order", wait)
            raise Unavailable(f"{where} is out of order (HTTP 503)", retry_after=wait)
        if 300 <= status < 400:
            raise self._redirected(answer)
        if 400 <= status < 500 and status != 404:
            raise Refused(f"{where} refuses the request (HTTP {status})")
        raise BadReply(f"{where} failed to answer (HTTP {status})")

    def _redirected(self, answer: Fetched) -> BackendError:
        where = place(self._url)
        try:
            target = answer.url.join(URL(answer.headers.get("Location", "")))
            elsewhere = target.origin() != self._url.origin()
        except ValueError:
            return BadReply(f"{where} redirects us to something that is no address")
        if elsewhere:
            return BadReply(
                f"{where} redirects us to {place(target)}",
                hint="If the site has moved there, set that address as its url.",
            )
        if target.path != self._url.path:
            return BadReply(f"{where} redirects us to another page instead of answering")
        return BadReply(f"{where} reports an internal error by sending us to its home page")


def _queries(wanted: Wanted | str) -> tuple[str, ...]:
    if isinstance(wanted, str):
        texts = [wanted]
    else:
        texts = [_query(term) for term in search_terms(wanted) if term.words]
    # Control characters find nothing, and the site repeats them in its feed, where they break it.
    return tuple(dict.fromkeys(" ".join(_UNSENDABLE.sub(" ", text).split()) for text in texts))


def _query(term: SearchTerm) -> str:
    """Write a search term in the site's language, where ``(a|b)`` is one of the two."""
    if len(term.numbers) > 1:
        return f"{term.words} ({'|'.join(term.numbers)})"
    return " ".join((term.words, *term.numbers))


def _merged(found: Iterable[Sequence[Release]]) -> list[Release]:
    """Return each release once, taking turns among the queries: a limit cuts none off whole."""
    merged: dict[str, Release] = {}
    for release in chain.from_iterable(zip_longest(*found)):
        if release is not None:
            merged.setdefault(release.info_hash or release.torrent_url or "", release)
    return list(merged.values())


def _fresh_for(answer: Fetched) -> float:
    match = _MAX_AGE.search(answer.headers.get("Cache-Control", ""))
    return min(float(match[1]), _LONGEST_FRESH) if match else _FRESH
