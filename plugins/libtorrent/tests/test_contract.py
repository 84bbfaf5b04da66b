"""The embedded client keeps the contract of torrent clients."""

import pytest
from uuutd_libtorrent import Libtorrent, LibtorrentConfig

from uuutd.testing.contracts.client import TorrentClientContract


class TestContract(TorrentClientContract):
    backend_class = Libtorrent

    @pytest.fixture
    def config(self, tmp_path):
        return LibtorrentConfig(save_path=tmp_path / "anime", listen="127.0.0.1:0")
