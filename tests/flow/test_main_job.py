"""The main job, on real components: from a watchlist entry to a finished, verified file."""

import asyncio
import re
from collections import Counter

import pytest

from uuutd.remote.errors import ProblemError
from uuutd.wire import ProgressRequest

from .harness import check_files
from .outside import eventually
from .places import COMBINATIONS, Kinds
from .shows import PROGRESS, release_name

pytestmark = pytest.mark.asyncio(loop_scope="session")

MIB = 1 << 20
fewer = pytest.mark.kinds(Kinds("libtorrent", "sqlite"), Kinds("qbittorrent", "postgres"))
with_transmission = pytest.mark.kinds(*COMBINATIONS, Kinds("transmission", "sqlite"))
only_qbittorrent = pytest.mark.kinds(*(k for k in COMBINATIONS if k.client == "qbittorrent"))


def searched(town, show):
    """Return how often each query for a show came to the indexer."""
    words = set(show.media.romaji.split())
    asked = [request.query.get("q", "") for request in town.nyaa.requests]
    return Counter(query for query in asked if words <= set(re.findall(r"\w+", query)))


@with_transmission
async def test_from_the_watchlist_to_a_verified_file(town, box):
    show, other = await town.show(size=24 * MIB), await town.show()
    user = await box.somebody()
    watchlist = await user.remote.watchlist()
    assert [source.state for source in watchlist.sources] == ["ok"]
    listed = {e.id: (e.next_episode, e.state) for e in watchlist.entries}
    assert listed[show.entry] == listed[other.entry] == (PROGRESS + 1, "ready")
    job = await user.get(show)
    assert (job.state, job.torrent, job.release.title) == ("done", show.info_hash, show.release)
    assert [(step.name, step.state) for step in job.steps] == [
        (name, "done") for name in ("resolve", "search", "choose", "add", "link")
    ]
    row = await user.finished(show.info_hash)
    check_files(show, row.save_path)
    listed = {e.id: e for e in (await user.remote.watchlist()).entries}
    assert (listed[show.entry].state, listed[show.entry].torrent) == ("on_disk", show.info_hash)
    assert listed[other.entry].state == "ready"
    assert (await box.settled()).clean


async def test_progress_is_written_when_the_user_says_so_and_not_before(town, box):
    user, show = await box.somebody(), await town.show()
    await user.get(show)
    await user.finished(show.info_hash)
    mutations = [r for r in town.anilist.requests if "SaveMediaListEntry" in r.fields]
    assert town.anilist.entry(user.at, show.media).progress == PROGRESS
    marked = await user.remote.progress(ProgressRequest(entry=show.entry, episode=PROGRESS + 1))
    assert (marked.queued, marked.entry.progress) == (False, PROGRESS + 1)
    assert town.anilist.entry(user.at, show.media).progress == PROGRESS + 1
    now = [r for r in town.anilist.requests if "SaveMediaListEntry" in r.fields]
    assert len(now) == len(mutations) + 1


@with_transmission
async def test_the_same_episode_ten_times_at_once_is_one_job(town, box):
    user, show = await box.somebody(), await town.show()
    jobs = await asyncio.gather(*(user.get(show) for _ in range(10)))
    assert {(job.state, job.torrent) for job in jobs} == {("done", show.info_hash)}
    assert len({job.id for job in jobs}) == 1
    assert set(searched(town, show).values()) == {1}
    assert [each for each, _ in await box.client.names()].count(show.info_hash) == 1
    assert len(await box.intents(show)) == 1
    again = await user.get(show)
    assert again.id == jobs[0].id
    assert (await box.settled()).clean


@fewer
async def test_ten_users_at_once_share_one_search_and_one_torrent(town, box):
    people = [await box.somebody(f"user{number}") for number in range(10)]
    show = await town.show()
    before = box.gate.count("torrents/add") if box.gate else 0
    jobs = await asyncio.gather(*(person.get(show) for person in people))
    assert {(job.state, job.torrent) for job in jobs} == {("done", show.info_hash)}
    assert len({job.id for job in jobs}) == 10
    assert set(searched(town, show).values()) == {1}
    assert [each for each, _ in await box.client.names()].count(show.info_hash) == 1
    assert box.gate is None or box.gate.count("torrents/add") == before + 1
    assert (await people[4].remote.torrent(show.info_hash)).owners == 10
    assert (await box.settled()).clean


@fewer
async def test_only_the_last_owners_removal_reaches_the_client(town, box):
    one, two = await box.somebody("user1"), await box.somebody("user2")
    show = await town.show()
    await asyncio.gather(one.get(show), two.get(show))
    path = (await one.finished(show.info_hash)).save_path
    first = await one.remote.remove(show.info_hash, delete_files=True)
    with pytest.raises(ProblemError, match="no such torrent"):
        await one.remote.torrent(show.info_hash)
    await asyncio.sleep(2)  # so that the second is carried out two seconds after the first
    second = await two.remote.remove(show.info_hash, delete_files=True)
    assert (await one.ended(first.id)).state == "done"
    assert await box.has(show)
    check_files(show, path)
    assert (await two.ended(second.id)).state == "done"
    assert not await box.has(show)
    with pytest.raises(FileNotFoundError):
        check_files(show, path)
    assert (await box.settled()).clean
    assert (await one.get(show)).state == "done"  # and it can be had again
    assert await box.has(show)


@only_qbittorrent
async def test_a_torrent_that_was_there_before_us_is_linked_and_never_touched(town, box):
    user, show = await box.somebody(), await town.show()
    box.foreign.add(show.info_hash)
    await box.client.ask(
        "torrents/add",
        urls=f"magnet:?xt=urn:btih:{show.info_hash}&tr={town.swarm.tracker_url}",
        category="mine",
    )
    await eventually(lambda: box.has(show), what="the foreign torrent")
    before = await mine(box, show)
    job = await user.get(show)
    assert job.state == "done"
    assert (await user.remote.torrent(show.info_hash)).foreign
    with pytest.raises(ProblemError) as refused:
        await user.remote.pause(show.info_hash)
    assert (refused.value.problem.status, refused.value.problem.code) == (409, "foreign")
    removal = await user.remote.remove(show.info_hash, delete_files=True)
    assert (await user.ended(removal.id)).state == "done"
    assert await mine(box, show) == before
    assert (await box.settled()).clean


async def mine(box, show):
    """Return what somebody set on a torrent in qBittorrent, and would find changed."""
    (row,) = [row for row in await box.client.rows() if row["hash"] == show.info_hash]
    return {key: row[key] for key in ("category", "tags", "save_path", "added_on")}


async def test_two_users_get_two_episodes_of_one_pack_and_no_others(town, box):
    one, two = await box.somebody(), await box.somebody("user2")
    show = await town.pack()
    # While something is missing peers stay connected; later they meet again after a minute.
    town.swarm.limit_upload(50_000)
    first = await one.get(show, episode=1)
    assert (first.state, first.torrent) == ("done", show.info_hash)
    assert wanted(await one.remote.torrent(show.info_hash)) == {release_name(show.media, 1)}
    second = await two.get(show, episode=12)
    assert (second.state, second.torrent) == ("done", show.info_hash)
    town.swarm.limit_upload(0)
    both = {release_name(show.media, 1), release_name(show.media, 12)}
    row = await two.finished(show.info_hash)
    assert wanted(row) == both
    check_files(show, row.save_path, lambda path: path.rpartition("/")[2] in both)
    assert (await box.settled()).clean


async def test_a_later_episode_of_a_pack_needs_no_search(town, box):
    user = await box.somebody()
    show = await town.pack()
    town.swarm.limit_upload(50_000)
    await user.get(show, episode=1)
    searches = town.searches()
    later = await user.get(show, episode=12)
    assert (later.state, later.torrent) == ("done", show.info_hash)
    assert [step.detail for step in later.steps[1:3]] == [
        "not needed",
        f"in {show.release}, which you have",
    ]
    assert town.searches() == searches
    town.swarm.limit_upload(0)
    both = {release_name(show.media, 1), release_name(show.media, 12)}
    row = await user.finished(show.info_hash)
    assert wanted(row) == both
    assert sorted(entry.episode for entry in row.entries) == [1, 12]
    check_files(show, row.save_path, lambda path: path.rpartition("/")[2] in both)
    assert (await box.settled()).clean


def wanted(row):
    """Return the names of the files of a torrent that are to be downloaded."""
    return {file.path.rpartition("/")[2] for file in row.files if file.wanted}


async def test_after_a_restart_everything_is_still_there(town, box):
    user, show = await box.somebody(), await town.show(size=2 * MIB)
    job = await user.get(show)
    row = await user.finished(show.info_hash)
    before = {row.hash: row.progress for row in (await user.remote.torrents()).torrents}
    sent = town.swarm.uploaded
    await box.daemon.restart()
    assert (await user.get(show)).id == job.id
    assert {row.hash: row.progress for row in (await user.remote.torrents()).torrents} == before
    assert (await user.finished(show.info_hash)).state == "seeding"
    check_files(show, row.save_path)
    assert town.swarm.uploaded == sent  # nothing was downloaded again
    assert (await box.settled()).clean
