"""Lists that are followed: what changed, told to everybody who looks, at the cost of one."""

import asyncio
import json
import random

import attrs
import pytest

from uuutd.domain import TorrentState
from uuutd.errors import Invalid
from uuutd.services import board, events, snapshots
from uuutd.services.listings import Ask
from uuutd.testing.fakes import fake_hash
from uuutd.wire import AddTorrentRequest

from .conftest import make_user
from .tools import WITHIN, one_database, until

pytestmark = one_database


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(board, "EVENTS_EVERY", 0.01)
    monkeypatch.setattr(snapshots, "WATCHED_EVERY", 0.02)
    monkeypatch.setattr(snapshots, "SOONEST", 0.01)
    monkeypatch.setattr(snapshots, "LOOKED_AT_FOR", 0.3)


async def add(box, user, name):
    await box.services.jobs.add(user, AddTorrentRequest(source=fake_hash(name)))
    return fake_hash(name)


async def refreshed(box):
    """Let the poller look once more, as a view with nothing newer to wait for does not."""
    box.services.torrents.outdate("main")
    await box.services.torrents._snapshots.look()


class Follower:
    """Applies what it is told, and has at any time what a list would show."""

    def __init__(self):
        self.rows = {}
        self.revision = None

    def take(self, told):
        if told["full"]:
            self.rows.clear()
        for gone in told["removed"]:
            self.rows.pop(gone, None)
        self.rows.update((row["hash"], row) for row in told["torrents"])
        self.revision = told["revision"]


def read(listing):
    return json.loads(b"".join(listing.parts))


async def act(box, chance, users):
    """Do something, in the client or as one of the users."""
    user, client = chance.choice(users), box.world.client
    owned = [row.hash for row in (await box.services.torrents.view(user)).torrents]
    match chance.randrange(5):
        case 0 | 1:
            await add(box, user, f"torrent {chance.randrange(6)}")
        case 2 if owned:
            job = await box.services.jobs.remove(user, chance.choice(owned), delete_files=False)
            if chance.random() < 0.5:
                await box.services.jobs.cancel(user, job.id)
        case 3 if client.rows:
            client.download(chance.choice(sorted(client.rows)), chance.random())
        case 4:
            await box.services.reconciler.once()


@pytest.mark.parametrize("seed", range(8))
async def test_who_follows_the_changes_has_the_list(box, seed):
    chance = random.Random(seed)
    users = [await make_user(box, name) for name in ("mika", "rin")]
    followers = [Follower(), Follower()]
    torrents = box.services.torrents
    for _ in range(40):
        await act(box, chance, users)
        await refreshed(box)
        for user, follower in zip(users, followers, strict=True):
            if chance.random() < 0.4:
                follower.take(read(await torrents.view(user, Ask(since=follower.revision))))
                listed = read(await torrents.view(user))
                assert follower.rows == {row["hash"]: row for row in listed["torrents"]}


async def test_only_what_changed_is_told(box, user):
    first, second = await add(box, user, "first"), await add(box, user, "second")
    torrents = box.services.torrents
    whole = await torrents.view(user)
    assert whole.full
    box.world.client.download(first, 0.4)
    await refreshed(box)
    told = await torrents.view(user, Ask(since=whole.revision))
    assert [(row.hash, row.progress) for row in told.torrents] == [(first, 0.4)]
    assert (told.full, told.removed) == (False, ())
    await remove_begun(box, user, second)
    after = await torrents.view(user, Ask(since=told.revision))
    assert (after.torrents, after.removed, after.full) == ((), (second,), False)
    nothing = await torrents.view(user, Ask(since=after.revision))
    assert (nothing.torrents, nothing.removed, nothing.full) == ((), (), False)


async def remove_begun(box, user, info_hash):
    await box.services.jobs.remove(user, info_hash, delete_files=False)


@pytest.mark.parametrize("odd", [0, 1, 10**17])
async def test_a_revision_that_is_too_old_or_of_another_time_gives_all(box, user, odd):
    await add(box, user, "first")
    told = await box.services.torrents.view(user, Ask(since=odd))
    assert told.full
    assert len(told.torrents) == 1


async def test_a_row_is_written_once_however_many_look(box, user):
    await add(box, user, "first")
    torrents = box.services.torrents
    one, other = await torrents.view(user), await torrents.view(user)
    assert one.rows[0].data is other.rows[0].data
    assert one.parts[1] is other.parts[1]
    assert one.tag == other.tag


async def test_what_fits_no_longer_leaves_a_filtered_list(box, user):
    first = await add(box, user, "first")
    await add(box, user, "second")
    torrents, ask = box.services.torrents, Ask(filter="down", sort="name")
    listed = await torrents.view(user, ask)
    assert [row.state for row in listed.torrents] == ["downloading", "downloading"]
    box.world.client.download(first, 1.0)
    await refreshed(box)
    told = await torrents.view(user, attrs.evolve(ask, since=listed.revision))
    assert (told.torrents, told.removed) == ((), (first,))
    again = await torrents.view(user, ask)
    assert len(again.torrents) == 1
    assert again.tag != listed.tag
    assert (await torrents.view(user, Ask(filter="added<2d"))).tag is None


async def test_pages_go_on_where_they_ended(box, user):
    for number in range(5):
        await add(box, user, f"torrent {number}")
    torrents, found, cursor = box.services.torrents, [], None
    while True:
        page = await torrents.view(user, Ask(sort="-name", limit=2, cursor=cursor))
        found += page.torrents
        cursor = page.cursor
        if cursor is None:
            break
    assert tuple(found) == (await torrents.view(user, Ask(sort="-name"))).torrents
    assert len(found) == 5


@pytest.mark.parametrize(
    ("ask", "path", "detail"),
    [
        (Ask(filter="size>x"), "filter", "character 6"),
        (Ask(filter="top marked"), "filter", "marked"),
        (Ask(sort="nme"), "sort", "expected names"),
        (Ask(limit=0), "limit", "from 1"),
        (Ask(cursor="x"), "cursor", "no cursor"),
        (Ask(cursor="W10"), "cursor", "no cursor"),
        (Ask(since=1, limit=5), "since", "pages"),
    ],
)
async def test_a_question_that_is_none_is_refused_with_its_place(box, user, ask, path, detail):
    with pytest.raises(Invalid, match=detail) as caught:
        await box.services.torrents.view(user, ask)
    assert [problem.path for problem in caught.value.problems] == [path]


async def test_what_is_watched_and_what_is_mine(box, user):
    other = await make_user(box, "rin")
    mine, theirs = await add(box, user, "mine"), await add(box, other, "theirs")
    torrents = box.services.torrents
    everybodys = await torrents.view_all(user)
    assert {row.hash: row.owner_names for row in everybodys.torrents} == {
        mine: ("mika",),
        theirs: ("rin",),
    }
    found = await torrents.view_all(user, Ask(filter="mine"))
    assert [row.hash for row in found.torrents] == [mine]
    assert (await torrents.view(user, Ask(filter="watched"))).torrents == ()
    await remove_begun(box, other, theirs)
    told = await torrents.view_all(user, Ask(since=everybodys.revision))
    assert (told.full, told.removed) == (False, (theirs,))


# --- what it costs the client ---------------------------------------------------------------


async def test_a_client_is_asked_as_often_whoever_looks(box, user, monkeypatch):
    await add(box, user, "first")
    monkeypatch.setattr(snapshots, "WATCHED_EVERY", 0.1)
    counts = []
    for viewers in (1, 40):
        before = box.world.client.gate.count("changes")
        for _ in range(10):
            await asyncio.gather(*(box.services.torrents.view(user) for _ in range(viewers)))
            await asyncio.sleep(0.05)
        counts.append(box.world.client.gate.count("changes") - before)
    assert counts[1] <= counts[0] + 2
    assert counts[1] <= 9


async def test_a_client_that_nobody_looks_at_is_left_alone(box, user, monkeypatch):
    await add(box, user, "first")
    await box.services.torrents.view(user)
    poller = box.services.torrents._snapshots
    await until(lambda: not poller._wake.is_set())
    before = box.world.client.gate.count("changes")
    await asyncio.sleep(0.3)
    assert box.world.client.gate.count("changes") == before


async def test_a_client_that_is_slow_is_asked_less_often(box, user):
    await add(box, user, "first")
    snapshot = box.services.torrents._snapshots.of("main")
    async with box.world.client.gate.hold("changes") as came:
        box.services.torrents.outdate("main")
        await asyncio.wait_for(came.wait(), WITHIN)
        await asyncio.sleep(0.1)
    await until(lambda: snapshot.due - snapshot.tried >= 10 * 0.1)


# --- events ---------------------------------------------------------------------------------


async def told(stream):
    """Return the next event about torrents."""
    async with asyncio.timeout(WITHIN):
        while (event := await anext(stream)).name != "torrents":
            pass
    return json.loads(event.data), event.id


async def test_who_comes_back_is_told_what_was_missed(box, user):
    first = await add(box, user, "first")
    follower = Follower()
    follower.take(read(await box.services.torrents.view(user)))
    async with box.services.events.subscribe(user.id, None) as stream:
        box.world.client.download(first, 0.2)
        change, last = await told(stream)
        follower.take(change)
    box.world.client.download(first, 0.7)
    second = await add(box, user, "second")
    async with box.services.events.subscribe(user.id, last) as stream:
        while follower.rows.get(first, {}).get("progress") != 0.7 or second not in follower.rows:
            change, _ = await told(stream)
            assert not change["full"]
            follower.take(change)


async def test_a_job_told_meanwhile_claims_nothing_about_torrents(box, user, monkeypatch):
    first, second = await add(box, user, "first"), await add(box, user, "second")
    label, view = box.services.torrent_actions.label, box.services.torrents.view
    follower = Follower()
    follower.take(read(await view(user)))
    async with box.services.events.subscribe(user.id, None) as stream:
        await label(user, first, ["one"])
        while follower.rows[first]["labels"] != ["one"]:
            change, _ = await told(stream)
            follower.take(change)
        monkeypatch.setattr(board, "EVENTS_EVERY", 60.0)
        await label(user, first, ["two"])
        await view(user)  # by another terminal, say: now the row has its number
        await remove_begun(box, user, second)
        async with asyncio.timeout(WITHIN):
            while (event := await anext(stream)).name != "job":
                pass
    async with box.services.events.subscribe(user.id, event.id) as stream:
        change, _ = await told(stream)
    follower.take(change)
    assert not change["full"]
    assert follower.rows[first]["labels"] == ["two"]
    assert second not in follower.rows


async def test_everybodys_list_shows_nobodys_labels(box, user):
    other = await make_user(box, "rin")
    theirs = await add(box, other, "theirs")
    label, torrents = box.services.torrent_actions.label, box.services.torrents
    await label(other, theirs, ["before"])
    listed = await torrents.view_all(user)
    assert [row.labels for row in listed.torrents] == [()]
    await label(other, theirs, ["after"])
    assert (await torrents.view_all(user, Ask(since=listed.revision))).torrents == ()
    assert [row.labels for row in (await torrents.view(other)).torrents] == [("after",)]


@pytest.mark.parametrize("unknown", ["0", str(10**17), "7.x"])
async def test_who_missed_too_much_is_given_everything(box, user, unknown):
    first = await add(box, user, "first")
    async with box.services.events.subscribe(user.id, unknown) as stream:
        async with asyncio.timeout(WITHIN):
            assert (await anext(stream)).name == events.RESYNC
        change, _ = await told(stream)
    assert change["full"]
    assert [row["hash"] for row in change["torrents"]] == [first]


async def test_who_is_slow_is_told_to_start_over(box, user):
    first = await add(box, user, "first")
    async with box.services.events.subscribe(user.id, None) as stream:
        for number in range(events.QUEUED * 3):
            box.services.events.publish("job", {"number": number}, user_id=user.id)
        (watcher,) = box.services.events._watchers
        assert watcher.queue.qsize() <= events.QUEUED
        names = []
        async with asyncio.timeout(WITHIN):
            while "torrents" not in names:
                event = await anext(stream)
                names.append(event.name)
    assert names[0] == events.RESYNC
    assert json.loads(event.data)["full"]
    assert [row["hash"] for row in json.loads(event.data)["torrents"]] == [first]


async def test_what_is_told_to_all_who_watch_is_written_once(box, user):
    first = await add(box, user, "first")
    subscribe = box.services.events.subscribe
    async with subscribe(user.id, None) as one, subscribe(user.id, None) as other:
        box.world.client.download(first, 0.5)
        async with asyncio.timeout(WITHIN):
            pair = [await anext(one), await anext(other)]
            while pair[0].name != "torrents" or pair[1].name != "torrents":
                pair = [await anext(one), await anext(other)]
    assert pair[0].data is pair[1].data


async def test_nobody_is_told_of_another_users_torrents(box, user):
    other = await make_user(box, "rin")
    await add(box, other, "theirs")
    async with box.services.events.subscribe(user.id, None) as stream:
        box.world.client.download(fake_hash("theirs"), 0.5)
        await refreshed(box)
        mine = await add(box, user, "mine")
        change, _ = await told(stream)
    assert {row["hash"] for row in change["torrents"]} == {mine}


async def test_what_its_client_lost_is_missing_once_that_is_recorded(box, user):
    first = await add(box, user, "first")
    whole = await box.services.torrents.view(user)
    box.world.client.lose(first)
    await refreshed(box)
    told = await box.services.torrents.view(user, Ask(since=whole.revision))
    nothing = "main shows nothing of it; it is not recorded as missing"
    assert [(row.state, row.error) for row in told.torrents] == [("queued", nothing)]
    await box.services.reconciler.once()
    told = await box.services.torrents.view(user, Ask(since=told.revision))
    assert [row.state for row in told.torrents] == [TorrentState.MISSING.value]
