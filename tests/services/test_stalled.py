"""Downloads that do not move: another release follows, at most so often, and nothing is lost."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import attrs
import pytest

from uuutd.config import Stalled
from uuutd.domain import TorrentState, Tracker, TrackerState
from uuutd.errors import Refused, ReleaseRejected
from uuutd.services import stalled, waiting
from uuutd.services.replies import release_id
from uuutd.store import blocks, intents, links
from uuutd.wire import AddTorrentRequest, DownloadRequest

from .conftest import SHOW, make_user, release
from .tools import ASK, WITHIN, forget_searches, get, one_database, remove, until

KAGAMI = release("[Kagami] Yoru no Toshokan - 05 (1080p).mkv", seeders=50)
YUKI = release("[Yuki] Yoru no Toshokan - 05 (1080p).mkv", seeders=40)
HANA = release("[Hana] Yoru no Toshokan - 05 (1080p).mkv", seeders=30)
SORA = release("[Sora] Yoru no Toshokan - 05 (1080p).mkv", seeders=20)
MORI = release("[Mori] Yoru no Toshokan - 05 (1080p).mkv", seeders=10)
MINUTE = 60.0
SETTINGS = Stalled(metadata_minutes=10, no_seeders_minutes=20, no_progress_minutes=60)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let the looks be as far apart as a test says."""
    time = SimpleNamespace(now=0.0)
    loop = SimpleNamespace(get_running_loop=lambda: SimpleNamespace(time=lambda: time.now))
    monkeypatch.setattr(stalled, "asyncio", SimpleNamespace(**{**vars(asyncio), **vars(loop)}))
    return time


@pytest.fixture
def passes(clock):
    """Return what lets minutes pass for a daemon, which looks at its clients every minute."""

    async def let(box, minutes):
        box.services.stalled._settings = SETTINGS
        for idle in box.services.stalled._idle.values():
            idle._settings = SETTINGS
        for _ in range(minutes + 1):
            await box.services.stalled.look()
            clock.now += MINUTE
        clock.now -= MINUTE

    return let


def offers(box, *found):
    box.world.indexer.releases = list(found)
    forget_searches(box)


def put(box, info_hash, **changes):
    """Let the client have a torrent of its own in another state."""
    box.world.client._put(attrs.evolve(box.world.client.rows[info_hash], **changes))


async def stuck(box, user, *others, state=TorrentState.STALLED, asked=ASK):
    """Let a user get an episode that does not move, while *others* can be had as well."""
    offers(box, KAGAMI, *others)
    job = await get(box, user, asked)
    assert (job.state, job.torrent) == ("done", KAGAMI.info_hash)
    put(box, KAGAMI.info_hash, state=state)
    return job


async def settled(box, *users):
    """Wait until no job runs; one that is begun again as it ends is taken up by a later round."""

    async def over():
        await box.services.jobs.resume_all()
        listed = [await box.services.jobs.list(user) for user in users]
        return all(job.state != "running" for each in listed for job in each.jobs)

    await until(over)


async def in_place(box, *users):
    await box.services.upgrades.settle()
    await settled(box, *users)


async def owned(user):
    return {link.info_hash for link in await links.of_user(user.id)}


async def jobs(box, user, kind="get"):
    """Return the user's jobs, the oldest first."""
    return [j for j in reversed((await box.services.jobs.list(user)).jobs) if j.kind == kind]


# --- what is given up, and when -------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "changes", "minutes", "why"),
    [
        (TorrentState.METADATA, {"seeders": 3}, 10, "no metadata for 10 minutes"),
        (TorrentState.STALLED, {"leechers": 4}, 20, "no seeder and not a byte for 20 minutes"),
        (TorrentState.DOWNLOADING, {"seeders": 1}, 60, "not a byte for 60 minutes"),
    ],
)
async def test_another_release_follows_what_does_not_move(
    box, user, passes, state, changes, minutes, why
):
    first = await stuck(box, user, YUKI, state=state)
    put(box, KAGAMI.info_hash, **changes)
    await passes(box, minutes - 1)
    assert len(await jobs(box, user)) == 1
    await passes(box, 1)
    await settled(box, user)
    await in_place(box, user)
    _, second = await jobs(box, user)
    assert (second.state, second.follows, second.torrent) == ("done", first.id, YUKI.info_hash)
    assert why in second.steps[0].detail
    assert await owned(user) == set(box.world.client.rows) == {YUKI.info_hash}
    (gone,) = await jobs(box, user, "remove")
    assert (gone.follows, gone.torrent) == (second.id, KAGAMI.info_hash)
    assert (await get(box, user)).id == second.id  # it is the episode's now


@one_database
@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (TorrentState.PAUSED, {}),
        (TorrentState.QUEUED, {}),
        (TorrentState.CHECKING, {}),
        (TorrentState.ERROR, {"error": "disk full"}),
        (TorrentState.SEEDING, {"progress": 1.0}),
    ],
)
async def test_what_waits_or_is_there_is_left_alone(box, user, passes, state, changes):
    await stuck(box, user, YUKI, state=state)
    put(box, KAGAMI.info_hash, **changes)
    await passes(box, 100)
    assert len(await jobs(box, user)) == 1


@one_database
async def test_a_single_byte_begins_the_time_anew(box, user, passes):
    await stuck(box, user, YUKI)
    for done in range(5):
        await passes(box, 19)
        put(box, KAGAMI.info_hash, done_bytes=done + 1)
    assert len(await jobs(box, user)) == 1
    await passes(box, 21)
    await settled(box, user)
    assert len(await jobs(box, user)) == 2


@one_database
async def test_time_in_which_nobody_looked_counts_for_little(box, user, passes, clock):
    await stuck(box, user, YUKI)
    for _ in range(5):
        await passes(box, 0)
        clock.now += 86_400
    assert len(await jobs(box, user)) == 1


@one_database
async def test_time_in_which_the_client_is_down_does_not_count(box, user, passes):
    await stuck(box, user, YUKI)
    for _ in range(5):
        await passes(box, 9)
        box.world.client.gate.failing["changes"] = Refused("Not now.")
        await passes(box, 9)
        box.world.client.gate.failing.clear()
    assert len(await jobs(box, user)) == 2  # 5 times 9 minutes, and nothing in between


@pytest.mark.parametrize(
    "asked",
    [
        DownloadRequest(entry=SHOW, release=release_id(KAGAMI)),
        DownloadRequest(entry=SHOW, release=release_id(KAGAMI), force=True),
    ],
)
async def test_what_the_user_picked_stays(box, user, passes, asked):
    await stuck(box, user, YUKI, asked=asked)
    await passes(box, 100)
    assert len(await jobs(box, user)) == 1
    assert await blocks.hashes() == set()


async def test_what_was_added_by_hand_stays(box, user, passes):
    await box.services.jobs.add(user, AddTorrentRequest(source="c" * 40))
    by_hand = AddTorrentRequest(source=KAGAMI.info_hash, entry=SHOW, episode=5)
    await box.services.jobs.add(user, by_hand)
    offers(box, KAGAMI, YUKI)
    assert (await get(box, user)).torrent == KAGAMI.info_hash
    await passes(box, 100)
    assert await jobs(box, user) == []
    assert len(box.world.client.rows) == 2


async def test_what_is_not_ours_stays(box, user, passes):
    box.world.client.put_foreign(KAGAMI.info_hash, KAGAMI.title)
    await stuck(box, user, YUKI)
    await passes(box, 100)
    assert len(await jobs(box, user)) == 1
    assert box.world.client.gate.count("remove") == 0


async def test_what_serves_more_than_one_episode_stays(box, user, passes):
    await stuck(box, user, YUKI)
    both = AddTorrentRequest(source=KAGAMI.info_hash, provider="main", entry=SHOW, episode=6)
    await box.services.jobs.add(user, both)
    await passes(box, 100)
    assert len(await jobs(box, user)) == 1


async def test_for_another_owner_who_picked_it_the_torrent_stays(box, user, passes):
    other = await make_user(box, "other")
    await stuck(box, user, YUKI)
    offers(box, KAGAMI, YUKI)
    await get(box, other, DownloadRequest(entry=SHOW, release=release_id(KAGAMI)))
    await passes(box, 20)
    await settled(box, user, other)
    await in_place(box, user, other)
    assert (await owned(user), await owned(other)) == ({YUKI.info_hash}, {KAGAMI.info_hash})
    assert set(box.world.client.rows) == {KAGAMI.info_hash, YUKI.info_hash}


# --- how often ------------------------------------------------------------------------------


async def test_it_goes_on_to_the_next_so_often_and_no_further(box, user, passes):
    await stuck(box, user, YUKI, HANA, SORA, MORI)
    for following in (YUKI, HANA, SORA):
        await passes(box, 20)
        await settled(box, user)
        await in_place(box, user)
        assert await owned(user) == set(box.world.client.rows) == {following.info_hash}
    async with box.services.events.subscribe(user.id, None) as stream:
        await passes(box, 200)
        told = await notices(box, user, stream)
    assert [notice.code for notice in told] == ["stalled"]
    assert "3 others were tried before" in told[0].text
    assert await owned(user) == set(box.world.client.rows) == {SORA.info_hash}
    assert len(await jobs(box, user)) == 4


@one_database
async def test_with_no_replacements_nothing_is_given_up(box, user, passes, monkeypatch):
    monkeypatch.setitem(globals(), "SETTINGS", attrs.evolve(SETTINGS, replacements=0))
    await stuck(box, user, YUKI)
    await passes(box, 100)
    assert len(await jobs(box, user)) == 1


async def test_without_another_release_it_stays_and_the_user_is_told_once(box, user, passes):
    first = await stuck(box, user)
    async with box.services.events.subscribe(user.id, None) as stream:
        await passes(box, 100)
        await settled(box, user)
        told = await notices(box, user, stream)
    (_, failed) = await jobs(box, user)
    assert (failed.state, failed.problem.code, failed.follows) == ("failed", "no-release", first.id)
    assert await owned(user) == set(box.world.client.rows) == {KAGAMI.info_hash}
    assert (await get(box, user)).id == first.id
    (notice,) = told
    assert (notice.code, notice.episode, notice.provider) == ("stalled", 5, "main")
    assert "no seeder and not a byte for 20 minutes" in notice.text
    assert "It stays" in notice.text
    offers(box, KAGAMI, HANA)  # which appears later: the same job tries it
    await passes(box, 20)
    await settled(box, user)
    await in_place(box, user)
    (_, done) = await jobs(box, user)
    assert (done.id, done.state, done.torrent) == (failed.id, "done", HANA.info_hash)
    assert await owned(user) == set(box.world.client.rows) == {HANA.info_hash}


async def test_a_search_that_fails_changes_nothing_and_is_made_again(box, user, passes):
    await stuck(box, user, YUKI)
    forget_searches(box)
    box.world.indexer.gate.failing["search"] = Refused("Not now.")
    await passes(box, 20)
    await settled(box, user)
    assert await owned(user) == set(box.world.client.rows) == {KAGAMI.info_hash}
    box.world.indexer.gate.failing.clear()
    await passes(box, 20)
    await settled(box, user)
    await in_place(box, user)
    assert await owned(user) == set(box.world.client.rows) == {YUKI.info_hash}


async def test_one_that_its_user_cancelled_does_not_come_back(box, user, passes):
    await stuck(box, user, YUKI)
    async with box.world.client.gate.hold("add") as came:
        await passes(box, 20)
        await asyncio.wait_for(came.wait(), WITHIN)
        (_, second) = await jobs(box, user)
        await box.services.jobs.cancel(user, second.id)
    await settled(box, user)
    await passes(box, 100)
    assert len(await jobs(box, user)) == 2
    assert await owned(user) == set(box.world.client.rows) == {KAGAMI.info_hash}


@one_database
async def test_a_network_that_is_gone_is_no_reason(box, user, passes):
    await stuck(box, user, YUKI)
    for digit in "cd":
        await box.services.jobs.add(user, AddTorrentRequest(source=digit * 40))

    async def silent(info_hash):
        return [Tracker(url="http://tracker.invalid/a", state=TrackerState.ERROR)]

    trackers, box.world.client.trackers = box.world.client.trackers, silent
    await passes(box, 100)
    assert len(await jobs(box, user)) == 1
    box.world.client.trackers = trackers
    await passes(box, 20)
    await settled(box, user)
    assert len(await jobs(box, user)) == 2


# --- what is refused afterwards -------------------------------------------------------------


async def test_a_blocked_release_is_shown_with_its_reason_and_can_be_picked_by_force(
    box, user, passes
):
    await stuck(box, user, YUKI)
    await passes(box, 20)
    await settled(box, user)
    await in_place(box, user)
    found = await box.services.releases.choice(user, "main", SHOW, 5)
    refused = {r.title: [x.code for x in r.rejections] for r in found.releases if r.rejections}
    assert refused == {KAGAMI.title: ["stalled"]}
    told = await box.services.searches.why(user, "main", SHOW, 5, replay=True)
    assert told.replay.same
    (said,) = [r for r in told.releases if r.title == KAGAMI.title]
    assert said.rejections[0].text == "no seeder and not a byte for 20 minutes"
    other = await make_user(box, "other")
    for_other = await box.services.releases.choice(other, "main", SHOW, 5)
    assert not any(r.rejections for r in for_other.releases)
    await remove(box, user, YUKI.info_hash)
    offers(box, KAGAMI)
    assert (await get(box, user)).problem.code == "no-release"
    picked = DownloadRequest(entry=SHOW, release=release_id(KAGAMI))
    assert (await get(box, user, picked)).problem.code == ReleaseRejected.code
    assert (await get(box, user, attrs.evolve(picked, force=True))).torrent == KAGAMI.info_hash


async def test_what_moves_again_is_no_longer_blocked(box, user, passes):
    await stuck(box, user)
    await passes(box, 20)
    await settled(box, user)
    assert await blocks.hashes() == {KAGAMI.info_hash}
    put(box, KAGAMI.info_hash, done_bytes=1)
    await passes(box, 1)
    assert await blocks.hashes() == set()
    found = await box.services.releases.choice(user, "main", SHOW, 5)
    assert found.best == release_id(KAGAMI)


# --- whatever happens meanwhile -------------------------------------------------------------


@pytest.mark.parametrize("operation", ["search", "torrents", "add", "added"])
async def test_killed_at_any_moment_it_happens_once(boot, world, passes, operation):
    async with boot() as box:
        user = await make_user(box)
        await stuck(box, user, YUKI)
        forget_searches(box)
        gate = world.indexer.gate if operation == "search" else world.client.gate
        async with gate.hold(operation) as came:
            await passes(box, 20)
            await asyncio.wait_for(came.wait(), WITHIN)
            await box.crash()
    async with boot() as box:
        await box.services.reconciler.once()
        await settled(box, user)
        await in_place(box, user)
        await passes(box, 10)
        assert await owned(user) == set(world.client.rows) == {YUKI.info_hash}
        assert world.client.added.count(YUKI.info_hash) == 1
        first, second = await jobs(box, user)
        assert (second.state, second.follows) == ("done", first.id)
        assert await intents.unfinished() == []


async def test_killed_before_the_old_one_went_it_goes_at_the_next_start(boot, world, passes):
    async with boot() as box:
        user = await make_user(box)
        await stuck(box, user, YUKI)
        async with world.client.gate.hold("remove") as came:
            await passes(box, 20)
            await asyncio.wait_for(came.wait(), WITHIN)
            await box.crash()
    async with boot() as box:
        await box.services.reconciler.once()
        await settled(box, user)
        assert await owned(user) == set(world.client.rows) == {YUKI.info_hash}


async def test_looks_at_once_begin_one_job(box, user, passes):
    await stuck(box, user, YUKI)
    await passes(box, 19)
    (link,) = await links.of_user(user.id)
    row = box.world.client.rows[KAGAMI.info_hash]
    await asyncio.gather(*(box.services.stalled._give_up(link, row, "still") for _ in range(5)))
    await settled(box, user)
    await in_place(box, user)
    assert len(await jobs(box, user)) == 2
    assert await owned(user) == set(box.world.client.rows) == {YUKI.info_hash}


async def test_when_the_user_removes_it_meanwhile_the_new_one_has_the_episode(box, user, passes):
    await stuck(box, user, YUKI)
    async with box.world.client.gate.hold("add") as came:
        await passes(box, 20)
        await asyncio.wait_for(came.wait(), WITHIN)
        await remove(box, user, KAGAMI.info_hash)
    await settled(box, user)
    await in_place(box, user)
    assert await owned(user) == set(box.world.client.rows) == {YUKI.info_hash}
    (_, second) = await jobs(box, user)
    assert (await get(box, user)).id == second.id


async def test_a_client_that_refuses_the_new_one_keeps_the_old_one(box, user, passes):
    first = await stuck(box, user, YUKI)
    box.world.client.gate.failing["add"] = Refused("It does not take it.")
    await passes(box, 20)
    await settled(box, user)
    await in_place(box, user)
    (_, second) = await jobs(box, user)
    assert second.state == "failed"
    assert await owned(user) == set(box.world.client.rows) == {KAGAMI.info_hash}
    assert (await get(box, user)).id == first.id


async def notices(box, user, stream):
    """Return the notices that the user got so far."""
    box.services.events.publish("end", None, user_id=user.id)
    found = []
    async for event in stream:
        if event.name == "end":
            break
        if event.name == "notice":
            found.append(event.event.value)
    return found
