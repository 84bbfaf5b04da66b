"""Downloads that do not move, on real clients: what another release follows, and what stays."""

import asyncio
import hashlib

import pytest
import pytest_asyncio

from .harness import KIB, check_files
from .outside import eventually
from .places import Kinds, placed
from .shows import PROGRESS, release_name

LIGHT = Kinds("libtorrent", "sqlite")
REMOTE = Kinds("qbittorrent", "postgres")
SLOW = Kinds("transmission", "sqlite")

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(LIGHT, REMOTE, SLOW),
]

EPISODE = PROGRESS + 1
SOON = """
[stalled]
metadata_minutes = {metadata}
no_seeders_minutes = {no_seeders}
no_progress_minutes = {metadata}
replacements = 1
"""


def soon(kinds):
    """Return after how many minutes to give up; Transmission takes 10 seconds for any transfer."""
    slow = kinds.client == "transmission"
    return {"metadata": 0.3, "no_seeders": 0.25} if slow else {"metadata": 0.1, "no_seeders": 0.05}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def box(town, kinds, servers, folder):
    """A running daemon that gives downloads up after some seconds."""
    async with placed(town, kinds, servers, folder / "box", gate=True) as made:
        config = made.daemon.config
        config.write_text(config.read_text("utf-8") + SOON.format(**soon(kinds)), "utf-8")
        await made.daemon.start()
        yield made


def dead(town, show, episode=EPISODE):
    """Offer a release that looks best and that nobody seeds; return its info hash."""
    title = release_name(show.media, episode, group="Umi")
    digits = hashlib.sha256(title.encode()).hexdigest()[:40]
    town.nyaa.add(title, digits, size=700 << 20, seeders=900, trusted=True)
    return digits


async def jobs_for(user, show, kind="get"):
    """Return the user's jobs for a show, the oldest first."""
    found = (await user.remote.jobs()).jobs
    return [job for job in reversed(found) if job.entry == show.entry and job.kind == kind]


async def followed(user, show, ends="done"):
    """Wait until a second job has ended, and return both."""

    async def look():
        found = await jobs_for(user, show)
        return len(found) == 2 and found[1].state != "running" and found

    first, second = await eventually(look, seconds=60, what="a job that follows")
    assert (second.follows, second.state) == (first.id, ends), second
    return first, second


async def only(user, info_hashes):
    """Wait until a user has these torrents of those that *info_hashes* maps to whether."""

    async def look():
        rows = {row.hash for row in (await user.remote.torrents()).torrents}
        return all((each in rows) == wanted for each, wanted in info_hashes.items())

    await eventually(look, what="the change of what the user has")


async def test_a_magnet_that_nobody_answers_is_followed_unless_it_was_picked(town, box, kinds):
    user, show, other = await box.somebody(), await town.show(), await town.show()
    picked = dead(town, other)
    choice = await user.remote.releases("anilist", other.entry)
    (pick,) = [release.id for release in choice.releases if release.info_hash == picked]
    await user.get(other, release=pick)
    lost = dead(town, show)
    job = await user.get(show)
    assert (job.state, job.torrent) == ("done", lost)
    _, second = await followed(user, show)
    assert second.torrent == show.info_hash
    seconds = 60 * soon(kinds)["metadata"]
    assert f"no metadata for {seconds:.3g} seconds" in second.steps[0].detail
    check_files(show, (await user.finished(show.info_hash)).save_path)
    await only(user, {lost: False, show.info_hash: True})
    assert (await box.settled()).clean
    assert lost not in {info_hash for info_hash, _ in await box.client.names()}
    assert (await user.get(show)).id == second.id
    why = await user.remote.why("anilist", show.entry)
    (refused,) = [release for release in why.releases if release.info_hash == lost]
    assert [rejection.code for rejection in refused.rejections] == ["stalled"]
    assert len(await jobs_for(user, other)) == 1
    assert (await user.remote.torrent(picked)).state in ("metadata", "stalled")
    await user.remote.remove(picked)


async def test_one_that_loses_its_seeder_is_followed_and_its_files_go(town, box):
    user, show = await box.somebody(), await town.show(size=4096 * KIB)
    other = release_name(show.media, group="Umi")
    second = await town.swarm.add(other, size=256 * KIB)
    town.nyaa.add(other, second.metainfo, size=700 << 20, seeders=5)
    town.swarm.limit_upload(64 * KIB)
    try:
        job = await user.get(show)
        assert job.torrent == show.info_hash

        async def begun():
            return (await user.remote.torrent(show.info_hash)).done_bytes > 0

        await eventually(begun, seconds=30, what="the first byte")
        town.swarm.stop_seeding()
        _, following = await followed(user, show)
    finally:
        town.swarm.limit_upload(0)
        town.swarm.start_seeding()
    assert following.torrent == second.info_hash
    assert "not a byte for" in following.steps[0].detail
    await only(user, {show.info_hash: False, second.info_hash: True})
    assert (await box.settled()).clean


@pytest.mark.kinds(LIGHT)
async def test_without_another_release_it_stays(town, box):
    user, show = await box.somebody(), await town.show()
    lost = dead(town, show, episode=4)
    job = await user.get(show, episode=4)
    assert job.torrent == lost
    _, second = await followed(user, show, ends="failed")
    assert second.problem.code == "no-release"
    assert (await user.get(show, episode=4)).id == job.id
    assert lost in {info_hash for info_hash, _ in await box.client.names()}
    await user.remote.remove(lost)
    await only(user, {lost: False})


@pytest.mark.kinds(REMOTE)
@pytest.mark.parametrize(
    ("moment", "when"), [("torrents/add", "after"), ("torrents/delete", "before")]
)
async def test_killed_in_the_middle_it_happens_once(town, box, moment, when):
    user, show = await box.somebody(), await town.show()
    lost = dead(town, show)
    assert (await user.get(show)).torrent == lost
    adds = box.gate.count("torrents/add")
    async with box.gate.hold(moment, when) as held:
        await asyncio.wait_for(held.came.wait(), 30)
        await box.daemon.kill()
    await box.daemon.start()
    await followed(user, show)
    check_files(show, (await user.finished(show.info_hash)).save_path)
    await only(user, {lost: False, show.info_hash: True})
    assert (await box.settled()).clean
    names = [info_hash for info_hash, _ in await box.client.names()]
    assert names.count(show.info_hash) == 1
    assert lost not in names
    assert box.gate.count("torrents/add") - adds <= 2
    assert len(await jobs_for(user, show, "get")) == 2
