"""An upgrade on real components: the old file is there until the new one is whole."""

import hashlib
from pathlib import Path

import pytest

from .harness import KIB
from .outside import eventually
from .places import Kinds
from .shows import PROGRESS

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(Kinds("libtorrent", "sqlite"), Kinds("qbittorrent", "postgres")),
]

EPISODE = PROGRESS + 1
SLOWLY = 100 * KIB
SIZE = 1024 * KIB


def digest(path):
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def video_files(folder):
    """Return all files below a folder by their digests; what is unfinished has another."""
    return {digest(path): path for path in Path(folder).rglob("*") if path.is_file()}


async def picked(town, user, *, same_name):
    """Let a user pick and get the first version though the second is out; return both."""
    show = await town.show()
    title = show.release.replace(f"{EPISODE:02} (", f"{EPISODE:02}v2 (")
    name = show.release if same_name else title
    newer = await town.swarm.add(name, size=SIZE)
    town.nyaa.add(title, newer.metainfo, size=800 << 20, seeders=5)
    choice = await user.remote.releases("anilist", show.entry, EPISODE)
    (first,) = [r.id for r in choice.releases if r.info_hash == show.info_hash]
    await user.get(show, episode=EPISODE, release=first, force=True)
    row = await user.finished(show.info_hash)
    return show, newer, row.save_path


async def alone(folder, torrent):
    """Wait until the file of *torrent*, whole, is the only one in a folder."""
    (wanted,) = torrent.sha256.values()

    async def look():
        return set(video_files(folder)) == {wanted}

    await eventually(look, seconds=30, what="the removal of the old file")


@pytest.mark.parametrize("same_name", [False, True], ids=["own-name", "same-name"])
async def test_the_old_file_is_there_until_the_new_one_is_whole(town, box, same_name):
    user = await box.somebody()
    show, newer, folder = await picked(town, user, same_name=same_name)
    (old,), (new,) = show.torrent.sha256.values(), newer.sha256.values()
    before = {path.name: key for key, path in video_files(folder).items()}
    assert before == {show.release: old}
    found = await user.remote.upgrade("anilist", show.entry)
    assert (found.current.info_hash, found.available.info_hash) == (
        show.info_hash,
        newer.info_hash,
    )
    town.swarm.limit_upload(SLOWLY)
    job = await user.remote.begin_upgrade("anilist", show.entry, EPISODE)
    assert (job.state, job.torrent) == ("done", newer.info_hash)

    async def under_way():
        row = await user.remote.torrent(newer.info_hash)
        return row if 0 < row.progress < 1 else None

    row = await eventually(under_way, what="the download")
    assert (row.save_path == folder) != same_name
    seen = video_files(folder)
    assert old in seen
    assert new not in seen
    shown = await user.remote.entry("anilist", show.entry)
    assert (shown.state, shown.torrent) == ("on_disk", show.info_hash)
    town.swarm.limit_upload(0)
    row = await user.finished(newer.info_hash)
    await alone(folder, newer)
    assert video_files(folder)[new].parent == Path(row.save_path)
    shown = await user.remote.entry("anilist", show.entry)
    assert (shown.state, shown.torrent) == ("on_disk", newer.info_hash)
    assert (await user.get(show, episode=EPISODE)).id == job.id
    state = await box.settled()
    assert state.clean, state


async def test_killed_while_it_downloads_and_when_it_is_whole(town, box):
    user = await box.somebody()
    show, newer, folder = await picked(town, user, same_name=True)
    (old,) = show.torrent.sha256.values()
    town.swarm.limit_upload(SLOWLY)
    job = await user.remote.begin_upgrade("anilist", show.entry)
    await box.daemon.kill()
    assert old in video_files(folder)
    await box.daemon.start()
    assert (await user.remote.begin_upgrade("anilist", show.entry)).id == job.id
    await box.daemon.kill()
    town.swarm.limit_upload(0)
    assert old in video_files(folder)
    await box.daemon.start()
    await user.finished(newer.info_hash)
    await box.daemon.kill()
    (new,) = newer.sha256.values()
    assert new in video_files(folder)
    await box.daemon.start()
    await alone(folder, newer)
    assert (await user.get(show, episode=EPISODE)).id == job.id
    state = await box.settled()
    assert state.clean, state


@pytest.mark.kinds(Kinds("qbittorrent", "postgres"))
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_the_old_one_is_removed(town, box, when):
    user = await box.somebody()
    show, newer, folder = await picked(town, user, same_name=False)
    async with box.gate.hold("torrents/delete", when) as held:
        job = await user.remote.begin_upgrade("anilist", show.entry)
        await user.finished(newer.info_hash)

        async def reached():
            await user.remote.torrents()
            return held.came.is_set()

        await eventually(reached, seconds=20, what="the removal")
        await box.daemon.kill()
    await box.daemon.start()
    await alone(folder, newer)
    assert (await user.get(show, episode=EPISODE)).id == job.id
    state = await box.settled()
    assert state.clean, state
