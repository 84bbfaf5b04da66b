"""What happens when the torrent client or the database goes away, and when the daemon stops."""

import asyncio
import contextlib
import time

import pytest

from .harness import ask, check_files
from .outside import eventually
from .places import Kinds, placed

LIGHT = Kinds("libtorrent", "sqlite")
REMOTE = Kinds("qbittorrent", "sqlite")
OTHER = Kinds("transmission", "sqlite")
BIG = Kinds("qbittorrent", "postgres")

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.kinds(LIGHT)]

BACK_WITHIN = 5.0


# --- the torrent client ---------------------------------------------------------------------


async def ready(box):
    return (await ask(f"{box.daemon.url}/ready")).status


@pytest.mark.kinds(REMOTE)
async def test_a_job_waits_for_qbittorrent_and_is_done_when_it_is_back(town, box, servers):
    user, show, seen = await box.somebody(), await town.show(), await town.show()
    await user.get(seen)
    before = await user.finished(seen.info_hash)
    await user.remote.torrents()
    await servers.qbittorrent.stop()
    try:
        answer = await user.ask(
            "POST",
            "watchlist/download",
            json={"entry": show.entry},
            headers={"Prefer": "respond-async"},
        )
        assert (answer.status, answer.body["state"]) == (202, "running")

        async def waits():
            job = await user.remote.job(answer.body["id"])
            add = next(step for step in job.steps if step.name == "add")
            return add.state == "running" and (add.detail or "").startswith("waiting: ") and job

        job = await eventually(waits, what="waiting for qBittorrent")
        assert job.torrent == show.info_hash
        assert [state for _, state in await box.intents(show)] == ["chosen"]
        known = await user.remote.torrents()
        assert [c.state for c in known.clients] == ["down"]
        row = next(row for row in known.torrents if row.hash == seen.info_hash)
        assert (row.progress, row.size) == (before.progress, before.size)  # the last known
        refused = await user.ask("POST", f"torrents/{seen.info_hash}/pause")
        assert refused.problem == (503, "unavailable", None, "seedbox")
        assert await ready(box) == 503
        await given_up(user, seen)
    finally:
        await servers.qbittorrent.start()
    await box.client.log_in()
    started = time.monotonic()
    assert (await user.ended(job.id)).state == "done"
    assert time.monotonic() - started < 10
    assert await ready(box) == 200
    assert (await box.settled()).clean


async def given_up(user, show):
    """Wait until the client has failed so often that it is not even asked any more."""

    async def look():
        refused = await user.ask("POST", f"torrents/{show.info_hash}/pause")
        assert refused.problem == (503, "unavailable", None, "seedbox")
        return "is not available" in refused.body["detail"] and refused

    refused = await eventually(look, what="giving up")
    assert int(refused.headers["Retry-After"]) <= BACK_WITHIN


@pytest.mark.kinds(REMOTE, OTHER)
async def test_a_client_that_was_away_for_long_is_soon_back_for_those_who_watch(town, box, servers):
    program = servers.qbittorrent or servers.transmission
    user, show = await box.somebody(), await town.show()
    await user.get(show)
    await program.stop()
    try:
        await given_up(user, show)
    finally:
        await program.start()
    if servers.qbittorrent:
        await box.client.log_in()

    async def back():
        return [each.state for each in (await user.remote.torrents()).clients] == ["ready"]

    await eventually(back, seconds=BACK_WITHIN, what="coming back")
    assert (await user.ask("POST", f"torrents/{show.info_hash}/pause")).status == 204


@pytest.mark.kinds(REMOTE)
async def test_a_wrong_password_is_tried_once_and_called_by_its_name(town, box, servers):
    user, show = await box.somebody(), await town.show()
    right = box.daemon.config.read_text("utf-8")
    wrong = right.replace(servers.qbittorrent.password, "not this one")
    assert await box.daemon.terminate() == 0
    before = box.gate.count("auth/login")
    box.daemon.config.write_text(wrong, "utf-8")
    await box.daemon.start(wait=False)
    await eventually(lambda: alive(box), what="the daemon")
    for _ in range(3):
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
        assert answer.problem == (502, "login-failed", "add", "seedbox")
        assert "password" in answer.body["detail"]
        assert "configuration" in answer.body["hint"]
    assert box.gate.count("auth/login") == before + 1
    (seedbox,) = [b for b in (await user.remote.backends()).backends if b.kind == "client"]
    assert seedbox.state == "misconfigured"
    assert await ready(box) == 503
    box.daemon.config.write_text(right, "utf-8")
    await box.daemon.restart()
    await user.remote.retry(answer.body["job"])
    assert (await user.ended(answer.body["job"])).state == "done"
    assert (await box.settled()).clean


async def alive(box):
    with contextlib.suppress(OSError):
        return (await ask(f"{box.daemon.url}/health")).status == 200


@pytest.mark.kinds(REMOTE)
async def test_a_torrent_that_the_client_took_and_does_not_have_is_no_success(town, box):
    user, show = await box.somebody(), await town.show()
    with box.gate.swallow("torrents/add", "Ok."):
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
    assert answer.problem == (502, "client-lost", "add", "seedbox")
    assert (await box.settled()).clean  # the link is gone, too
    await user.remote.retry(answer.body["job"])
    assert (await user.ended(answer.body["job"])).state == "done"
    assert await box.has(show)
    assert (await box.settled()).clean


@pytest.mark.kinds(REMOTE)
async def test_a_torrent_that_somebody_removed_from_the_client_is_missing_and_comes_back(town, box):
    user, show = await box.somebody(), await town.show()
    job = await user.get(show)
    await user.finished(show.info_hash)
    await box.client.ask("torrents/delete", hashes=show.info_hash, deleteFiles="true")
    await box.daemon.restart()  # it compares at once, and every minute

    async def missing():
        return (await user.remote.torrent(show.info_hash)).state == "missing"

    await eventually(missing, what="noticing")
    again = await user.get(show)
    assert (again.state, again.torrent) == ("done", show.info_hash)
    assert again.id != job.id
    check_files(show, (await user.finished(show.info_hash)).save_path)
    assert (await box.settled()).clean


# --- the database ---------------------------------------------------------------------------


@pytest.mark.kinds(BIG)
async def test_a_postgresql_that_goes_away_is_waited_for(town, box, servers):
    user, show = await box.somebody(), await town.show()
    await user.remote.watchlist()
    async with box.gate.hold("torrents/add") as held:
        job = await user.get(show, wait=False)
        await asyncio.wait_for(held.came.wait(), 10)
        await asyncio.to_thread(servers.postgres.stop)
        try:
            held.free.set()  # the client takes the torrent, and nobody can record that
            answer = await user.ask("GET", "torrents")
            assert answer.problem == (503, "busy", None, None)
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.headers["Content-Type"].startswith("application/problem+json")

            async def not_ready():
                return await ready(box) == 503

            await eventually(not_ready, what="/ready")
            assert (await ask(f"{box.daemon.url}/health")).status == 200
        finally:
            await asyncio.to_thread(servers.postgres.start)
        started = time.monotonic()
    await box.daemon.ready(within=BACK_WITHIN)
    answer = await user.ask("GET", "torrents")
    assert answer.status == 200
    assert time.monotonic() - started < BACK_WITHIN
    assert (await user.ended(job.id)).state == "done"
    assert (await box.settled()).clean
    assert [each for each, _ in await box.intents(show)] == [job.id]


async def test_a_sqlite_file_held_by_somebody_else_is_busy(town, box):
    user, show = await box.somebody(), await town.show()
    async with box.database.writing():
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
        assert answer.problem == (503, "busy", None, None)
        assert int(answer.headers["Retry-After"]) >= 1
        assert (await user.ask("GET", "torrents")).status == 200  # reading goes on
    assert (await user.get(show)).state == "done"


async def test_a_second_daemon_on_the_same_data_refuses_to_start(town, box):
    await box.somebody()
    second = box.daemon.another()
    process = await second.spawn()
    assert await asyncio.wait_for(process.wait(), 15) == 2
    assert f"another uuutd (process {box.daemon.process.pid})" in second.log
    assert "Traceback" not in second.log
    assert await ready(box) == 200


async def test_a_database_that_is_no_database_is_named_and_nothing_starts(
    town, kinds, servers, tmp_path
):
    async with placed(town, kinds, servers, tmp_path) as box:
        await box.daemon.start()
        await box.daemon.terminate()
        box.database.path.write_bytes(b"this is no database" * 1000)
        process = await box.daemon.spawn()
        assert await asyncio.wait_for(process.wait(), 15) == 2
        assert str(box.database.path) in box.daemon.log
        assert "not a database" in box.daemon.log
        assert "Traceback" not in box.daemon.log


# --- stopping -------------------------------------------------------------------------------


@pytest.mark.kinds(LIGHT, REMOTE)
async def test_a_download_under_way_goes_on_after_a_stop(town, box):
    user, show = await box.somebody(), await town.show(size=3 << 20)
    town.swarm.limit_upload(600_000)
    job = await user.get(show)
    assert job.state == "done"

    async def half():
        return (await user.remote.torrent(show.info_hash)).progress > 0.3

    await eventually(half, seconds=20, what="a third of the file")
    assert await box.daemon.terminate(within=20) == 0
    town.swarm.limit_upload(0)
    sent = town.swarm.uploaded
    await box.daemon.start()
    row = await user.finished(show.info_hash)
    check_files(show, row.save_path)
    assert town.swarm.uploaded - sent < 3 << 20  # not from the beginning
    assert (await box.settled()).clean


@pytest.mark.kinds(REMOTE)
async def test_a_stop_is_not_kept_up_and_the_job_goes_on_afterwards(town, box):
    user, show = await box.somebody(), await town.show()
    events = user.remote.events()  # which somebody reads meanwhile, a terminal client say
    watching = asyncio.create_task(anext(events))
    async with box.gate.hold("torrents/add") as held:
        job = await user.get(show, wait=False)
        await asyncio.wait_for(held.came.wait(), 10)
        waiting = asyncio.create_task(user.get(show))
        await asyncio.sleep(0.3)  # until the daemon has it
        assert await box.daemon.terminate(within=20) == 0
        await asyncio.wait([waiting])
    watching.cancel()
    await box.daemon.start()
    assert (await user.ended(job.id)).state == "done"
    assert (await user.get(show)).id == job.id
    assert (await box.settled()).clean
