"""An embedded client on loopback, and something to download."""

import asyncio
import time

import pytest
from uuutd_libtorrent import Libtorrent, LibtorrentConfig

from uuutd.testing.hosts import test_host
from uuutd.testing.swarm import Swarm


class Clients:
    """Makes clients that share one data folder, one after the other."""

    def __init__(self, host, save_path):
        self.host = host
        self.save_path = save_path
        self._opened = []

    async def open(self, **settings):
        config = LibtorrentConfig(
            **{"save_path": self.save_path, "listen": "127.0.0.1:0", **settings}
        )
        client = Libtorrent(config, self.host)
        self._opened.append(client)
        await client.open()
        return client

    async def close(self):
        for client in self._opened:
            await client.close()


@pytest.fixture
async def swarm(tmp_path):
    async with Swarm(tmp_path / "swarm") as swarm:
        yield swarm


@pytest.fixture
async def clients(tmp_path):
    async with test_host(tmp_path / "backend") as host:
        clients = Clients(host, tmp_path / "anime")
        yield clients
        await clients.close()


@pytest.fixture
def seen():
    """Wait until something holds for a torrent, and return the torrent."""

    async def seen(client, digits, when=lambda torrent: torrent.finished, seconds=15):
        deadline = time.monotonic() + seconds
        while True:
            found = await client.torrents([digits])
            if found and when(found[0]):
                return found[0]
            assert time.monotonic() < deadline, f"last seen: {found}"
            await asyncio.sleep(0.02)

    return seen
