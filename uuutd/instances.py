"""The live backends of a daemon: opened in the background, watched, closed.

A backend that is down never keeps the daemon from starting and never holds up another.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import aiohttp

from .backends import Backend, Indexer, TorrentClient, WatchlistProvider
from .breaker import Patience
from .config.model import SECTIONS, BackendTable, Config
from .domain import Kind
from .errors import NotFound
from .instance import Instance, Means
from .metrics import Metrics
from .tasks import Tasks
from .wire import BackendReply, BackendsReply

__all__ = ["Instance", "Instances"]

B = TypeVar("B", bound=Backend[Any])
Listener = Callable[[Instance[Any]], None]


class Instances:
    """All configured backends, by kind and name, in the order of the configuration."""

    def __init__(
        self,
        *,
        data_dir: Path,
        http: aiohttp.ClientSession,
        outside: aiohttp.ClientSession,
        metrics: Metrics,
        watchlists: Mapping[str, BackendTable[WatchlistProvider[Any]]] = MappingProxyType({}),
        indexers: Mapping[str, BackendTable[Indexer[Any]]] = MappingProxyType({}),
        clients: Mapping[str, BackendTable[TorrentClient[Any]]] = MappingProxyType({}),
        patience: Patience | None = None,
    ) -> None:
        self.metrics = metrics
        self._listeners: list[Listener] = []
        self._tasks = Tasks()
        means = Means(
            data_dir=data_dir,
            http=http,
            outside=outside,
            metrics=metrics,
            patience=patience or Patience(),
            tasks=self._tasks,
            changed=self._tell,
        )
        self.watchlists = _instances(watchlists, means)
        self.indexers = _instances(indexers, means)
        self.clients = _instances(clients, means)

    @classmethod
    def of(
        cls,
        config: Config,
        *,
        http: aiohttp.ClientSession,
        outside: aiohttp.ClientSession,
        metrics: Metrics,
    ) -> "Instances":
        """Return the instances of *config*, not yet started."""
        return cls(
            data_dir=config.data_dir,
            http=http,
            outside=outside,
            metrics=metrics,
            watchlists=config.watchlists,
            indexers=config.indexers,
            clients=config.clients,
        )

    def watchlist(self, name: str) -> Instance[WatchlistProvider[Any]]:
        """Return the watchlist provider configured as *name*, or raise `NotFound`."""
        return _named(self.watchlists, "watchlist", name)

    def indexer(self, name: str) -> Instance[Indexer[Any]]:
        """Return the indexer configured as *name*, or raise `NotFound`."""
        return _named(self.indexers, "indexer", name)

    def client(self, name: str) -> Instance[TorrentClient[Any]]:
        """Return the torrent client configured as *name*, or raise `NotFound`."""
        return _named(self.clients, "client", name)

    def default_client(self) -> Instance[TorrentClient[Any]]:
        """Return the torrent client that is configured first, or raise `NotFound`."""
        first = next(iter(self.clients.values()), None)
        if first is None:
            raise NotFound(
                "No torrent client is configured.",
                hint="The administrator adds a [clients.NAME] table to uuutd.toml.",
            )
        return first

    async def start(self) -> None:
        """Begin to open all of them at once, in the background."""
        for instance in self:
            instance.start()

    async def stop(self) -> None:
        """Close all of them at once; nothing is asked of them any more."""
        await self._tasks.aclose()
        await asyncio.gather(*(instance.close() for instance in self))

    async def check(self, kind: Kind, name: str) -> BackendReply:
        """Try one again at once, whatever was wrong with it, and say how it is."""
        by_kind: Mapping[Kind, Mapping[str, Instance[Any]]] = {
            "watchlist": self.watchlists,
            "indexer": self.indexers,
            "client": self.clients,
        }
        instance = _named(by_kind[kind], kind, name)
        await instance.try_again()
        return instance.reply()

    def replies(self) -> BackendsReply:
        """Describe all of them as the API does."""
        return BackendsReply(backends=tuple(instance.reply() for instance in self))

    def listen(self, listener: Listener) -> None:
        """Call *listener* with each instance whose state or problem changes."""
        self._listeners.append(listener)

    def __iter__(self) -> Iterator[Instance[Any]]:
        yield from self.watchlists.values()
        yield from self.indexers.values()
        yield from self.clients.values()

    def _tell(self, instance: Instance[Any]) -> None:
        for listener in self._listeners:
            listener(instance)


def _instances(tables: Mapping[str, BackendTable[B]], means: Means) -> Mapping[str, Instance[B]]:
    return {name: Instance(table, means) for name, table in tables.items()}


def _named(instances: Mapping[str, Instance[B]], kind: Kind, name: str) -> Instance[B]:
    try:
        return instances[name]
    except KeyError:
        there = ", ".join(instances) or "none"
        raise NotFound(
            f"No {kind} is configured as {name}.", hint=f"{SECTIONS[kind]}: {there}"
        ) from None
