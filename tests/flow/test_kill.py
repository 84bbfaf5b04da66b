"""SIGKILL at every moment of a download: afterwards nothing is lost, orphaned or doubled."""

import asyncio
import time

import pytest
import pytest_asyncio

from uuutd.remote.errors import RemoteError

from .harness import check_files
from .places import COMBINATIONS, placed
from .points import before_the_client, database, points_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONSISTENT_WITHIN = 10.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def box(town, kinds, servers, folder):
    """A running daemon with one user, who comes through a door that can be held."""
    async with placed(town, kinds, servers, folder / "box", gate=True) as made:
        await made.daemon.start()
        await made.open_door()
        await made.user("aneesh")
        yield made


async def killed_at(box, point, show):
    """Let the user ask for *show*, and kill the daemon at *point*."""
    (user,) = box.people
    async with point.hold(box, show) as reached:
        asking = asyncio.create_task(user.get(show, key=f"get-{show.entry}"))
        held = asyncio.create_task(reached())
        await asyncio.wait([asking, held], return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            held.cancel()
            pytest.fail(f"it was not held there: {asking}")
        await held
        await box.daemon.kill()
        assert [state for _, state in await box.intents(show)] == (
            [point.recorded] if point.recorded else []
        )
        assert point.has is None or await box.has(show) == point.has
    with pytest.raises(RemoteError):  # whoever asked got no answer
        await asking


async def recovered(box, show):
    """Look at everything from outside, and ask again for what was asked for."""
    (user,) = box.people
    before = await box.intents(show)
    await box.daemon.start()
    ready = time.monotonic()
    state = await box.settled(seconds=CONSISTENT_WITHIN)
    took = time.monotonic() - ready
    assert state.clean, f"{state}\n{box.daemon.log[-4000:]}"
    try:
        job = await user.get(show, key=f"get-{show.entry}")
    except RemoteError as error:
        error.add_note(box.daemon.log[-6000:])
        raise
    assert (job.state, job.torrent) == ("done", show.info_hash)
    assert [id for id, _ in await box.intents(show)] == [job.id]
    assert not before or before[0][0] == job.id
    assert [hash for hash, _ in await box.client.names()].count(show.info_hash) == 1
    assert (await box.settled()).clean
    return took


@pytest.mark.kinds(*(kinds for kinds in COMBINATIONS if kinds.client == "libtorrent"))
@pytest.mark.parametrize("point", points_of("libtorrent"), ids=lambda point: point.name)
async def test_killed_with_the_embedded_client_it_goes_on_where_it_was(town, box, point):
    await die_and_recover(town, box, point)


@pytest.mark.kinds(*(kinds for kinds in COMBINATIONS if kinds.client == "qbittorrent"))
@pytest.mark.parametrize("point", points_of("qbittorrent"), ids=lambda point: point.name)
async def test_killed_with_qbittorrent_it_goes_on_where_it_was(town, box, point):
    await die_and_recover(town, box, point)


async def die_and_recover(town, box, point):
    show = await town.show()
    await box.backends_ready()
    await killed_at(box, point, show)
    await recovered(box, show)


async def test_k12_a_daemon_killed_while_it_recovers_recovers_again(town, box, kinds):
    show = await town.show()
    await box.backends_ready()
    await killed_at(box, before_the_client(kinds.client), show)
    async with database("done")(box, show) as reached:
        await box.daemon.spawn()
        await reached()
        await box.daemon.kill()
        assert [state for _, state in await box.intents(show)] == ["chosen"]
        assert await box.has(show)
    await recovered(box, show)


async def test_in_the_end_every_file_is_whole(town, box):
    """What the tests before this one fetched, through kills or not, and one more show."""
    (user,) = box.people
    await user.get(await town.show())
    shows = {show.info_hash: show for show in town.shows}
    torrents = (await user.remote.torrents()).torrents
    for row in torrents:
        found = await user.finished(row.hash, seconds=30)
        check_files(shows[row.hash], found.save_path)
    assert {row.hash for row in torrents} == {hash for hash, _ in await box.client.names()}
