"""Real Transmissions, of each version that is there, and a swarm for them."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import transmission_rpc
from uuutd_transmission import Transmission, TransmissionConfig

from uuutd.domain import Secret
from uuutd.testing.hosts import test_host
from uuutd.testing.programs import missing, programs
from uuutd.testing.swarm import Swarm
from uuutd.testing.transmission import USERNAME, TransmissionServer
from uuutd.testing.versions import tested

PROGRAMS = programs("UUUTD_TEST_TRANSMISSION", "transmission-daemon")


@pytest.fixture(scope="session", params=PROGRAMS or [None], ids=str)
def program(request: pytest.FixtureRequest) -> str:
    """Each Transmission that ``UUUTD_TEST_TRANSMISSION`` names, or the one in ``PATH``."""
    if request.param is None:
        missing("transmission-daemon")
    found: str = request.param
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(
    program: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TransmissionServer]:
    """A Transmission that tests share: one that runs already is done with a transfer sooner."""
    folder = tmp_path_factory.mktemp("transmission")
    async with TransmissionServer(folder, program=program) as server:
        yield server


@pytest.fixture
def shared(running: TransmissionServer, request: pytest.FixtureRequest) -> TransmissionServer:
    """The shared one, with nothing in it."""
    outside = transmission_rpc.Client(
        port=running.port, username=USERNAME, password=running.password
    )
    about = outside.get_session()
    version, api = about.version.partition(" ")[0], f"RPC {about.rpc_version}"
    tested(request, kind="client", name="transmission", version=version, api=api)
    there = [each.hash_string for each in outside.get_torrents(arguments=["hashString"])]
    if there:
        outside.remove_torrent(there, delete_data=True)
    outside.set_session(speed_limit_down_enabled=False, speed_limit_up_enabled=False)
    shutil.rmtree(running.downloads, ignore_errors=True)
    running.downloads.mkdir(exist_ok=True)
    return running


@pytest.fixture
async def service(program: str, tmp_path: Path) -> AsyncIterator[TransmissionServer]:
    """One of the test's own, which it may stop."""
    async with TransmissionServer(tmp_path / "transmission", program=program) as server:
        yield server


@asynccontextmanager
async def opened(config: TransmissionConfig, folder: Path) -> AsyncIterator[Transmission]:
    async with test_host(folder, instance="seedbox") as host:
        backend = Transmission(config, host)
        await backend.open()
        try:
            yield backend
        finally:
            await backend.close()


def settings(server: TransmissionServer) -> TransmissionConfig:
    return TransmissionConfig(url=server.url, username=USERNAME, password=Secret(server.password))


@pytest.fixture
def config(shared: TransmissionServer) -> TransmissionConfig:
    return settings(shared)


@pytest.fixture
async def client(config: TransmissionConfig, tmp_path: Path) -> AsyncIterator[Transmission]:
    """A client of the shared one."""
    async with opened(config, tmp_path / "host") as backend:
        yield backend


@pytest.fixture
async def own(service: TransmissionServer, tmp_path: Path) -> AsyncIterator[Transmission]:
    """A client of the test's own."""
    async with opened(settings(service), tmp_path / "own") as backend:
        yield backend


@pytest.fixture
async def swarm(tmp_path: Path) -> AsyncIterator[Swarm]:
    async with Swarm(tmp_path / "swarm") as running:
        yield running
