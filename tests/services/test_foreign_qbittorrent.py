"""A real qBittorrent that another program uses, too: what is that program's is never touched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import attrs
import msgspec
import pytest
from uuutd_qbittorrent import QBittorrent, QBittorrentConfig

from uuutd.config import BackendTable
from uuutd.domain import InfoHash, Secret
from uuutd.errors import Foreign, Invalid, JobFailed
from uuutd.metainfo import read_metainfo
from uuutd.services import waiting
from uuutd.store import links
from uuutd.testing.program import USERNAME
from uuutd.testing.programs import missing
from uuutd.testing.qbittorrent import QBittorrentServer
from uuutd.testing.swarm import Swarm
from uuutd.wire import AddTorrentRequest, SpeedLimits

from .conftest import make_user
from .tools import one_database, remove, settled, until

WHAT_IS_SET = (
    "hash",
    "category",
    "tags",
    "save_path",
    "content_path",
    "dl_limit",
    "up_limit",
    "auto_tmm",
    "force_start",
    "completed",
    "progress",
    "amount_left",
)
"""What `/torrents/info` says of a torrent that only a command changes, once it is whole."""
RUNS = {"uploading", "stalledUP", "queuedUP", "forcedUP"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


@attrs.frozen
class OtherProgram:
    """Another program's session with the client."""

    session: aiohttp.ClientSession
    url: str

    async def add(self, metainfo: bytes, *, category: str, folder: str) -> None:
        form = aiohttp.FormData(
            {"category": category, "tags": "theirs", "savepath": folder, "upLimit": "5242880"}
        )
        form.add_field("torrents", metainfo, filename="a.torrent")
        await self.session.post(f"{self.url}/api/v2/torrents/add", data=form)

    async def all(self) -> dict[InfoHash, dict[str, object]]:
        async with self.session.get(f"{self.url}/api/v2/torrents/info") as answer:
            rows = msgspec.json.decode(await answer.read())
        return {InfoHash(row["hash"]): row for row in rows}

    async def kept(self) -> dict[InfoHash, dict[str, object]]:
        """Return of each torrent with their category what only a command changes."""
        return {
            info_hash: {key: row.get(key) for key in WHAT_IS_SET} | {"runs": row["state"] in RUNS}
            for info_hash, row in (await self.all()).items()
            if row["category"] == "sonarr"
        }


@asynccontextmanager
async def other_program(server: QBittorrentServer) -> AsyncIterator[OtherProgram]:
    jar = aiohttp.CookieJar(unsafe=True)  # its host is an address
    async with aiohttp.ClientSession(cookie_jar=jar, raise_for_status=True) as session:
        login = {"username": USERNAME, "password": server.password}
        await session.post(f"{server.url}/api/v2/auth/login", data=login)
        yield OtherProgram(session, server.url)


@pytest.fixture
async def swarm(tmp_path) -> AsyncIterator[Swarm]:
    async with Swarm(tmp_path / "swarm") as running:
        yield running


@pytest.fixture
async def server(tmp_path, world) -> AsyncIterator[QBittorrentServer]:
    if QBittorrentServer.program() is None:
        missing("qbittorrent-nox")
    async with QBittorrentServer(tmp_path / "qbittorrent") as running:
        config = QBittorrentConfig(
            url=running.url, username=USERNAME, password=Secret(running.password)
        )
        world.real_clients["box"] = BackendTable(
            kind="client", name="box", type="qbittorrent", backend=QBittorrent, settings=config
        )
        yield running


@one_database
async def test_what_another_program_put_there_is_never_touched(boot, server, swarm):
    seeded = [await swarm.add(f"Theirs {number}.mkv", size=1 << 16) for number in range(3)]
    ours = await swarm.add("Ours.mkv", size=1 << 16)
    shared, wanted, alone = (each.info_hash for each in seeded)
    async with other_program(server) as other, boot() as box:
        for each in seeded:
            folder = str(server.folder / "theirs")
            await other.add(each.metainfo, category="sonarr", folder=folder)

        async def all_run():
            kept = await other.kept()
            return len(kept) == 3 and all(row["runs"] for row in kept.values())

        await until(all_run, within=40)
        before = await other.kept()
        one, two = await make_user(box, "one"), await make_user(box, "two")

        async def owners():
            """Return how many own each torrent, as administrators see it."""
            listed = await box.services.torrents.view_all(two)
            return {row.hash: row.owners for row in listed.torrents}

        await box.services.instances.client("box").opened()
        assert await owners() == {shared: 0, wanted: 0, alone: 0}
        for user, info_hash in ((one, shared), (two, shared), (one, wanted)):
            request = AddTorrentRequest(source=info_hash, client="box")
            row, _ = await box.services.jobs.add(user, request)
            assert row.foreign
        row, _ = await box.services.jobs.add_file(
            one, ours.metainfo, AddTorrentRequest(source="", client="box")
        )
        assert not row.foreign
        assert await owners() == {shared: 2, wanted: 1, alone: 0, ours.info_hash: 1}
        await each_is_refused(box.services.torrent_actions, one, shared)
        await box.services.reconciler.once()
        await remove(box, two, shared)
        await remove(box, one, shared)
        await remove(box, one, ours.info_hash)
        assert await other.kept() == before
        assert set(await other.all()) == {shared, wanted, alone}

        async def nobody_has_it():
            return await owners() == {shared: 0, wanted: 1, alone: 0}

        await until(nobody_has_it)
        await box.services.stewardship.adopt(two, "box", wanted)
        assert [link.user_id for link in await links.of_torrent("box", wanted)] == [one.id]
        await box.services.torrent_actions.pause(one, wanted)

        async def is_paused():
            return not (await other.kept())[wanted]["runs"]

        await until(is_paused)
        await remove(box, one, wanted)
        assert {key: value for key, value in before.items() if key != wanted} == await other.kept()


@one_database
async def test_no_hash_of_a_hybrid_endangers_another_programs(boot, server, swarm):
    theirs = await swarm.add("Theirs.mkv", size=1 << 16, version="hybrid")
    ours = await swarm.add("Ours.mkv", size=1 << 16, version="hybrid")
    v2, cut = read_metainfo(theirs.metainfo).aliases
    async with other_program(server) as other, boot() as box:
        folder = server.folder / "theirs"
        await other.add(theirs.metainfo, category="sonarr", folder=str(folder))

        async def it_runs():
            return any(row["runs"] for row in (await other.kept()).values())

        await until(it_runs, within=40)
        before = await other.kept()
        user, jobs = await make_user(box, "one"), box.services.jobs
        for source, error in (
            (v2, Invalid),
            (f"magnet:?xt=urn:btmh:1220{v2}", Invalid),
            (cut, JobFailed),
        ):
            with pytest.raises(error):
                await jobs.add(user, AddTorrentRequest(source=source, client="box"))
        await settled(box, user)
        assert await other.kept() == before
        assert (folder / theirs.name).exists()
        row, _ = await jobs.add(user, AddTorrentRequest(source=theirs.info_hash, client="box"))
        assert row.foreign
        request = AddTorrentRequest(source="", client="box")
        row, _ = await jobs.add_file(user, theirs.metainfo, request)
        assert (row.hash, row.foreign) == (theirs.info_hash, True)
        row, _ = await jobs.add_file(user, ours.metainfo, request)
        assert (row.hash, row.foreign) == (ours.info_hash, False)
        await box.services.torrent_actions.pause(user, ours.info_hash)
        await remove(box, user, ours.info_hash)
        await remove(box, user, theirs.info_hash)
        assert await other.kept() == before
        assert set(await other.all()) == {cut}
        assert (folder / theirs.name).exists()


async def each_is_refused(actions, user, info_hash):
    for act in (
        actions.pause(user, info_hash),
        actions.resume(user, info_hash),
        actions.recheck(user, info_hash),
        actions.limit(user, info_hash, SpeedLimits(down=4096, up=4096)),
        actions.label(user, info_hash, ["mine"]),
        actions.set_wanted(user, info_hash, []),
    ):
        with pytest.raises(Foreign):
            await act


@one_database
async def test_owners_of_a_real_torrent_agree(boot, server, swarm):
    seeded = await swarm.add("Shared.mkv", size=1 << 20)
    async with other_program(server) as other, boot() as box:
        one, two = await make_user(box, "one"), await make_user(box, "two")
        request = AddTorrentRequest(source="", client="box")
        for user in (one, two):
            await box.services.jobs.add_file(user, seeded.metainfo, request)
        info_hash, actions = seeded.info_hash, box.services.torrent_actions

        async def row():
            return (await other.all())[info_hash]

        async def is_paused():
            return (await row())["state"].startswith(("paused", "stopped"))

        await actions.pause(one, info_hash)
        await actions.limit(one, info_hash, SpeedLimits(down=1 << 20, up=1 << 18))
        assert not await is_paused()
        assert (await row())["dl_limit"] <= 0
        await actions.limit(two, info_hash, SpeedLimits(down=1 << 19, up=None))
        assert ((await row())["dl_limit"], (await row())["up_limit"] <= 0) == (1 << 20, True)
        await actions.pause(two, info_hash)
        await until(is_paused)
        await actions.resume(two, info_hash)
        await until(lambda: _not(is_paused))
        await remove(box, two, info_hash)
        await until(is_paused)
        assert (await row())["up_limit"] == 1 << 18
        shown = await box.services.torrent_details.one(one, info_hash)
        assert shown.owners == 1
        assert [tracker.url for tracker in shown.trackers if "127.0.0.1" in tracker.url]
        await remove(box, one, info_hash)
        assert await other.all() == {}


async def _not(check):
    return not await check()
