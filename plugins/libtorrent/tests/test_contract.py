"""The embedded client keeps the contract of torrent clients."""

import libtorrent as lt
import pytest
from uuutd_libtorrent import Libtorrent, LibtorrentConfig

from uuutd.testing.contracts.client import TorrentClientContract
from uuutd.testing.versions import tested


class TestContract(TorrentClientContract):
    backend_class = Libtorrent

    @pytest.fixture(autouse=True)
    def version(self, request):
        version = ".".join(lt.__version__.split(".")[:3])
        tested(request, kind="client", name="libtorrent", version=version, api="")

    @pytest.fixture
    def config(self, tmp_path):
        return LibtorrentConfig(save_path=tmp_path / "anime", listen="127.0.0.1:0")
