"""Daemons as processes of their own, in a town of stand-ins.

All tests here share one event loop, so that they can share a qBittorrent and a
Transmission, and the tests of a module share a town and a daemon of each kind: each test
brings its own shows.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from uuutd.testing.programs import missing
from uuutd.testing.qbittorrent import QBittorrentServer
from uuutd.testing.transmission import TransmissionServer

from .harness import Box, Town
from .places import COMBINATIONS, Kinds, Servers, placed


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def qbittorrent(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[QBittorrentServer]:
    """A qBittorrent that all tests share, one after the other."""
    if QBittorrentServer.program() is None:
        missing("qbittorrent-nox")
    async with QBittorrentServer(tmp_path_factory.mktemp("qbittorrent")) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def transmission(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[TransmissionServer]:
    """A Transmission that all tests share, one after the other."""
    if TransmissionServer.program() is None:
        missing("transmission-daemon")
    async with TransmissionServer(tmp_path_factory.mktemp("transmission")) as server:
        yield server


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kinds(*kinds): the clients and databases to test with")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kinds" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("kinds")
        kinds = marker.args if marker else COMBINATIONS
        metafunc.parametrize("kinds", kinds, indirect=True, ids=str, scope="module")


@pytest.fixture(scope="module")
def kinds(request: pytest.FixtureRequest) -> Kinds:
    """Which client and which database."""
    found: Kinds = request.param
    return found


@pytest.fixture(scope="module")
def servers(request: pytest.FixtureRequest, kinds: Kinds) -> Servers:
    """The servers that *kinds* needs."""
    return Servers.needed(request, kinds)


@pytest.fixture(scope="module")
def folder(kinds: Kinds, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(str(kinds))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(folder: Path) -> AsyncIterator[Town]:
    async with Town(folder / "seeder") as built:
        yield built


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def box(town: Town, kinds: Kinds, servers: Servers, folder: Path) -> AsyncIterator[Box]:
    """A running daemon, through a gate to its qBittorrent or Transmission."""
    async with placed(town, kinds, servers, folder / "box", gate=True) as made:
        await made.daemon.start()
        yield made
