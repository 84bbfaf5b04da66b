"""One torrent in full: what the list shows of it, its files, its trackers and its peers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import attrs

from ..backends import TorrentClient
from ..domain import InfoHash
from ..errors import NotFound
from ..instances import Instances
from ..store import links
from ..store.records import Link, User
from ..wire import PeerReply, SpeedLimits, TorrentDetailReply, TorrentFileReply
from .rows import Rows
from .torrents import Torrents
from .tracker_secrets import shown_tracker

T = TypeVar("T")


class TorrentDetails:
    """Asks the client of a torrent for what no list needs."""

    def __init__(self, torrents: Torrents, rows: Rows, instances: Instances) -> None:
        self._torrents = torrents
        self._rows = rows
        self._instances = instances

    async def one(self, user: User, info_hash: InfoHash) -> TorrentDetailReply:
        """Return one of the user's torrents; without files, trackers and peers if it is lost."""
        link = await links.one(user.id, info_hash)
        row = await self._torrents.shown(link)
        files, trackers, peers = await asyncio.gather(
            self._ask(link, "files", lambda c: c.files(link.info_hash)),
            self._ask(link, "trackers", lambda c: c.trackers(link.info_hash)),
            self._ask(link, "peers", lambda c: c.peers(link.info_hash)),
        )
        return TorrentDetailReply(
            files=tuple(TorrentFileReply(**attrs.asdict(file)) for file in files),
            trackers=tuple(map(shown_tracker, trackers)),
            peers=tuple(PeerReply(**attrs.asdict(peer)) for peer in peers),
            fetch_problem=self._rows.fetch_problem(link),
            limits=SpeedLimits(down=link.limits.down, up=link.limits.up),
            **attrs.asdict(row, recurse=False),
        )

    async def _ask(
        self,
        link: Link,
        operation: str,
        ask: Callable[[TorrentClient[Any]], Awaitable[list[T]]],
    ) -> list[T]:
        """Return what the client of a torrent says of it; nothing if it does not have it."""
        if link.client not in self._instances.clients:
            return []
        try:
            return await self._instances.client(link.client).call(operation, ask)
        except NotFound:
            return []
