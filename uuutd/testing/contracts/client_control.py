"""What can be asked and told of a torrent beside adding and removing it."""

import ipaddress
import shutil
import time
from collections.abc import Awaitable
from typing import Any

import attrs
import pytest

from ...backends import TorrentClient
from ...domain import InfoHash, Limits, Peer, TorrentState, Tracker, TrackerState
from ...errors import NotFound
from ..swarm import PIECE, Swarm
from .client_tools import FOLDER, UNKNOWN, TorrentClientTools, paths

RATE = 128_000
"""Bytes per second: whole in units of 1,000 and of 1,024."""
SIMILAR = 0.1
"""Part of the disk's size by which two looks at its free space may differ."""


class ControlContract(TorrentClientTools):
    """Checks, limits, trackers, peers and space; a part of `TorrentClientContract`."""

    async def test_unknown_hashes_cannot_be_controlled(self, client: TorrentClient[Any]) -> None:
        asked: list[Awaitable[object]] = [
            client.recheck(UNKNOWN),
            client.limit(UNKNOWN, Limits(down=RATE)),
            client.trackers(UNKNOWN),
            client.peers(UNKNOWN),
        ]
        for call in asked:
            with pytest.raises(NotFound):
                await call

    @pytest.mark.parametrize("paused", [False, True])
    async def test_a_check_finds_what_is_wrong(
        self, paused: bool, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await swarm.add("Checked", files={"01.mkv": 8 * PIECE, "02.mkv": 4 * PIECE})
        await self.add(client, seeded.file_source)
        torrent = await self.downloaded(client, seeded.info_hash)
        swarm.stop_seeding()
        if paused:
            await client.pause(seeded.info_hash)
            await self.in_state(client, seeded, TorrentState.PAUSED)
        damaged = paths(torrent, seeded)[0]
        damaged.write_bytes(b"\0" * damaged.stat().st_size)

        await client.recheck(seeded.info_hash)
        torrent = await self.seen(
            client,
            seeded.info_hash,
            lambda t: 0 < t.progress < 0.5 and t.state is not TorrentState.CHECKING,
            "the damage is found",
        )
        assert not torrent.finished
        if paused:
            await self.in_state(client, seeded, TorrentState.PAUSED)

    async def test_a_check_of_what_is_right_changes_nothing(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await swarm.add("Right - 01.mkv", size=8 * PIECE)
        await self.add(client, seeded.file_source)
        await self.downloaded(client, seeded.info_hash)
        sent = swarm.uploaded
        for _ in range(3):
            await client.recheck(seeded.info_hash)
            await self.in_state(client, seeded, TorrentState.SEEDING)
        assert swarm.uploaded == sent

    async def test_a_torrents_limits_are_told(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await swarm.add("Limited - 01.mkv", size=PIECE)
        await self.add(client, seeded.file_source, paused=True)
        assert (await self.seen(client, seeded.info_hash)).limits == Limits()
        for limits in (Limits(down=RATE, up=2 * RATE), Limits(up=RATE), Limits()):
            await client.limit(seeded.info_hash, limits)
            await self.limited(client, seeded.info_hash, limits)

    async def test_a_torrents_limit_holds(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        seeded = await swarm.add("Slow - 01.mkv", size=5 * RATE)
        await self.add(client, seeded.file_source, paused=True)
        await self.seen(client, seeded.info_hash)
        await client.limit(seeded.info_hash, Limits(down=RATE))
        await self.limited(client, seeded.info_hash, Limits(down=RATE))
        started = time.monotonic()
        await client.resume(seeded.info_hash)
        await self.downloaded(client, seeded.info_hash)
        assert time.monotonic() - started > 2.0  # unlimited, it takes a fraction of a second

    async def test_the_clients_limits_are_told(self, client: TorrentClient[Any]) -> None:
        for limits in (Limits(down=RATE, up=2 * RATE), Limits(up=RATE), Limits()):
            await client.set_limits(limits)
            assert await client.limits() == limits

    async def test_the_smallest_limit_is_none_but_small(self, client: TorrentClient[Any]) -> None:
        await client.set_limits(Limits(down=1, up=1))
        limits = await client.limits()
        assert limits.down is not None
        assert limits.up is not None
        assert max(limits.down, limits.up) <= 1024

    async def test_the_clients_limits_survive_a_restart(self, client: TorrentClient[Any]) -> None:
        if not self.survives_restart:
            pytest.skip("this client keeps nothing over a restart")
        await client.set_limits(Limits(down=2 * RATE, up=RATE))
        again = await self.restarted(client)
        try:
            assert await again.limits() == Limits(down=2 * RATE, up=RATE)
        finally:
            await again.close()

    async def test_trackers(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        seeded = await swarm.add("Tracked - 01.mkv", size=PIECE)
        await self.add(client, seeded.file_source)
        await self.downloaded(client, seeded.info_hash)

        async def ask() -> Tracker | None:
            found = await client.trackers(seeded.info_hash)
            assert [tracker.url for tracker in found] == [swarm.tracker_url]
            return found[0] if found[0].state is TrackerState.WORKING else None

        tracker = await self.until(ask, "the tracker is said to work")
        assert tracker.seeders is None or tracker.seeders >= 0
        assert tracker.leechers is None or tracker.leechers >= 0

    async def test_a_private_torrent_keeps_its_own_trackers(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await swarm.add("Members only - 01.mkv", size=PIECE, private=True)
        others = ("http://127.0.0.1:9/announce", *seeded.trackers)
        await self.add(client, attrs.evolve(seeded.file_source, trackers=others))
        await self.downloaded(client, seeded.info_hash)
        found = await client.trackers(seeded.info_hash)
        assert [tracker.url for tracker in found] == [swarm.tracker_url]

    async def test_a_tracker_that_refuses(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        seeded = await swarm.add("Untracked - 01.mkv", size=PIECE)
        swarm.refuse("unregistered torrent")
        await self.add(client, seeded.file_source)
        await self.seen(client, seeded.info_hash)

        async def ask() -> Tracker | None:
            found = await client.trackers(seeded.info_hash)
            return next((each for each in found if each.state is TrackerState.ERROR), None)

        tracker = await self.until(ask, "the tracker is said to be in error")
        assert tracker.url == swarm.tracker_url
        assert "unregistered torrent" in (tracker.message or "")

    async def test_peers(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        seeded = await swarm.add("Shared - 01.mkv", size=256 * PIECE)
        swarm.limit_upload(2 * RATE)
        await self.add(client, seeded.file_source)
        await self.seen(client, seeded.info_hash)

        async def ask() -> Peer | None:
            found = await client.peers(seeded.info_hash)
            return next((peer for peer in found if peer.down_rate and peer.client), None)

        peer = await self.until(ask, "the seeder is seen")
        host, _, port = peer.address.rpartition(":")
        assert ipaddress.ip_address(host.strip("[]")).is_loopback
        assert 0 < int(port) < 1 << 16
        assert peer.progress == 1.0
        assert peer.up_rate >= 0

    async def test_free_space(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        seeded = await swarm.add("Small - 01.mkv", size=PIECE)
        await self.add(client, seeded.file_source)
        torrent = await self.downloaded(client, seeded.info_hash)
        free = await client.free_bytes(FOLDER)
        disk = shutil.disk_usage(torrent.save_path or "/")
        assert free is None or abs(free - disk.free) <= SIMILAR * disk.total
        assert (await client.free_bytes(FOLDER / "not there yet") is None) == (free is None)

    async def limited(self, client: TorrentClient[Any], digits: InfoHash, limits: Limits) -> None:
        """Wait until the client tells these limits of the torrent."""
        await self.seen(client, digits, lambda t: t.limits == limits, f"it has {limits}")
