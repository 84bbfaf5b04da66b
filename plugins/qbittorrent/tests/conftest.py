"""A real qBittorrent, and a swarm for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from uuutd_qbittorrent import QBittorrent, QBittorrentConfig

from uuutd.domain import Secret
from uuutd.testing.hosts import test_host
from uuutd.testing.programs import missing, programs
from uuutd.testing.qbittorrent import USERNAME, QBittorrentServer
from uuutd.testing.swarm import Swarm
from uuutd.testing.versions import tested

VERSIONS: dict[str, tuple[str, str]] = {}


@pytest.fixture(params=programs("UUUTD_TEST_QBITTORRENT", "qbittorrent-nox") or [None])
def program(request: pytest.FixtureRequest) -> str:
    """Each qBittorrent that ``UUUTD_TEST_QBITTORRENT`` names, or the one in ``PATH``."""
    return request.param or missing("qbittorrent-nox")


@pytest.fixture
async def service(
    request: pytest.FixtureRequest, program: str, tmp_path: Path
) -> AsyncIterator[QBittorrentServer]:
    async with QBittorrentServer(tmp_path / "qbittorrent", program=program) as server:
        if program not in VERSIONS:
            VERSIONS[program] = await server.versions()
        version, api = VERSIONS[program]
        tested(request, kind="client", name="qbittorrent", version=version, api=f"Web API {api}")
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
