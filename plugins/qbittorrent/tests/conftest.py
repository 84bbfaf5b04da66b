"""A real qBittorrent, and a swarm for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from uuutd_qbittorrent import QBittorrent, QBittorrentConfig

from uuutd.domain import Secret
from uuutd.testing.hosts import test_host
from uuutd.testing.programs import missing
from uuutd.testing.qbittorrent import USERNAME, QBittorrentServer
from uuutd.testing.swarm import Swarm


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[QBittorrentServer]:
    if QBittorrentServer.program() is None:
        missing("qbittorrent-nox")
    async with QBittorrentServer(tmp_path / "qbittorrent") as server:
        yield server


@pytest.fixture
def config(service: QBittorrentServer) -> QBittorrentConfig:
    return QBittorrentConfig(url=service.url, username=USERNAME, password=Secret(service.password))


@pytest.fixture
async def client(config: QBittorrentConfig, tmp_path: Path) -> AsyncIterator[QBittorrent]:
    async with test_host(tmp_path / "host", instance="seedbox") as host:
        backend = QBittorrent(config, host)
        await backend.open()
        try:
            yield backend
        finally:
            await backend.close()


@pytest.fixture
async def swarm(tmp_path: Path) -> AsyncIterator[Swarm]:
    async with Swarm(tmp_path / "swarm") as running:
        yield running
