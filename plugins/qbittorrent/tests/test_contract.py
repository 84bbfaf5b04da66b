"""qBittorrent keeps the contract of torrent clients."""

import pytest
from uuutd_qbittorrent import QBittorrent, QBittorrentConfig

from uuutd.domain import Secret
from uuutd.testing.contracts.base import NetworkContract
from uuutd.testing.contracts.client import TorrentClientContract
from uuutd.testing.qbittorrent import USERNAME


class TestContract(TorrentClientContract):
    backend_class = QBittorrent
    patience = 40.0

    @pytest.fixture
    def config(self, service):
        self.service = service
        return QBittorrentConfig(
            url=service.url, username=USERNAME, password=Secret(service.password)
        )

    async def restarted(self, client):
        await self.service.stop()
        await self.service.start()
        return await super().restarted(client)


class TestNetwork(NetworkContract):
    backend_class = QBittorrent

    def config_for(self, url):
        return QBittorrentConfig(url=url, username=USERNAME, password=Secret("secret"))

    @pytest.fixture
    def config(self):
        return self.config_for("http://127.0.0.1:9")
