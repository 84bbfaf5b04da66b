"""Torrents with several owners, in several clients, added by hand: each counts once."""

import asyncio
from datetime import timedelta

import pytest

from uuutd.domain import TorrentFile, TorrentState
from uuutd.errors import (
    Conflict,
    JobFailed,
)
from uuutd.services import waiting
from uuutd.store import intents, links
from uuutd.testing.fakes import FakeClient, FakeConfig, fake_hash
from uuutd.wire import AddTorrentRequest, DownloadRequest

from .conftest import SHOW, make_user, release
from .tools import (
    WITHIN,
    ended,
    forget_searches,
    get,
    intent_for,
    one_database,
    remove,
)

MINE = fake_hash("what the user picked")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


# --- other owners ---------------------------------------------------------------------------


async def test_a_torrent_found_gone_is_ours_once_we_added_it_ourselves(box, user):
    wanted = box.world.indexer.releases[0].info_hash
    box.world.client.put_foreign(wanted, "theirs")
    assert (await get(box, user)).state == "done"
    box.world.client.lose(wanted)
    await box.services.reconciler.once()
    assert (await get(box, user)).state == "done"
    assert box.world.client.added == [wanted]
    (link,) = await links.of_user(user.id)
    assert not link.foreign
    await remove(box, user, wanted)
    assert box.world.client.rows == {}


async def test_a_new_owner_lets_a_paused_torrent_run(box, user):
    other = await make_user(box, "other")
    job = await get(box, user)
    await box.services.torrent_actions.pause(user, job.torrent)
    await get(box, other)
    assert box.world.client.rows[job.torrent].state is TorrentState.DOWNLOADING


async def test_a_torrent_is_paused_when_the_last_owner_who_wanted_it_to_run_leaves(box, user):
    other = await make_user(box, "other")
    job = await get(box, user)
    await get(box, other)
    await box.services.torrent_actions.pause(user, job.torrent)
    await remove(box, other, job.torrent)
    assert box.world.client.rows[job.torrent].state is TorrentState.PAUSED


@one_database
async def test_nobody_narrows_the_files_of_a_torrent_that_others_own(box, user):
    other = await make_user(box, "other")
    for owner in (user, other):
        await box.services.jobs.add(owner, AddTorrentRequest(source=MINE))
    box.world.client.listed[MINE] = files(12)
    with pytest.raises(Conflict):
        await box.services.torrent_actions.set_wanted(other, MINE, [0])
    assert all(file.wanted for file in box.world.client.listed[MINE])


def files(count):
    return tuple(
        TorrentFile(index=index, path=f"{index}.mkv", size=1, wanted=True) for index in range(count)
    )


async def test_files_that_others_want_stay_wanted_over_a_restart(boot, world):
    world.client.listed[MINE] = files(12)
    async with boot() as first:
        one, two = await make_user(first, "one"), await make_user(first, "two")
        await first.services.jobs.add(one, AddTorrentRequest(source=MINE))
        world.client.listed[MINE] = files(12)
        await intents.begin(intent_for(two, 5, MINE, request={"files": [4]}))
        async with world.client.gate.hold("resume") as came:
            await first.services.jobs.resume_all()
            await asyncio.wait_for(came.wait(), WITHIN)
            await first.crash()
    async with boot() as second:
        await second.services.jobs.resume_all()
        assert (await ended(second, two, "episode-5")).state == "done"
    assert all(file.wanted for file in world.client.listed[MINE])


# --- two clients ----------------------------------------------------------------------------


async def test_the_same_torrent_in_two_clients_is_two_torrents(boot, world):
    world.more_clients["second"] = FakeClient(FakeConfig(), None)
    both = (world.client, world.more_clients["second"])
    async with boot() as box:
        user = await make_user(box)
        first = await get(box, user)
        second = await get(box, user, DownloadRequest(entry=SHOW, client="second", force=True))
        assert (first.torrent, first.client) == (second.torrent, "main")
        assert second.client == "second"
        assert [list(client.rows) for client in both] == [[first.torrent]] * 2
        await remove(box, user, first.torrent)
        assert [len(client.rows) for client in both] == [1, 0]  # the newer one was shown
        (row,) = (await box.services.torrents.view(user)).torrents
        assert (row.client, row.state) == ("main", "downloading")
        await remove(box, user, first.torrent)
        assert [len(client.rows) for client in both] == [0, 0]


async def test_what_is_in_a_client_no_longer_configured_can_be_had_and_removed(boot, world):
    world.more_clients["old"] = FakeClient(FakeConfig(), None)
    async with boot() as first:
        user = await make_user(first)
        old = await get(first, user, DownloadRequest(entry=SHOW, client="old"))
    world.more_clients.clear()
    async with boot() as second:
        (row,) = (await second.services.torrents.view(user)).torrents
        assert (row.client, row.state) == ("old", "error")
        assert row.error == "old is no longer in the configuration"
        new = await get(second, user)
        assert new.id != old.id
        assert (new.state, new.client) == ("done", "main")
        await remove(second, user, new.torrent)
        await remove(second, user, old.torrent)
        assert (await second.services.torrents.view(user)).torrents == ()
    assert world.client.rows == {}


# --- adding by hand -------------------------------------------------------------------------


async def test_adding_the_same_magnet_three_times_at_once_adds_it_once(box, user):
    asked = (box.services.jobs.add(user, AddTorrentRequest(source=MINE)) for _ in range(3))
    added = await asyncio.gather(*asked)
    assert [row.hash for row, _ in added] == [MINE] * 3
    assert sum(new for _, new in added) == 1
    assert box.world.client.gate.count("add") == 1
    assert len((await box.services.jobs.list(user)).jobs) == 1


async def test_an_episode_that_one_torrent_serves_is_not_given_to_a_second(box, user):
    await get(box, user)
    with pytest.raises(Conflict, match="episode 5"):
        await box.services.jobs.add(user, AddTorrentRequest(source=MINE, entry=SHOW, episode=5))
    assert box.world.client.gate.count("add") == 1
    row, new = await box.services.jobs.add(user, AddTorrentRequest(source=MINE))
    assert (row.hash, new) == (MINE, True)


async def test_a_missing_torrent_is_added_again_by_hand(box, user):
    job = await get(box, user)
    box.world.client.lose(job.torrent)
    await box.services.reconciler.once()
    row, _ = await box.services.jobs.add(user, AddTorrentRequest(source=job.torrent))
    assert row.state == "downloading"
    assert list(box.world.client.rows) == [job.torrent]


async def test_who_adds_while_the_daemon_stops_is_told_and_the_job_goes_on(boot, world):
    async with boot() as first:
        user = await make_user(first)
        async with world.client.gate.hold("add") as came:
            adding = asyncio.ensure_future(
                first.services.jobs.add(user, AddTorrentRequest(source=MINE))
            )
            await asyncio.wait_for(came.wait(), WITHIN)
            first.services.jobs.let_go()
            with pytest.raises(JobFailed) as told:
                await asyncio.wait_for(adding, WITHIN)
            await first.crash()
    assert told.value.failure.code == "unavailable"
    assert world.client.rows == {}
    async with boot() as second:
        await second.services.jobs.resume_all()
        assert (await ended(second, user, told.value.job)).state == "done"
        _, new = await second.services.jobs.add(user, AddTorrentRequest(source=MINE))
        assert not new
    assert world.client.added == [MINE]


# --- files ----------------------------------------------------------------------------------


async def test_another_torrent_of_an_episode_never_writes_over_the_first(box, user):
    """Clients take a file of the same name for their own, whoever's it is."""
    first = await get(box, user)
    box.world.indexer.releases.append(release("[Hikari] Yoru no Toshokan - 05 (720p).mkv"))
    forget_searches(box)
    (other,) = [
        each.id
        for each in (await box.services.releases.choice(user, "main", SHOW, 5)).releases
        if each.info_hash != first.torrent
    ]
    ask = DownloadRequest(entry=SHOW, episode=5, release=other, force=True)
    forced = await get(box, user, ask)
    theirs = await get(box, await make_user(box, "other"), ask)
    rows = box.world.client.rows
    assert forced.torrent == theirs.torrent != first.torrent
    assert rows[first.torrent].save_path == "Yoru no Toshokan"
    assert rows[forced.torrent].save_path == f"Yoru no Toshokan/other {forced.torrent[:8]}"


async def test_what_is_added_by_hand_never_writes_over_an_episode_that_is_there(box, user):
    first = await get(box, user)
    other = await make_user(box, "other")
    request = AddTorrentRequest(source=MINE, entry=SHOW, episode=5)
    added, _ = await box.services.jobs.add(other, request)
    rows = box.world.client.rows
    assert rows[first.torrent].save_path == "Yoru no Toshokan"
    assert rows[added.hash].save_path == f"Yoru no Toshokan/{added.hash}"


async def test_a_forced_download_that_fails_leaves_the_episode_to_what_is_there(box, user):
    first = await get(box, user)
    box.world.indexer.releases.clear()
    forget_searches(box)
    failed = await get(box, user, DownloadRequest(entry=SHOW, episode=5, force=True))
    assert (failed.state, failed.problem.code) == ("failed", "no-release")
    box.world.indexer.releases.append(release("[Hikari] Yoru no Toshokan - 05 (720p).mkv"))
    forget_searches(box)
    assert (await get(box, user)).id == first.id
    assert list(box.world.client.rows) == [first.torrent]
