"""Deleting an account on a real daemon with a real client, also one that is killed meanwhile."""

import asyncio

import pytest

from uuutd.remote import LoginNeeded

from .dying import recovered
from .outside import eventually
from .places import Kinds

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def leaving(box, name, fate):
    """Let the administrator delete somebody, and return the answer."""
    admin = box.people[0].remote.administration
    (number,) = [each.id for each in (await admin.users()).users if each.username == name]
    return await admin.delete(number, fate)


async def gone(box, name):
    async def look():
        return not await box.database.rows(f"SELECT id FROM users WHERE name = '{name}'")

    await eventually(look, seconds=30, what=f"the end of {name}")


@pytest.mark.kinds(Kinds("libtorrent", "postgres"), Kinds("qbittorrent", "sqlite"))
async def test_the_files_go_with_the_account_and_what_is_shared_stays(town, box):
    admin, other = await box.somebody("ada"), await box.user("leaver")
    mine, shared = await town.show(), await town.show()
    await box.backends_ready()
    for show in (mine, shared):
        await other.get(show)
        await other.finished(show.info_hash)
    await admin.get(shared)
    reply = await leaving(box, "leaver", "remove-files")
    assert (reply.removed, reply.kept, reply.shared) == (1, 0, 1)
    with pytest.raises(LoginNeeded):
        await other.remote.me()
    await gone(box, "leaver")
    assert not await box.has(mine)
    assert await box.has(shared)
    assert (await admin.finished(shared.info_hash)).owners == 1
    assert (await box.settled()).clean


@pytest.mark.kinds(Kinds("qbittorrent", "sqlite"), Kinds("qbittorrent", "postgres"))
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_daemon_killed_meanwhile_goes_on_when_it_is_back(town, box, when):
    """Killed when it is about to remove a torrent from the client, and when it just has."""
    await box.somebody("ada")
    name = f"killed-{when}"
    other = await box.user(name)
    shows = [await town.show() for _ in range(3)]
    await box.backends_ready()
    for show in shows:
        await other.get(show)
    async with box.gate.hold("torrents/delete", when) as held:
        await leaving(box, name, "remove-files")
        await asyncio.wait_for(held.came.wait(), 20)
        await box.daemon.kill()
    assert await box.database.rows(f"SELECT fate FROM users WHERE name = '{name}'") == [
        ("remove-files",)
    ]
    await recovered(box)
    await gone(box, name)
    assert [await box.has(show) for show in shows] == [False] * 3
    assert (await box.settled()).clean


@pytest.mark.kinds(Kinds("qbittorrent", "sqlite"))
async def test_what_is_kept_is_left_alone_and_can_be_adopted(town, box):
    admin = await box.somebody("ada")
    other = await box.user("keeper")
    show = await town.show()
    await box.backends_ready()
    await other.get(show)
    client = (await other.finished(show.info_hash)).client
    assert (await leaving(box, "keeper", "keep")).kept == 1
    await gone(box, "keeper")
    assert await box.has(show)
    await admin.remote.adopt(client, show.info_hash)
    row = await admin.finished(show.info_hash)
    assert (row.owners, row.foreign) == (1, False)
    assert (await box.settled()).clean
