"""A disk without room: what cannot be kept is refused, and goes on when there is room again.

The daemon's files are kept from growing, which needs no disk of its own: SQLite and
libtorrent are refused their writes as on a disk that is full.
"""

import contextlib

import pytest

from .harness import PASSWORD, ask, check_files
from .outside import eventually
from .places import Kinds
from .shows import PROGRESS

LIGHT = Kinds("libtorrent", "sqlite")
REMOTE = Kinds("qbittorrent", "sqlite")

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.kinds(LIGHT)]

MIB = 1 << 20
NO_ROOM = 4096
"""So many bytes of a file can be written, which is less than any change of the database takes."""


@contextlib.contextmanager
def full(box, size=NO_ROOM):
    """Let nothing be written beyond the first *size* bytes of any file for the block."""
    box.daemon.limit_files(size)
    try:
        yield
    finally:
        box.daemon.limit_files(None)


async def no_space(user, method, path, **body):
    """Send what would have to be recorded, and look at the refusal."""
    answer = await user.ask(method, path, json=body or None)
    assert answer.problem == (507, "no-space", None, None), path
    assert "database" in answer.body["detail"]
    assert "room" in answer.body["hint"]


async def test_what_would_be_written_is_refused_and_what_is_known_is_shown(town, box):
    user, seen, show = await box.somebody(), await town.show(), await town.show()
    await user.get(seen)
    before = await user.finished(seen.info_hash)
    await user.remote.watchlist()
    torrent = f"torrents/{seen.info_hash}"
    with full(box):
        await no_space(user, "POST", "watchlist/download", entry=show.entry)
        await no_space(user, "POST", "watchlist/progress", entry=show.entry, episode=PROGRESS + 1)
        await no_space(user, "POST", "torrents", source=show.info_hash)
        await no_space(user, "POST", f"{torrent}/pause")
        await no_space(user, "DELETE", torrent)
        login = {"grant_type": "password", "username": user.name, "password": PASSWORD}
        await no_space(user, "POST", "auth/token", **login)
        for path in ("auth/me", "watchlist", "torrents", torrent, "jobs", "backends"):
            assert (await user.ask("GET", path)).status == 200, path
        assert (await ask(f"{box.daemon.url}/health")).status == 200
        assert await box.intents(show) == []
        assert not await box.has(show)
        assert town.anilist.entry(user.at, show.media).progress == PROGRESS
    row = await user.finished(seen.info_hash)
    assert (row.state, row.owners) == (before.state, 1)
    assert (await user.get(show)).state == "done"
    check_files(show, (await user.finished(show.info_hash)).save_path)
    assert (await user.ask("POST", "auth/token", json=login)).status == 200
    assert (await box.settled()).clean
    assert "Traceback" not in box.daemon.log


@pytest.mark.kinds(REMOTE)
async def test_a_job_whose_end_cannot_be_recorded_waits_for_room(town, box):
    user, show = await box.somebody(), await town.show()

    async def added():
        job = await user.remote.job(found.id)
        return {step.name: step.state for step in job.steps}["add"] == "done" and job

    async with box.gate.hold("torrents/add") as held:
        found = await user.get(show, wait=False)
        await held.came.wait()
        with full(box):
            held.free.set()  # the client takes the torrent, and nobody can record that
            job = await eventually(added, what="the torrent in the client")
            assert (job.state, job.problem) == ("running", None)
            assert await box.intents(show) == [(found.id, "chosen")]
            assert await box.has(show)
    assert (await user.ended(found.id)).state == "done"
    assert await box.intents(show) == [(found.id, "done")]
    check_files(show, (await user.finished(show.info_hash)).save_path)
    assert (await box.settled()).clean
    assert "Traceback" not in box.daemon.log


async def test_a_download_without_room_is_in_error_alone_and_can_be_resumed(town, box):
    user, show, other = await box.somebody(), await town.show(size=12 * MIB), await town.show()

    async def stopped():
        row = await user.remote.torrent(show.info_hash)
        return row.state == "error" and row

    async def refused_again():
        return box.daemon.log.count(show.release) > said

    with full(box, 8 * MIB):  # room enough for the database, and for other shows
        job = await user.get(show)
        row = await eventually(stopped, what="the error")
        assert show.release in row.error  # which file, and what libtorrent was told
        assert (await user.get(other)).state == "done"
        check_files(other, (await user.finished(other.info_hash)).save_path)
        assert (await stopped()).owners == 1
        said = box.daemon.log.count(show.release)
        await user.remote.resume(show.info_hash)
        await eventually(refused_again, what="another try that fails")
        await eventually(stopped, what="the error once more")
        assert (await user.remote.job(job.id)).state == "done"
    await user.remote.resume(show.info_hash)
    check_files(show, (await user.finished(show.info_hash)).save_path)
    assert (await box.settled()).clean
    assert "Traceback" not in box.daemon.log
