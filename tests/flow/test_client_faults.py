"""What happens when a real client is not itself: full, emptied, restarted, hanging, banning."""

import contextlib
import time

import aiohttp
import pytest
import pytest_asyncio

from uuutd.testing.program import USERNAME
from uuutd.testing.programs import missing
from uuutd.testing.qbittorrent import QBittorrentServer

from .harness import KIB, check_files
from .outside import eventually
from .places import Kinds, Servers, placed

LIGHT = Kinds("libtorrent", "sqlite")
REMOTE = Kinds("qbittorrent", "sqlite")

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.kinds(REMOTE)]


def without_room(text):
    """Return a configuration by which no disk is large enough."""
    return text.replace("min_free_bytes = 0", f"min_free_bytes = {1 << 62}")


async def client_of(user):
    """Return how the client is, as any user sees it."""
    (client,) = [b for b in (await user.remote.backends()).backends if b.kind == "client"]
    return client


@contextlib.asynccontextmanager
async def configured(box, change):
    """Let the daemon run with a changed configuration for the block."""
    before = box.daemon.config.read_text("utf-8")
    box.daemon.config.write_text(change(before), "utf-8")
    if box.daemon.running:
        assert await box.daemon.terminate() == 0
    await box.daemon.start()
    try:
        yield
    finally:
        box.daemon.config.write_text(before, "utf-8")
        await box.daemon.restart()


@pytest.mark.kinds(LIGHT, REMOTE)
async def test_no_download_begins_on_a_disk_that_counts_as_full(town, box):
    user, seen, show = await box.somebody(), await town.show(), await town.show()
    first = await user.get(seen)
    async with configured(box, without_room):
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
        assert answer.problem == (507, "no-space", None, None)
        assert "are free where" in answer.body["detail"]
        answer = await user.ask("POST", "torrents", json={"source": show.info_hash})
        assert answer.problem == (507, "no-space", None, None)
        assert await box.intents(show) == []
        assert (await user.get(seen)).id == first.id  # what is there is there
        (alarm,) = (await client_of(user)).alarms
        assert alarm.code == "disk-full"
        check_files(seen, (await user.finished(seen.info_hash)).save_path)
    assert (await user.get(show)).state == "done"
    assert (await client_of(user)).alarms == ()
    assert (await box.settled()).clean


@pytest.mark.kinds(LIGHT, REMOTE)
async def test_a_job_that_waits_for_room_is_done_when_there_is_some(town, box):
    user, show = await box.somebody(), await town.show()
    asked = len(town.nyaa.requests)
    town.nyaa.fail("hang")
    job = await user.get(show, wait=False)

    async def searching():
        return len(town.nyaa.requests) > asked

    await eventually(searching, what="the search")
    await box.daemon.kill()
    town.nyaa.heal()
    async with configured(box, without_room):

        async def waits():
            found = await user.remote.job(job.id)
            return found.problem is not None and found

        found = await eventually(waits, what="waiting for room")
        assert (found.state, found.problem.code) == ("running", "no-space")
        assert found.torrent == show.info_hash
        assert not await box.has(show)
    assert (await user.ended(job.id)).state == "done"
    check_files(show, (await user.finished(show.info_hash)).save_path)
    assert (await box.settled()).clean


async def test_a_client_that_lost_everything_changes_nothing_until_somebody_knows(town, box):
    user = await box.somebody()
    shows = [await town.show() for _ in range(3)]
    for show in shows:
        await user.get(show)
    have = {row.hash for row in (await user.remote.torrents()).torrents}
    await box.client.ask("torrents/delete", hashes="all", deleteFiles="false")
    await box.daemon.restart()  # it compares at once, and every minute

    async def alarmed():
        return [alarm for alarm in (await client_of(user)).alarms if alarm.code == "lost-state"]

    (alarm,) = await eventually(alarmed, what="the alarm")
    assert f"0 of {len(have)} torrents" in alarm.text
    states = {state for (state,) in await box.database.rows("SELECT state FROM links")}
    assert states == {"live"}
    assert {row.hash for row in (await user.remote.torrents()).torrents} == have
    refused = await user.ask("POST", "backends/client/nowhere/confirm-missing")
    assert refused.status == 404
    confirmed = await user.remote.confirm_missing((await client_of(user)).name)
    assert confirmed.alarms == ()
    states = {state for (state,) in await box.database.rows("SELECT state FROM links")}
    assert states == {"missing"}
    again = await user.get(shows[0])
    assert (again.state, again.torrent) == ("done", shows[0].info_hash)
    check_files(shows[0], (await user.finished(shows[0].info_hash)).save_path)
    for each in have - {shows[0].info_hash}:
        await user.remote.remove(each)


async def test_a_client_that_is_restarted_in_the_middle_goes_on(town, box, servers):
    user, show, other = await box.somebody(), await town.show(size=2048 * KIB), await town.show()
    town.swarm.limit_upload(128 * KIB)
    try:
        await user.get(show)

        async def begun():
            return 0 < (await user.remote.torrent(show.info_hash)).progress < 1

        await eventually(begun, seconds=30, what="the first bytes")
        logins = box.gate.count("auth/login")
        await servers.qbittorrent.stop()
        await servers.qbittorrent.start()
    finally:
        town.swarm.limit_upload(0)
    await box.client.log_in()
    assert (await user.get(other)).state == "done"
    check_files(show, (await user.finished(show.info_hash)).save_path)
    assert 1 <= box.gate.count("auth/login") - logins <= 2  # its sessions went with it
    assert (await client_of(user)).state == "ready"
    assert (await box.settled()).clean


async def test_a_client_that_hangs_holds_up_nothing_else(town, box):
    user, seen, show = await box.somebody(), await town.show(), await town.show()
    await user.get(seen)
    await user.finished(seen.info_hash)
    async with contextlib.AsyncExitStack() as stack:
        for path in ("sync/maindata", "torrents/info", "torrents/add", "app/version"):
            await stack.enter_async_context(box.gate.hold(path))
        job = await user.get(show, wait=False)
        started = time.monotonic()
        for _ in range(5):  # more than the plugin has threads
            rows = (await user.remote.torrents()).torrents
            assert seen.info_hash in {row.hash for row in rows}  # as it was last told
            assert (await user.remote.watchlist()).entries
            assert (await user.ask("GET", "auth/me")).status == 200
        assert time.monotonic() - started < 5 * 3

        async def waits():
            found = await user.remote.job(job.id)
            return found.problem is not None and found

        found = await eventually(waits, seconds=30, what="the end of the client's time")
        assert (found.state, found.problem.code) == ("running", "timed-out")
    assert (await user.ended(job.id, seconds=60)).state == "done"
    assert await box.has(show)
    assert (await box.settled()).clean


# --- a client that bans the daemon ----------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="session")
async def banned(town, tmp_path):
    """A daemon whose qBittorrent, its own, bans the address that both are at."""
    if QBittorrentServer.program() is None:
        missing("qbittorrent-nox")
    async with QBittorrentServer(tmp_path / "qbittorrent") as server:
        servers = Servers(qbittorrent=server)
        async with placed(town, REMOTE, servers, tmp_path / "box", gate=True) as made:
            wrong = {"username": USERNAME, "password": "a guess"}
            async with aiohttp.ClientSession() as session:
                for _ in range(5):
                    answer = await session.post(f"{server.url}/api/v2/auth/login", data=wrong)
                    await answer.read()
            await made.daemon.start(wait=False)
            yield made, server


async def test_a_ban_is_said_and_not_made_longer(town, banned):
    box, server = banned

    async def answers():
        with contextlib.suppress(OSError, aiohttp.ClientError):
            async with aiohttp.ClientSession() as session:
                return (await session.get(f"{box.daemon.url}/health")).status == 200

    await eventually(answers, what="the daemon")
    user, show = await box.user("banned"), await town.show()
    for _ in range(3):
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
        assert answer.problem[:2] == (502, "login-failed")
        assert "ban" in f"{answer.body['detail']} {answer.body.get('hint')}"
    assert box.gate.count("auth/login") == 1
    assert (await client_of(user)).state == "misconfigured"
    await server.stop()
    await server.start()  # which lifts the ban
    check = await user.ask("POST", "backends/client/seedbox/check")
    assert check.body["state"] == "ready"
    await user.remote.retry(answer.body["job"])
    assert (await user.ended(answer.body["job"])).state == "done"
    await box.client.log_in()
    assert (await box.settled()).clean
