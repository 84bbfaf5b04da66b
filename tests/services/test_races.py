"""Races of jobs and removals: whatever comes when, nothing is lost and nothing is left behind."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from uuutd.domain import TorrentFile, TorrentState
from uuutd.errors import (
    Busy,
    Conflict,
    Invalid,
    JobFailed,
    NoSpace,
    NotFound,
    RateLimited,
    Refused,
    TimedOut,
)
from uuutd.services import runner, waiting
from uuutd.services.replies import release_id
from uuutd.store import intents, links, removals
from uuutd.store.records import Intent, IntentState, LinkState
from uuutd.testing.fakes import FakeClient, FakeConfig, fake_hash
from uuutd.wire import AddTorrentRequest, DownloadRequest, ProgressRequest

from .conftest import SHOW, entry, make_user, release
from .tools import (
    ASK,
    WITHIN,
    ended,
    fail_once,
    forget_searches,
    held_at,
    mended,
    one_database,
    settled,
    until,
)

MINE = fake_hash("what the user picked")
HELD = Busy("The database is held.", retry_after=0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


@pytest.fixture
def undo(quick, monkeypatch):
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(seconds=10))


async def get(box, user, request=ASK, key=None):
    job = await box.services.jobs.download(user, request, idempotency_key=key)
    return await ended(box, user, job)


async def remove(box, user, info_hash):
    job = await box.services.jobs.remove(user, info_hash, delete_files=False)
    return await ended(box, user, job.id)


async def orphans(box):
    """Return what the client has with our label and without any record of ours."""
    known = await links.known("main")
    rows = box.world.client.rows
    return {key for key, row in rows.items() if row.label == runner.LABEL and key not in known}


def intent_for(user, number, info_hash, **more):
    """Return a download of an episode as it is when the torrent has just been chosen."""
    now = datetime.now(UTC)
    start = {
        "id": f"episode-{number}",
        "key": intents.episode_key(user.id, "mal:500", number),
        "user_id": user.id,
        "kind": "get",
        "state": IntentState.CHOSEN,
        "work": "mal:500",
        "provider": "main",
        "entry": SHOW,
        "episode": number,
        "client": "main",
        "info_hash": info_hash,
        "created_at": now,
        "updated_at": now,
    }
    return Intent(**{**start, **more})


# --- cancelling -----------------------------------------------------------------------------


async def test_a_job_cancelled_before_it_was_taken_up_after_a_restart_leaves_nothing(boot, world):
    async with boot() as first:
        user = await make_user(first)
        async with held_at("added", first, user) as job:
            await first.crash()
    assert len(world.client.rows) == 1
    async with boot() as second:
        assert (await second.services.jobs.cancel(user, job)).state == "cancelled"
        await settled(second, user)
        assert world.client.rows == {}
        assert await links.known("main") == set()


async def test_a_cancel_that_met_a_busy_database_can_be_repeated(box, user, monkeypatch):
    async with held_at("added", box, user) as job:
        fail_once(monkeypatch, intents, "end")
        with pytest.raises(Busy):
            await box.services.jobs.cancel(user, job)
        assert (await box.services.jobs.cancel(user, job)).state == "cancelled"
    await settled(box, user)
    assert box.world.client.rows == {}


@one_database
async def test_a_job_stopped_before_its_first_step_is_not_taken_for_a_running_one(box, user):
    box.world.indexer.releases = []
    jobs, failed = box.services.jobs, await get(box, user)
    again = await intents.move(
        await intents.get(failed.id), expect=[IntentState.FAILED], state=IntentState.NEW
    )
    jobs.launch(again)
    jobs._runs[failed.id].task.cancel()  # nothing was awaited since: its task has not begun
    async with asyncio.timeout(WITHIN / 2):
        await jobs.wait(failed.id, WITHIN)
    assert (await jobs.cancel(user, failed.id)).state == "cancelled"
    box.world.indexer.releases = [release("[Kagami] Yoru no Toshokan - 05 (1080p).mkv")]
    forget_searches(box)
    await jobs.retry(user, failed.id)
    assert (await ended(box, user, failed.id)).state == "done"


async def test_a_job_cancelled_right_after_it_was_begun_leaves_nothing(box, user):
    job = await box.services.jobs.download(user, ASK, idempotency_key=None)
    assert (await box.services.jobs.cancel(user, job)).state == "cancelled"
    await settled(box, user)
    assert box.world.client.rows == {}
    assert await links.known("main") == set()
    assert (await get(box, user)).state == "done"


@one_database
async def test_an_add_that_outlives_its_cancelled_job_is_removed_again(box, user, monkeypatch):
    client, came, free = box.world.client, asyncio.Event(), asyncio.Event()
    add = client.add

    async def stubborn(source, **named):
        async def work():
            came.set()
            await free.wait()
            return await add(source, **named)

        return await asyncio.shield(asyncio.ensure_future(work()))

    monkeypatch.setattr(client, "add", stubborn)
    job = await box.services.jobs.download(user, ASK, idempotency_key=None)
    await asyncio.wait_for(came.wait(), WITHIN)
    assert (await box.services.jobs.cancel(user, job)).state == "cancelled"
    free.set()
    await settled(box, user)
    assert len(client.added) == 1
    assert client.rows == {}


async def test_cancelling_one_episode_of_a_pack_leaves_the_other_waiting(box, user):
    pack, jobs = fake_hash("pack"), box.services.jobs
    box.world.client.gate.failing["add"] = TimedOut("No answer.")
    for number in (5, 6):
        await intents.begin(intent_for(user, number, pack))
    await jobs.resume_all()

    async def both_are_linked():
        owned = await links.of_user(user.id)
        return owned and len(owned[0].episodes) == 2

    await until(both_are_linked)
    assert (await jobs.cancel(user, "episode-5")).state == "cancelled"
    await mended(box)
    assert (await ended(box, user, "episode-6")).state == "done"
    await settled(box, user)
    (link,) = await links.of_user(user.id)
    assert [each.episode for each in link.episodes] == [6]
    assert list(box.world.client.rows) == [pack]


async def test_a_failed_try_to_get_a_missing_torrent_again_leaves_it_missing(box, user):
    first = await get(box, user)
    box.world.client.lose(first.torrent)
    await box.services.reconciler.once()
    box.world.client.gate.failing["add"] = Refused("Not this one.")
    assert (await get(box, user)).state == "failed"
    await settled(box, user)
    (link,) = await links.of_user(user.id)
    assert link.state is LinkState.MISSING


# --- removals that meet downloads -----------------------------------------------------------


async def test_a_download_that_came_while_the_removal_waits_keeps_torrent_and_key(box, user):
    first = await get(box, user)
    box.world.client.gate.failing["remove"] = Refused("The files are in use.")
    removal = await box.services.jobs.remove(user, first.torrent, delete_files=False)
    await until(lambda: box.world.client.gate.count("remove"))
    second = await get(box, user)
    assert second.state == "done"
    assert second.id != first.id
    await mended(box)
    assert (await ended(box, user, removal.id)).state == "done"
    assert list(box.world.client.rows) == [second.torrent]
    better = release("[Kagami] Yoru no Toshokan - 05v2 (1080p).mkv", seeders=99)
    box.world.indexer.releases = [better]
    forget_searches(box)
    assert (await get(box, user)).id == second.id
    assert len(box.world.client.rows) == 1


async def test_a_cancelled_job_of_another_does_not_stop_a_removal_under_way(box, user):
    other = await make_user(box, "other")
    first = await get(box, user)
    box.world.client.gate.failing["remove"] = Refused("The files are in use.")
    removal = await box.services.jobs.remove(user, first.torrent, delete_files=False)
    await until(lambda: box.world.client.gate.count("remove"))
    async with held_at("torrents", box, other) as job:
        await box.services.jobs.cancel(other, job)
    await mended(box)
    assert (await ended(box, user, removal.id)).state == "done"
    await settled(box, user, other)
    assert box.world.client.rows == {}


async def test_removing_a_torrent_that_is_still_to_come_cancels_its_job(box, user):
    box.world.client.gate.failing["add"] = RateLimited("Not now.", retry_after=0.05)
    job = await box.services.jobs.download(user, ASK, idempotency_key=None)
    await until(lambda: box.world.client.gate.count("add"))
    (link,) = await links.of_user(user.id)
    removed = await remove(box, user, link.info_hash)
    assert removed.state == "done"
    assert (await ended(box, user, job)).state == "cancelled"
    box.world.client.gate.failing.clear()
    await settled(box, user)
    assert box.world.client.rows == {}
    assert await links.of_user(user.id) == []


@pytest.mark.usefixtures("undo")
async def test_undoing_the_removal_of_what_was_still_to_come_leaves_it_missing(box, user):
    async with held_at("add", box, user) as job:
        (link,) = await links.of_user(user.id)
        removal = await box.services.jobs.remove(user, link.info_hash, delete_files=False)
        assert (await box.services.jobs.cancel(user, removal.id)).state == "cancelled"
        box.world.client.gate.failing["add"] = Refused("Not this one.")
    assert (await ended(box, user, job)).state == "cancelled"
    await settled(box, user)
    (link,) = await links.of_user(user.id)
    assert link.state is LinkState.MISSING
    assert box.world.client.rows == {}
    await mended(box)
    again = await get(box, user)
    assert again.state == "done"
    (link,) = await links.of_user(user.id)
    assert link.state is LinkState.LIVE


async def test_two_removals_of_one_torrent_are_one(box, user):
    info_hash = (await get(box, user)).torrent
    async with box.world.client.gate.hold("remove") as came:
        first = await box.services.jobs.remove(user, info_hash, delete_files=False)
        await asyncio.wait_for(came.wait(), WITHIN)
        with pytest.raises(NotFound):
            await box.services.jobs.remove(user, info_hash, delete_files=False)
    assert (await ended(box, user, first.id)).state == "done"
    assert box.world.client.gate.count("remove") == 1


@one_database
@pytest.mark.parametrize("error", [NoSpace("Full."), Invalid("Odd."), HELD])
async def test_a_removal_that_the_store_refuses_is_tried_again(box, user, monkeypatch, error):
    info_hash = (await get(box, user)).torrent
    fail_once(monkeypatch, removals, "unlink", error)
    assert (await remove(box, user, info_hash)).state == "done"
    assert box.world.client.rows == {}
    assert await links.known("main") == set()


@one_database
@pytest.mark.parametrize("error", [NoSpace("Full."), Invalid("Odd."), Refused("In use.")])
async def test_a_removal_that_the_client_refuses_completes_later(box, user, error):
    info_hash = (await get(box, user)).torrent
    gate = box.world.client.gate
    gate.failing["remove"] = error
    job = await box.services.jobs.remove(user, info_hash, delete_files=True)
    await until(lambda: gate.count("remove") > 1)
    running = await box.services.jobs.get(user, job.id)
    assert running.state == "running"
    step = next(step for step in running.steps if step.name == "remove")
    assert error.detail in (step.detail or "")
    await mended(box)
    assert (await ended(box, user, job.id)).state == "done"
    assert box.world.client.rows == {}
    assert await links.known("main") == set()


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
    await box.services.torrents.pause(user, job.torrent)
    await get(box, other)
    assert box.world.client.rows[job.torrent].state is TorrentState.DOWNLOADING


async def test_a_torrent_is_paused_when_the_last_owner_who_wanted_it_to_run_leaves(box, user):
    other = await make_user(box, "other")
    job = await get(box, user)
    await get(box, other)
    await box.services.torrents.pause(user, job.torrent)
    await remove(box, other, job.torrent)
    assert box.world.client.rows[job.torrent].state is TorrentState.PAUSED


@one_database
async def test_nobody_narrows_the_files_of_a_torrent_that_others_own(box, user):
    other = await make_user(box, "other")
    for owner in (user, other):
        await box.services.jobs.add(owner, AddTorrentRequest(source=MINE))
    box.world.client.listed[MINE] = files(12)
    with pytest.raises(Conflict):
        await box.services.torrents.set_wanted(other, MINE, [0])
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
        assert (row.client, row.state) == ("old", "missing")
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


# --- the unexpected -------------------------------------------------------------------------


@one_database
async def test_a_bug_of_ours_fails_the_job_and_frees_the_episode(box, user, monkeypatch):
    def broken(*args, **named):
        raise ValueError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(runner, "pick", broken)
        job = await get(box, user)
    assert (job.state, job.problem.code) == ("failed", "error")
    assert (await get(box, user)).state == "done"


@pytest.mark.parametrize("step", ["record_choice", "finish"])
async def test_a_resumed_job_outlasts_a_busy_database(boot, world, monkeypatch, step):
    async with boot() as first:
        user = await make_user(first)
        async with held_at("added", first, user) as job:
            await first.crash()
    fail_once(monkeypatch, intents, step)
    async with boot() as second:
        await second.services.jobs.resume_all()
        assert (await ended(second, user, job)).state == "done"
        assert await orphans(second) == set()
    assert len(world.client.added) == 1


async def test_an_idempotency_key_replays_after_the_episode_was_watched(box, user):
    box.world.watchlist.entries[SHOW] = entry(progress=11, aired=12)
    box.world.indexer.releases = [release("[Kagami] Yoru no Toshokan - 12 (1080p).mkv")]
    first = await get(box, user, key="k")
    assert first.state == "done"
    await box.services.watchlists.set_progress(user, ProgressRequest(entry=SHOW, episode=12))
    assert (await get(box, user, key="k")).id == first.id


@one_database
async def test_of_two_torrents_of_an_episode_the_finished_one_serves_it(box, user):
    first = await get(box, user)
    box.world.indexer.releases.append(release("[Other] Yoru no Toshokan - 05v2 (1080p).mkv"))
    forget_searches(box)
    other = release_id(box.world.indexer.releases[1])
    await get(box, user, DownloadRequest(entry=SHOW, episode=5, release=other, force=True))
    assert len(box.world.client.rows) == 2
    box.world.client.download(first.torrent)
    box.services.torrents.outdate("main")
    (shown,) = (await box.services.watchlists.view(user, {entry().status})).entries
    assert (shown.torrent, shown.state) == (first.torrent, "on_disk")
