"""Jobs: what users ask for happens once, survives crashes, and is undone cleanly."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from uuutd.domain import EntryId, TorrentState
from uuutd.errors import (
    Conflict,
    Foreign,
    NotAired,
    NotFound,
    Refused,
    Unavailable,
)
from uuutd.services import runner
from uuutd.store import intents, links
from uuutd.store.records import LinkState
from uuutd.wire import AddTorrentRequest, DownloadRequest

from .conftest import SHOW, entry, make_user, release

ASK = DownloadRequest(entry=SHOW)
ENDS_WITHIN = 10


async def get(box, user, request=ASK, key=None):
    job = await box.services.jobs.download(user, request, idempotency_key=key)
    await box.services.jobs.wait(job, ENDS_WITHIN)
    return await box.services.jobs.get(user, job)


async def test_an_episode_is_fetched_and_linked(box, user):
    job = await get(box, user)
    assert (job.state, job.episode, job.title) == ("done", 5, "Yoru no Toshokan")
    assert [(s.name, s.state) for s in job.steps] == [
        (name, "done") for name in ("resolve", "search", "choose", "add", "link")
    ]
    assert job.torrent == box.world.indexer.releases[0].info_hash
    assert box.world.client.rows[job.torrent].save_path == "Yoru no Toshokan"
    (row,) = (await box.services.torrents.view(user)).torrents
    assert (row.hash, row.state, row.owners) == (job.torrent, "downloading", 1)
    assert [(e.id, e.episode) for e in row.entries] == [(SHOW, 5)]


async def test_asking_ten_times_at_once_is_asking_once(box, user):
    jobs = await asyncio.gather(*(get(box, user) for _ in range(10)))
    assert {job.state for job in jobs} == {"done"}
    assert len({job.id for job in jobs}) == 1
    assert box.world.indexer.gate.count("search") == 1
    assert len(box.world.client.added) == box.world.client.gate.count("add") == 1


async def test_ten_users_share_one_search_and_one_add(box):
    people = [await make_user(box, f"user{number}") for number in range(10)]
    jobs = await asyncio.gather(*(get(box, person) for person in people))
    assert {job.state for job in jobs} == {"done"}
    assert len({job.id for job in jobs}) == 10
    assert box.world.indexer.gate.count("search") == 1
    assert box.world.client.gate.count("add") == 1
    (row,) = (await box.services.torrents.view(people[3])).torrents
    assert row.owners == 10


HOLDS = [
    ("indexer", "search"),  # K3: while it searches
    ("client", "torrents"),  # K4: found, not yet recorded
    ("client", "add"),  # K6: recorded, the client not told
    ("client", "added"),  # K7, K8: the client has it, and has not said so
]


@pytest.mark.parametrize(("who", "operation"), HOLDS)
async def test_a_daemon_killed_at_any_point_goes_on_where_it_was(boot, world, who, operation):
    async with boot() as first:
        user = await make_user(first)
        gate = getattr(world, who).gate
        async with gate.hold(operation) as came:
            job = await first.services.jobs.download(user, ASK, idempotency_key=None)
            await asyncio.wait_for(came.wait(), ENDS_WITHIN)
            await first.crash()
    async with boot() as second:
        await second.services.reconciler.once()
        await second.services.jobs.wait(job, ENDS_WITHIN)
        assert (await second.services.jobs.get(user, job)).state == "done"
        again = await get(second, user)
        assert again.id == job
        (link,) = await links.of_user(user.id)
        assert link.state is LinkState.LIVE
        assert not link.foreign
    assert world.client.added == [link.info_hash] == list(world.client.rows)


async def test_a_daemon_killed_during_recovery_recovers_again(boot, world):
    async with boot() as first:
        user = await make_user(first)
        async with world.client.gate.hold("added") as came:
            job = await first.services.jobs.download(user, ASK, idempotency_key=None)
            await asyncio.wait_for(came.wait(), ENDS_WITHIN)
            await first.crash()
    async with boot() as second, world.client.gate.hold("torrents") as came:
        await second.services.reconciler._jobs.resume_all()
        await asyncio.wait_for(came.wait(), ENDS_WITHIN)
        await second.crash()
    async with boot() as third:
        await third.services.reconciler.once()
        await third.services.jobs.wait(job, ENDS_WITHIN)
        assert (await third.services.jobs.get(user, job)).state == "done"
    assert len(world.client.added) == 1


async def test_a_client_that_is_down_is_waited_for(box, user):
    gate = box.world.client.gate
    gate.failing["torrents"] = Unavailable("It is down.")
    job = await box.services.jobs.download(user, ASK, idempotency_key=None)
    await box.services.jobs.wait(job, 0.3)
    running = await box.services.jobs.get(user, job)
    assert running.state == "running"
    add = next(step for step in running.steps if step.name == "add")
    assert (add.state, add.detail) == ("running", "waiting: It is down.")
    gate.failing.clear()
    await box.services.jobs.wait(job, ENDS_WITHIN)
    assert (await box.services.jobs.get(user, job)).state == "done"


async def test_a_job_that_waits_for_its_client_keeps_its_choice_over_a_restart(boot, world):
    async with boot() as first:
        user = await make_user(first)
        world.client.gate.failing["torrents"] = Unavailable("It is down.")
        job = await first.services.jobs.download(user, ASK, idempotency_key=None)
        await first.services.jobs.wait(job, 0.3)
        chosen = (await first.services.jobs.get(user, job)).torrent
        await first.crash()
    world.client.gate.failing.clear()
    world.indexer.releases.insert(0, release("[Kagami] Yoru no Toshokan - 05v2 (1080p).mkv"))
    async with boot() as second:
        await second.services.reconciler.once()
        await second.services.jobs.wait(job, ENDS_WITHIN)
    assert world.client.added == [chosen]


async def test_nothing_fits_is_said_with_the_reasons_and_can_be_tried_again(box, user):
    box.world.indexer.releases = [release("[Kagami] Yoru no Toshokan - 04 (1080p).mkv")]
    job = await get(box, user)
    assert (job.state, job.problem.code, job.problem.step) == ("failed", "no-release", "choose")
    (refused,) = job.problem.releases
    assert [r.code for r in refused.rejections] == ["R2"]
    second = await get(box, user)
    assert second.id != job.id


async def test_an_indexer_that_does_not_answer_is_not_nothing_found(box, user):
    box.world.indexer.gate.failing["search"] = Unavailable("No route.")
    job = await get(box, user)
    assert (job.state, job.problem.code, job.problem.step) == ("failed", "unavailable", "search")
    assert job.problem.backend == "main"
    box.world.indexer.gate.failing.clear()
    await box.services.jobs.retry(user, job.id)
    await box.services.jobs.wait(job.id, ENDS_WITHIN)
    assert (await box.services.jobs.get(user, job.id)).state == "done"


async def test_a_refusal_by_the_client_fails_and_frees_the_episode(box, user):
    box.world.client.gate.failing["add"] = Refused("Not this one.")
    job = await get(box, user)
    assert (job.state, job.problem.code, job.problem.step) == ("failed", "refused", "add")
    assert (await box.services.torrents.view(user)).torrents == ()
    box.world.client.gate.failing.clear()
    await box.services.jobs.retry(user, job.id)
    await box.services.jobs.wait(job.id, ENDS_WITHIN)
    assert (await box.services.jobs.get(user, job.id)).state == "done"


async def test_a_torrent_that_the_client_loses_is_cleaned_up(box, user, monkeypatch):
    monkeypatch.setattr(runner, "APPEARS_WITHIN", 0.1)
    client = box.world.client
    torrents = client.torrents

    async def nothing(hashes):
        await torrents(hashes)
        return []

    client.torrents = nothing
    job = await get(box, user)
    assert (job.state, job.problem.code) == ("failed", "client-lost")
    (cleanup,) = [j for j in (await box.services.jobs.list(user)).jobs if j.kind == "remove"]
    await box.services.jobs.wait(cleanup.id, ENDS_WITHIN)
    assert client.rows == {}
    assert await links.known("main") == set()


async def test_a_foreign_torrent_is_linked_and_never_touched(box, user):
    wanted = box.world.indexer.releases[0]
    box.world.client.put_foreign(wanted.info_hash, wanted.title)
    job = await get(box, user)
    assert job.state == "done"
    (row,) = (await box.services.torrents.view(user)).torrents
    assert row.foreign
    assert row.state == "seeding"
    with pytest.raises(Foreign):
        await box.services.torrent_actions.pause(user, wanted.info_hash)
    await remove(box, user, wanted.info_hash)
    assert wanted.info_hash in box.world.client.rows
    calls = set(box.world.client.gate.calls)
    assert calls <= {"torrents", "changes", "check", "free_bytes"}


async def remove(box, user, info_hash, *, delete_files=False):
    job = await box.services.jobs.remove(user, info_hash, delete_files=delete_files)
    await box.services.jobs.wait(job.id, ENDS_WITHIN)
    return await box.services.jobs.get(user, job.id)


@pytest.fixture(autouse=True)
def no_delay(monkeypatch):
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


@pytest.fixture
def undo(no_delay, monkeypatch):
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(seconds=10))


async def test_only_the_last_owners_removal_reaches_the_client(box):
    one, two = await make_user(box, "one"), await make_user(box, "two")
    info_hash = (await get(box, one)).torrent
    await get(box, two)
    assert (await remove(box, one, info_hash)).state == "done"
    assert info_hash in box.world.client.rows
    assert (await box.services.torrents.view(one)).torrents == ()
    assert (await remove(box, two, info_hash)).state == "done"
    assert box.world.client.rows == {}
    assert await links.known("main") == set()


async def test_a_removed_episode_can_be_fetched_again(box, user):
    first = await get(box, user)
    await remove(box, user, first.torrent)
    second = await get(box, user)
    assert second.id != first.id
    assert second.state == "done"
    assert list(box.world.client.rows) == [second.torrent]


@pytest.mark.usefixtures("undo")
async def test_a_removal_can_be_undone(box, user):
    info_hash = (await get(box, user)).torrent
    job = await box.services.jobs.remove(user, info_hash, delete_files=True)
    assert job.state == "running"
    assert (await box.services.torrents.view(user)).torrents == ()
    undone = await box.services.jobs.cancel(user, job.id)
    assert undone.state == "cancelled"
    assert len((await box.services.torrents.view(user)).torrents) == 1
    assert box.world.client.gate.count("remove") == 0


@pytest.mark.usefixtures("undo")
async def test_asking_for_an_episode_again_undoes_its_removal(box, user):
    first = await get(box, user)
    removal = await box.services.jobs.remove(user, first.torrent, delete_files=True)
    second = await get(box, user)
    assert second.state == "done"
    assert (await intents.get(removal.id)).state.value == "cancelled"
    assert len((await box.services.torrents.view(user)).torrents) == 1


async def test_a_removal_waits_for_a_client_that_is_down_over_a_restart(boot, world):
    async with boot() as first:
        user = await make_user(first)
        info_hash = (await get(first, user)).torrent
        world.client.gate.failing["remove"] = Unavailable("It is down.")
        job = await first.services.jobs.remove(user, info_hash, delete_files=False)
        await first.services.jobs.wait(job.id, 0.3)
        assert (await first.services.jobs.get(user, job.id)).state == "running"
        await first.crash()
    world.client.gate.failing.clear()
    async with boot() as second:
        await second.services.reconciler.once()
        await second.services.jobs.wait(job.id, ENDS_WITHIN)
        assert (await second.services.jobs.get(user, job.id)).state == "done"
    assert world.client.rows == {}


async def test_an_idempotency_key_replays_and_refuses_other_requests(box, user):
    first = await get(box, user, key="key-1")
    assert (await get(box, user, key="key-1")).id == first.id
    with pytest.raises(Conflict):
        await get(box, user, DownloadRequest(entry=SHOW, episode=6), key="key-1")


async def test_a_picked_release_that_breaks_a_rule_needs_force(box, user):
    box.world.indexer.releases.append(
        release("[Mori] Yoru no Toshokan - 05 (1080p).mkv", seeders=0)
    )
    choice = await box.services.releases.choice(user, "main", SHOW, None)
    dead = next(r for r in choice.releases if r.rejections)
    job = await get(box, user, DownloadRequest(entry=SHOW, release=dead.id))
    assert (job.state, job.problem.code) == ("failed", "release-rejected")
    job = await get(box, user, DownloadRequest(entry=SHOW, release=dead.id, force=True))
    assert (job.state, job.torrent) == ("done", dead.info_hash)


async def test_force_takes_another_release_of_an_episode_already_there(box, user):
    box.world.indexer.releases.append(release("[Mori] Yoru no Toshokan - 05 (720p).mkv"))
    first = await get(box, user)
    choice = await box.services.releases.choice(user, "main", SHOW, 5)
    other = next(r for r in choice.releases if r.info_hash != first.torrent)
    second = await get(
        box, user, DownloadRequest(entry=SHOW, episode=5, release=other.id, force=True)
    )
    assert second.torrent == other.info_hash
    assert len((await box.services.torrents.view(user)).torrents) == 2
    assert (await get(box, user, DownloadRequest(entry=SHOW, episode=5))).id == second.id


async def test_an_episode_that_has_not_aired_is_not_searched_unless_forced(box, user):
    with pytest.raises(NotAired):
        await get(box, user, DownloadRequest(entry=SHOW, episode=7))
    box.world.indexer.releases = [release("[Kagami] Yoru no Toshokan - 07 (1080p).mkv")]
    assert (
        await get(box, user, DownloadRequest(entry=SHOW, episode=7, force=True))
    ).state == "done"


async def test_all_watched_is_said(box, user):
    box.world.watchlist.entries[SHOW] = entry(progress=12)
    with pytest.raises(Conflict, match="watched"):
        await get(box, user)


async def test_a_running_job_can_be_cancelled_and_leaves_nothing(box, user):
    async with box.world.client.gate.hold("added") as came:
        job = await box.services.jobs.download(user, ASK, idempotency_key=None)
        await asyncio.wait_for(came.wait(), ENDS_WITHIN)
        assert (await box.services.jobs.cancel(user, job)).state == "cancelled"
    (cleanup,) = [j for j in (await box.services.jobs.list(user)).jobs if j.kind == "remove"]
    await box.services.jobs.wait(cleanup.id, ENDS_WITHIN)
    assert box.world.client.rows == {}
    assert (await get(box, user)).state == "done"


async def test_a_job_that_only_searches_is_cancelled_at_once(box, user):
    async with box.world.indexer.gate.hold("search") as came:
        job = await box.services.jobs.download(user, ASK, idempotency_key=None)
        await asyncio.wait_for(came.wait(), ENDS_WITHIN)
        assert (await box.services.jobs.cancel(user, job)).state == "cancelled"
    assert [j.kind for j in (await box.services.jobs.list(user)).jobs] == ["get"]


async def test_nobody_sees_or_changes_anothers_jobs_and_torrents(box, user):
    other = await make_user(box, "other")
    job = await get(box, user)
    jobs, torrents = box.services.jobs, box.services.torrents
    actions = box.services.torrent_actions
    for attempt in (
        jobs.get(other, job.id),
        jobs.retry(other, job.id),
        jobs.cancel(other, job.id),
        jobs.remove(other, job.torrent, delete_files=True),
        box.services.torrent_details.one(other, job.torrent),
        actions.pause(other, job.torrent),
        actions.resume(other, job.torrent),
        actions.set_wanted(other, job.torrent, [0]),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await jobs.list(other)).jobs == ()
    assert (await torrents.view(other)).torrents == ()


async def test_a_magnet_is_added_once_and_found_again(box, user):
    magnet = "magnet:?xt=urn:btih:" + "ab" * 20 + "&dn=Something"
    row, new = await box.services.jobs.add(user, AddTorrentRequest(source=magnet))
    assert new
    assert row.hash == "ab" * 20
    row, new = await box.services.jobs.add(user, AddTorrentRequest(source=("AB" * 20)))
    assert not new
    assert box.world.client.gate.count("add") == 1


async def test_a_torrent_added_for_an_episode_serves_it(box, user):
    source = "cd" * 20
    request = AddTorrentRequest(source=source, entry=SHOW, episode=5)
    await box.services.jobs.add(user, request)
    box.world.client.download(source)
    await box.services.torrents.row(user, source)
    (shown,) = (await box.services.watchlists.view(user, {entry().status})).entries
    assert (shown.state, shown.torrent) == ("on_disk", source)
    job = await get(box, user)
    assert job.kind == "add"
    assert box.world.indexer.gate.count("search") == 0


async def test_pausing_waits_for_all_owners_to_want_it(box):
    one, two = await make_user(box, "one"), await make_user(box, "two")
    info_hash = (await get(box, one)).torrent
    await get(box, two)
    actions = box.services.torrent_actions
    await actions.pause(one, info_hash)
    assert box.world.client.rows[info_hash].state is TorrentState.DOWNLOADING
    await actions.pause(two, info_hash)
    assert box.world.client.rows[info_hash].state is TorrentState.PAUSED
    await actions.resume(one, info_hash)
    assert box.world.client.rows[info_hash].state is TorrentState.DOWNLOADING


async def test_a_torrent_gone_from_its_client_is_shown_as_missing_and_comes_back(box, user):
    info_hash = (await get(box, user)).torrent
    lost = box.world.client.rows[info_hash]
    box.world.client.lose(info_hash)
    await box.services.reconciler.once()
    (row,) = (await box.services.torrents.view(user)).torrents
    assert row.state == "missing"
    job = await get(box, user)
    assert job.state == "done"
    assert box.world.client.rows[info_hash].name == lost.name
    (row,) = (await box.services.torrents.view(user)).torrents
    assert row.state == "downloading"


async def test_a_client_that_lost_everything_changes_no_record(box, user):
    hashes = []
    for number in range(1, 7):
        source = f"{number:040x}"
        await box.services.jobs.add(user, AddTorrentRequest(source=source))
        hashes.append(source)
    for each in hashes:
        box.world.client.lose(each)
    await box.services.reconciler.once()
    assert box.services.reconciler.drift["main"].alarm
    assert {link.state for link in await links.of_user(user.id)} == {LinkState.LIVE}


async def test_torrents_with_our_label_that_nobody_owns_are_reported_and_kept(box, user):
    job = await get(box, user)
    row = box.world.client.rows[job.torrent]
    await links_forgotten(user.id)
    await box.services.reconciler.once()
    assert box.services.reconciler.drift["main"].orphans == {row.info_hash}
    assert row.info_hash in box.world.client.rows


async def links_forgotten(user_id):
    from uuutd.store.tables import LinkRow, TorrentRow

    await LinkRow.filter(user_id=user_id).delete()
    await TorrentRow.all().delete()


async def test_jobs_carry_their_moments(box, user):
    before = datetime.now(UTC)
    job = await get(box, user)
    assert before <= job.created_at <= datetime.now(UTC)
    assert all(step.ms is not None and step.ms >= 0 for step in job.steps)


async def test_an_entry_that_is_not_on_the_list_is_not_found(box, user):
    with pytest.raises(NotFound):
        await get(box, user, DownloadRequest(entry=EntryId("999")))
