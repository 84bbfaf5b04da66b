"""Daemons as processes of their own, in a town of stand-ins.

All tests here share one event loop, so that they can share a qBittorrent.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from uuutd.testing.programs import missing
from uuutd.testing.qbittorrent import QBittorrentServer

from .harness import Box, Town
from .places import COMBINATIONS, Kinds, Servers, placed


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def qbittorrent(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[QBittorrentServer]:
    """A qBittorrent that all tests share, one after the other."""
    if QBittorrentServer.program() is None:
        missing("qbittorrent-nox")
    async with QBittorrentServer(tmp_path_factory.mktemp("qbittorrent")) as server:
        yield server


@pytest.fixture(params=COMBINATIONS, ids=str)
def kinds(request: pytest.FixtureRequest) -> Kinds:
    """Which client and which database; a test may name its own."""
    found: Kinds = request.param
    return found


@pytest.fixture
def servers(request: pytest.FixtureRequest, kinds: Kinds) -> Servers:
    """The servers that *kinds* needs."""
    return Servers.needed(request, kinds)


@pytest_asyncio.fixture(loop_scope="session")
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with Town(tmp_path / "seeder") as built:
        yield built


@pytest_asyncio.fixture(loop_scope="session")
async def box(
    town: Town, kinds: Kinds, servers: Servers, tmp_path: Path
) -> AsyncIterator[Box]:
    """A running daemon with nobody in it yet."""
    async with placed(town, kinds, servers, tmp_path / "box") as made:
        await made.daemon.start()
        yield made
