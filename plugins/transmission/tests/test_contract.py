"""Transmission keeps the contract of torrent clients."""

import pytest
from uuutd_transmission import Transmission, TransmissionConfig

from uuutd.domain import Secret
from uuutd.testing.contracts.base import NetworkContract
from uuutd.testing.contracts.client import TorrentClientContract
from uuutd.testing.contracts.client_tools import FOLDER
from uuutd.testing.program import USERNAME

from .conftest import settings

AT_HAND = {
    "test_a_check_finds_what_is_wrong",
    "test_a_check_of_what_is_right_changes_nothing",
    "test_added_it_is_listed",
    "test_adding_twice_is_adding_once",
    "test_changes",
    "test_free_space",
    "test_pause_and_resume",
    "test_removing",
    "test_torrents_survive_a_restart",
    "test_trackers",
}
"""Tests of what is done: they find the files there.  A transfer takes Transmission 10 seconds."""


class TestContract(TorrentClientContract):
    backend_class = Transmission
    patience = 60.0
    poll = 0.1

    @pytest.fixture(autouse=True)
    def at_hand(self, request, swarm, shared):
        put = request.node.originalname in AT_HAND
        self.put = (swarm, shared.downloads / FOLDER) if put else None

    async def add(self, client, source, **how):
        if self.put is not None:
            swarm, folder = self.put
            await swarm.copy(source.info_hash, folder)
        return await TorrentClientContract.add(client, source, **how)

    @pytest.fixture
    def config(self, shared):
        return settings(shared)


class TestNetwork(NetworkContract):
    backend_class = Transmission

    def config_for(self, url):
        return TransmissionConfig(url=url, username=USERNAME, password=Secret("secret"))

    @pytest.fixture
    def config(self):
        return self.config_for("http://127.0.0.1:9")
