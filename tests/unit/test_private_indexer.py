"""The authenticated indexer without hashes keeps the contract of indexers."""

import pytest
from bencode2 import bencode

from uuutd.domain import Secret
from uuutd.errors import LoginFailed, Refused
from uuutd.testing.contracts.indexer import IndexerContract
from uuutd.testing.hosts import test_host
from uuutd.testing.private import PrivateConfig, PrivateIndexer, PrivateSite

TRACKER = b"http://tracker.invalid/announce"


def torrent(name):
    """Return the ``.torrent`` file of a private torrent."""
    info = {"length": 5, "name": name, "piece length": 16384, "pieces": b"x" * 20, "private": 1}
    return bencode({b"announce": TRACKER, b"info": {key.encode(): v for key, v in info.items()}})


@pytest.fixture
async def site():
    async with PrivateSite() as site:
        yield site


class TestContract(IndexerContract):
    backend_class = PrivateIndexer

    @pytest.fixture
    def config(self, site):
        return PrivateConfig(url=site.url, key=Secret(site.key))

    def config_for(self, url):
        return PrivateConfig(url=url, key=Secret("any"))

    @pytest.fixture
    def stocked(self, site):
        site.add("[Group] Stocked Show - 01", torrent("a.mkv"))
        site.add("[Group] Stocked Show - 02", torrent("b.mkv"), seeders=3)
        return "stocked show", 2


async def test_a_stranger_finds_nothing_and_fetches_nothing(site, tmp_path):
    site.add("[Group] Stocked Show - 01", torrent("a.mkv"))
    async with test_host(tmp_path, "private") as host:
        member = PrivateIndexer(PrivateConfig(url=site.url, key=Secret(site.key)), host)
        (release,) = await member.search("stocked", limit=10)
        stranger = PrivateIndexer(PrivateConfig(url=site.url, key=Secret("guess")), host)
        with pytest.raises(LoginFailed):
            await stranger.search("stocked", limit=10)
        site.passkey = "another"
        with pytest.raises(LoginFailed):
            await member.fetch(release)
        elsewhere = PrivateConfig(url="http://127.0.0.1:9", key=Secret("any"))
        with pytest.raises(Refused):
            await PrivateIndexer(elsewhere, host).fetch(release)
