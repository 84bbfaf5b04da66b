"""Races of jobs and removals: whatever comes when, nothing is lost and nothing is left behind."""

import asyncio
from datetime import timedelta

import pytest

from uuutd.errors import (
    Busy,
    Invalid,
    NoSpace,
    NotFound,
    RateLimited,
    Refused,
    TimedOut,
)
from uuutd.services import runner, waiting
from uuutd.services.replies import release_id
from uuutd.store import choices, intents, links, removals
from uuutd.store.records import IntentState, LinkState
from uuutd.testing.fakes import fake_hash
from uuutd.wire import DownloadRequest, ProgressRequest

from .conftest import SHOW, entry, make_user, release
from .tools import (
    ASK,
    WITHIN,
    answers_late,
    ended,
    fail_once,
    forget_searches,
    get,
    held_at,
    intent_for,
    mended,
    one_database,
    remove,
    settled,
    until,
)

HELD = Busy("The database is held.", retry_after=0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


@pytest.fixture
def undo(quick, monkeypatch):
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(seconds=10))


async def orphans(box):
    """Return what the client has with our label and without any record of ours."""
    known = await links.known("main")
    rows = box.world.client.rows
    return {key for key, row in rows.items() if row.label == runner.LABEL and key not in known}


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


async def test_a_cancelled_job_of_another_does_not_stop_a_removal_under_way(box, user, caplog):
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
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


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
    fail_once(monkeypatch, choices, step)
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


async def test_who_joins_a_job_at_the_moment_of_its_end_sees_its_end(box, user, monkeypatch):
    async with held_at("add", box, user) as job:
        late = answers_late(monkeypatch, intents, "begin")
        joining = asyncio.create_task(box.services.jobs.download(user, ASK, idempotency_key=None))
        await asyncio.wait_for(late.came.wait(), WITHIN)
    await ended(box, user, job)
    late.free.set()
    assert await joining == job
    assert (await box.services.jobs.get(user, job)).state == "done"
    (listed,) = (await box.services.jobs.list(user)).jobs
    assert listed.state == "done"
    await settled(box, user)
    assert box.world.client.gate.count("add") == 1
