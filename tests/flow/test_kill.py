"""SIGKILL at every moment of a download: afterwards nothing is lost, orphaned or doubled."""

import asyncio

import pytest
import pytest_asyncio

from .dying import asked_again, killed_at, recovered
from .harness import check_files
from .places import ALL, COMBINATIONS, Kinds, placed
from .points import before_the_client, database, points_of
from .shows import release_name

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def box(town, kinds, servers, folder):
    """A running daemon with one user, who comes through a door that can be held."""
    async with placed(town, kinds, servers, folder / "box", gate=True) as made:
        await made.daemon.start()
        await made.open_door()
        await made.user("aneesh")
        yield made


@pytest.mark.kinds(*(kinds for kinds in COMBINATIONS if kinds.client == "libtorrent"))
@pytest.mark.parametrize("point", points_of("libtorrent"), ids=lambda point: point.name)
async def test_killed_with_the_embedded_client_it_goes_on_where_it_was(town, box, point):
    await die_and_recover(town, box, point, key=None)


@pytest.mark.kinds(*(kinds for kinds in COMBINATIONS if kinds.client == "qbittorrent"))
@pytest.mark.parametrize("point", points_of("qbittorrent"), ids=lambda point: point.name)
async def test_killed_with_qbittorrent_it_goes_on_where_it_was(town, box, point):
    await die_and_recover(town, box, point, key=f"get-at-{point.name}")


@pytest.mark.kinds(*(kinds for kinds in ALL if kinds.client == "transmission"))
@pytest.mark.parametrize("point", points_of("transmission"), ids=lambda point: point.name)
async def test_killed_with_transmission_it_goes_on_where_it_was(town, box, point):
    await die_and_recover(town, box, point, key=None)


async def die_and_recover(town, box, point, *, key):
    show = await town.show()
    await box.backends_ready()
    await killed_at(box, point, show, key=key)
    await recover(box, show, key=key)


async def recover(box, show, *, key=None):
    before = await box.intents(show)
    recovery = await recovered(box)
    assert recovery.state.clean, f"{recovery.state}\n{box.daemon.log[-4000:]}"
    await asked_again(box, show, before, key=key)
    assert (await box.settled()).clean


@pytest.mark.kinds(*ALL)
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
    await recover(box, show)


@pytest.mark.kinds(Kinds("qbittorrent", "sqlite"))
async def test_a_pack_of_which_the_files_were_not_chosen_yet(town, box):
    """qBittorrent gets a pack stopped, then is told of the files, then starts it."""
    (user,) = box.people
    show = await town.pack()
    await box.backends_ready()
    async with box.gate.hold("torrents/filePrio") as held:
        asking = asyncio.create_task(user.get(show, episode=12))
        await asyncio.wait_for(held.came.wait(), 10)
        await box.daemon.kill()
        assert await box.has(show)
    await asyncio.wait([asking])
    assert asking.exception() is not None
    assert (await recovered(box)).state.clean
    assert (await user.get(show, episode=12)).state == "done"
    row = await user.finished(show.info_hash)
    (wanted,) = [file.path for file in row.files if file.wanted]
    assert wanted.endswith(release_name(show.media, 12))
    check_files(show, row.save_path, wanted.endswith)


@pytest.mark.kinds(Kinds("qbittorrent", "sqlite"))
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_removal_is_carried_out_to_its_end(town, box, when):
    """Killed when it is about to remove a torrent from the client, and when it just has."""
    (user,) = box.people
    show = await town.show()
    await box.backends_ready()
    first = await user.get(show)
    await user.finished(show.info_hash)
    async with box.gate.hold("torrents/delete", when) as held:
        removal = await user.remote.remove(show.info_hash, delete_files=True)
        await asyncio.wait_for(held.came.wait(), 20)
        await box.daemon.kill()
    assert (await recovered(box)).state.clean
    assert (await user.remote.job(removal.id)).state == "done"
    assert not await box.has(show)
    again = await user.get(show)
    assert (again.state, again.torrent) == ("done", show.info_hash)
    assert again.id != first.id
    assert (await box.settled()).clean


@pytest.mark.kinds(*ALL)
async def test_in_the_end_every_file_is_whole(town, box):
    """What the tests before this one fetched, through kills or not; a show, if it runs alone."""
    (user,) = box.people
    if not town.shows:
        await user.get(await town.show())
    shows = {show.info_hash: show for show in town.shows}
    torrents = (await user.remote.torrents()).torrents
    for row in torrents:
        found = await user.finished(row.hash)
        wanted = tuple(file.path for file in found.files if file.wanted)
        check_files(shows[row.hash], found.save_path, lambda path, w=wanted: path.endswith(w))
    assert {row.hash for row in torrents} == {each for each, _ in await box.client.names()}
