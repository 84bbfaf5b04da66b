"""What nobody here has: on everybody's list, which administrators see, and on no other."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from uuutd.errors import Conflict, NotFound
from uuutd.services import board, snapshots, waiting
from uuutd.services.listings import Ask
from uuutd.testing.fakes import FakeClient, FakeConfig, fake_hash
from uuutd.wire import AddTorrentRequest

from .conftest import make_user
from .tools import WITHIN, ended, one_database, remove, settled

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(board, "EVENTS_EVERY", 0.01)
    monkeypatch.setattr(snapshots, "WATCHED_EVERY", 0.02)
    monkeypatch.setattr(snapshots, "SOONEST", 0.01)
    monkeypatch.setattr(snapshots, "LOOKED_AT_FOR", 0.3)
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


def put(world, name, *, minutes=0):
    info_hash = fake_hash(name)
    world.client.put_foreign(info_hash, name)
    world.client.rows[info_hash] = attrs.evolve(
        world.client.rows[info_hash], added_at=LONG_AGO + timedelta(minutes=minutes)
    )
    return info_hash


async def looked(box):
    box.services.torrents.outdate("main")
    await box.services.torrents._snapshots.look()


async def everybodys(box, user, **ask):
    await looked(box)
    return await box.services.torrents.view_all(user, Ask(**ask))


async def strangers(box, user):
    rows = (await everybodys(box, user)).torrents
    return {row.name for row in rows if row.owners == 0}


async def add(box, user, name):
    await box.services.jobs.add(user, AddTorrentRequest(source=fake_hash(name)))
    return fake_hash(name)


async def test_administrators_see_them_and_nobody_else(box, user):
    mine = await add(box, user, "mine")
    theirs = put(box.world, "theirs")
    listed = await everybodys(box, user)
    assert [(row.hash, row.owners, row.owner_names, row.foreign) for row in listed.torrents] == [
        (mine, 1, ("mika",), False),
        (theirs, 0, (), True),
    ]
    assert [row.client for row in listed.torrents] == ["main", "main"]
    assert [row.hash for row in (await box.services.torrents.view(user)).torrents] == [mine]
    with pytest.raises(NotFound):
        await box.services.torrents.row(user, theirs)
    with pytest.raises(NotFound):
        await box.services.torrent_actions.pause(user, theirs)


@one_database
async def test_the_list_is_followed_filtered_sorted_and_paged_with_them(box, user):
    await add(box, user, "mine")
    names = [f"theirs {number}" for number in range(7)]
    for number, name in enumerate(names):
        put(box.world, name, minutes=number // 2)
    whole = await everybodys(box, user)
    first = await everybodys(box, user, limit=3)
    rows, cursor = list(first.torrents), first.cursor
    while cursor:
        page = await everybodys(box, user, limit=3, cursor=cursor)
        rows += page.torrents
        cursor = page.cursor
    assert rows == list(whole.torrents)
    assert {row.name for row in rows[1:]} == set(names)
    assert {row.name for row in rows[1:2]} == {"theirs 6"}  # added last
    found = await everybodys(box, user, sort="-name", filter="theirs")
    assert [row.name for row in found.torrents] == names[::-1]
    box.world.client.lose(fake_hash("theirs 3"))
    put(box.world, "theirs 7")
    box.world.client.download(fake_hash("theirs 1"), 0.5)
    told = await everybodys(box, user, since=whole.revision)
    assert (told.full, told.removed) == (False, (fake_hash("theirs 3"),))
    assert {(row.name, row.progress) for row in told.torrents} == {
        ("theirs 7", 1.0),
        ("theirs 1", 0.5),
    }
    again = await everybodys(box, user, since=told.revision)
    assert (again.torrents, again.removed) == ((), ())
    assert json.loads(b"".join((await everybodys(box, user)).parts))["torrents"]


@pytest.mark.parametrize("watched", [True, False], ids=["listed-before", "first-look"])
async def test_what_is_ours_is_never_taken_for_one(box, user, watched):
    """Not while it comes, and not while it goes; who looks does not wait for others' doings."""
    seen, over = set(), asyncio.Event()
    somebody = await make_user(box, "rin")
    if watched:
        await everybodys(box, user)

    async def read():
        while not over.is_set():
            listed = await box.services.torrents.view_all(somebody, Ask())
            seen.update((row.name, row.owners) for row in listed.torrents)
            await asyncio.sleep(0)

    async def come_and_go(number):
        for _ in range(3):
            info_hash = await add(box, user, f"mine {number}")
            await remove(box, user, info_hash)

    reading = asyncio.ensure_future(read())
    await asyncio.gather(*(come_and_go(number) for number in range(4)))
    over.set()
    await reading
    await settled(box, user)
    assert {owners for _, owners in seen} == {1}


@pytest.mark.parametrize("watched", [True, False], ids=["listed-before", "first-look"])
async def test_one_whose_removal_waits_is_nobodys_and_no_stranger(box, user, monkeypatch, watched):
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(hours=1))
    monkeypatch.setattr("uuutd.services.remover.UNDO_FOR", timedelta(hours=1))
    mine = await add(box, user, "mine")
    if watched:
        await everybodys(box, user)
    await box.services.jobs.remove(user, mine, delete_files=False)
    assert (await everybodys(box, user)).torrents == ()
    box.world.client.download(mine, 0.5)
    assert (await everybodys(box, user)).torrents == ()
    assert mine in box.world.client.rows


async def test_one_that_is_gone_is_not_seen_in_an_older_look(box, user, monkeypatch):
    monkeypatch.setattr(snapshots, "SHOWS_WITHIN", 0.05)
    mine, somebody = await add(box, user, "mine"), await make_user(box, "rin")
    assert len((await everybodys(box, user)).torrents) == 1
    async with box.world.client.gate.hold("changes"):
        await remove(box, user, mine)
        assert (await box.services.torrents.view_all(somebody, Ask())).torrents == ()
    assert (await everybodys(box, user)).torrents == ()


async def test_one_that_its_last_owner_leaves_is_one_again(box, user):
    theirs = put(box.world, "theirs")
    await add(box, user, "theirs")
    (row,) = (await everybodys(box, user)).torrents
    assert (row.owners, row.foreign) == (1, True)
    await remove(box, user, theirs)
    (row,) = (await everybodys(box, user)).torrents
    assert (row.owners, row.foreign, row.hash) == (0, True, theirs)
    assert theirs in box.world.client.rows


async def test_one_that_is_taken_over_is_the_administrators_own(box, user):
    theirs = put(box.world, "theirs")
    whole = await everybodys(box, user)
    await box.services.stewardship.adopt(user, "main", theirs)
    told = await everybodys(box, user, since=whole.revision)
    assert [(row.owners, row.foreign, row.owner_names) for row in told.torrents] == [
        (1, False, ("mika",))
    ]
    assert [row.hash for row in (await box.services.torrents.view(user)).torrents] == [theirs]


async def test_one_that_is_taken_over_is_not_taken_along_by_who_is_leaving(box, user, monkeypatch):
    other = await make_user(box, "rin")
    theirs = put(box.world, "theirs")
    await add(box, other, "theirs")
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(seconds=0.5))
    job = await box.services.jobs.remove(other, theirs, delete_files=True)
    await box.services.stewardship.adopt(user, "main", theirs)
    assert (await ended(box, other, job.id)).state == "done"
    assert theirs in box.world.client.rows
    listed = (await everybodys(box, user)).torrents
    assert [(row.hash, row.owner_names, row.foreign) for row in listed] == [
        (theirs, ("mika",), False)
    ]


@one_database
async def test_one_that_the_administrator_is_removing_is_not_taken_over(box, user, monkeypatch):
    theirs = put(box.world, "theirs")
    await add(box, user, "theirs")
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(minutes=1))
    job = await box.services.jobs.remove(user, theirs, delete_files=True)
    with pytest.raises(Conflict, match="removing"):
        await box.services.stewardship.adopt(user, "main", theirs)
    await box.services.jobs.cancel(user, job.id)
    assert (await box.services.torrents.row(user, theirs)).foreign


@one_database
async def test_of_two_clients_each_has_its_own(boot, world):
    world.more_clients["second"] = FakeClient(FakeConfig(), None)
    async with boot() as box:
        user = await make_user(box, "rin")
        same = put(world, "the same")
        world.more_clients["second"].put_foreign(same, "the same")
        await add(box, user, "the same")
        box.services.torrents.outdate("second")
        rows = (await everybodys(box, user)).torrents
        assert {(row.client, row.owners) for row in rows} == {("main", 1), ("second", 0)}


@pytest.mark.parametrize("word", ["mine", "down"])
async def test_who_follows_what_two_clients_have_keeps_the_row_that_fits(boot, world, word):
    """A hash in `removed` would take both rows away."""
    second = world.more_clients["second"] = FakeClient(FakeConfig(), None)
    async with boot() as box:
        user = await make_user(box, "rin")
        same = put(world, "the same")
        second.put_foreign(same, "the same")
        await add(box, user, "the same")
        world.client.download(same, 0.1)
        box.services.torrents.outdate("second")
        before = await everybodys(box, user, filter=word)
        assert [(row.client, row.hash) for row in before.torrents] == [("main", same)]
        second._put(attrs.evolve(second.rows[same], up_rate=100))
        box.services.torrents.outdate("second")
        told = await everybodys(box, user, filter=word, since=before.revision)
        assert told.revision > before.revision
        assert (told.full, told.removed) == (True, ())
        assert [row.client for row in told.torrents] == ["main"]


@one_database
async def test_what_becomes_mine_while_a_client_is_looked_at_is_told_as_mine(
    box, user, monkeypatch
):
    theirs = put(box.world, "theirs")
    before = await everybodys(box, user, filter="mine")
    look = box.services.torrents._snapshots.look

    async def taken_over_meanwhile(*args):
        await box.services.stewardship.adopt(user, "main", theirs)
        await look(*args)

    monkeypatch.setattr(box.services.torrents._snapshots, "look", taken_over_meanwhile)
    told = await box.services.torrents.view_all(user, Ask(filter="mine", since=before.revision))
    assert [row.hash for row in told.torrents] == [theirs]


@one_database
async def test_the_client_is_never_told_of_them(box, user, monkeypatch):
    for number in range(100):
        put(box.world, f"theirs {number}")
    named = []
    client = box.world.client
    for operation in ("torrents", "files", "trackers", "peers", "pause", "resume", "remove"):
        real = getattr(client, operation)

        async def noted(hashes, *args, real=real, **more):
            named.extend([hashes] if isinstance(hashes, str) else hashes)
            return await real(hashes, *args, **more)

        monkeypatch.setattr(client, operation, noted)
    assert len(await strangers(box, user)) == 100
    mine = await add(box, user, "mine")
    await everybodys(box, user)
    await box.services.reconciler.once()
    await remove(box, user, mine)
    assert len(await strangers(box, user)) == 100
    assert set(named) == {mine}


@one_database
async def test_thousands_cost_no_request_more_than_what_moved(box, user, monkeypatch):
    for number in range(5000):
        put(box.world, f"theirs {number}")
    listed = await everybodys(box, user)
    assert len(listed.torrents) == 5000
    drawn = []
    rows = box.services.torrents._rows
    real = rows.draw
    monkeypatch.setattr(rows, "draw", lambda *a, **k: drawn.append(1) or real(*a, **k))
    box.world.client.download(fake_hash("theirs 7"), 0.5)
    await looked(box)
    for _ in range(20):
        again = await box.services.torrents.view_all(user, Ask())
        assert len(again.torrents) == 5000
    assert len(drawn) == 1


async def test_whoever_watches_is_not_told_of_them(box, user):
    mine = await add(box, user, "mine")
    await everybodys(box, user)
    async with box.services.events.subscribe(user.id, None) as stream:
        put(box.world, "theirs")
        box.world.client.download(mine, 0.5)
        await looked(box)
        async with asyncio.timeout(WITHIN):
            while (event := await anext(stream)).name != "torrents":
                pass
    assert [row["hash"] for row in json.loads(event.data)["torrents"]] == [mine]
    assert await strangers(box, user) == {"theirs"}
