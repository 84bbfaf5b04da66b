"""What owners do with their torrents: one user's wish never harms another's."""

import base64
import hashlib
import shlex
from datetime import timedelta

import attrs
import pytest
from bencode2 import bencode

from uuutd.config import Fetch
from uuutd.domain import InfoHash, Limits, Peer, TorrentState
from uuutd.errors import Conflict, Foreign, Invalid, JobFailed, NotFound, Unavailable
from uuutd.metainfo import source_from
from uuutd.services import waiting
from uuutd.store import links
from uuutd.testing.fakes import FakeClient, FakeConfig, fake_hash
from uuutd.wire import (
    AddTorrentRequest,
    DownloadRequest,
    ShowPreferences,
    SpeedLimits,
    UserPreferences,
)

from .conftest import SHOW, make_user
from .tools import ended, get, one_database, remove

MINE = fake_hash("what the user picked")
SLOW, SLOWER = SpeedLimits(down=1 << 20, up=1 << 16), SpeedLimits(down=1 << 19, up=None)
NONE = SpeedLimits(down=None, up=None)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


async def add(box, user, source=MINE, **more):
    row, _ = await box.services.jobs.add(user, AddTorrentRequest(source=source, **more))
    return row.hash


@pytest.fixture
async def other(box):
    return await make_user(box, "other")


def limits_of(box, info_hash=MINE):
    return box.world.client.rows[info_hash].limits


# --- limits ---------------------------------------------------------------------------------


async def test_the_most_generous_limit_of_all_owners_counts(box, user, other):
    actions = box.services.torrent_actions
    await add(box, user)
    await actions.limit(user, MINE, SLOW)
    assert limits_of(box) == Limits(1 << 20, 1 << 16)
    await add(box, other)
    assert limits_of(box) == Limits(), "who has said nothing is not held back"
    await actions.limit(other, MINE, SLOWER)
    assert limits_of(box) == Limits(1 << 20, None)
    await remove(box, other, MINE)
    assert limits_of(box) == Limits(1 << 20, 1 << 16), "who stays gets what they wanted"
    await actions.limit(user, MINE, NONE)
    assert limits_of(box) == Limits()


@one_database
@pytest.mark.parametrize("said", [SpeedLimits(down=1023, up=None), SpeedLimits(down=None, up=0)])
async def test_a_limit_that_clients_take_for_none_is_refused(box, user, said):
    await add(box, user)
    with pytest.raises(Invalid) as told:
        await box.services.torrent_actions.limit(user, MINE, said)
    assert [problem.path for problem in told.value.problems] == ["down" if said.down else "up"]
    assert limits_of(box) == Limits()


@one_database
async def test_a_whole_client_is_held_back(box):
    stewardship = box.services.stewardship
    assert await stewardship.limits("main") == NONE
    assert await stewardship.set_limits("main", SLOW) == SLOW
    assert await stewardship.limits("main") == SLOW
    with pytest.raises(Invalid):
        await stewardship.set_limits("main", SpeedLimits(down=1, up=None))
    with pytest.raises(NotFound):
        await stewardship.limits("nowhere")


# --- labels ---------------------------------------------------------------------------------


async def test_labels_are_each_owners_own(box, user, other):
    await add(box, user)
    await add(box, other)
    await box.services.torrent_actions.label(user, MINE, [" later ", "hd", "hd"])
    assert (await links.one(user.id, MINE)).labels == ("later", "hd")
    assert (await box.services.torrent_details.one(user, MINE)).labels == ("later", "hd")
    assert (await box.services.torrent_details.one(other, MINE)).labels == ()
    assert box.world.client.rows[MINE].label == "uuut"
    await box.services.torrent_actions.label(user, MINE, [])
    assert (await links.one(user.id, MINE)).labels == ()


@one_database
@pytest.mark.parametrize(
    "labels", [[""], ["x" * 41], ["a\x1b[31m"], ["a\u202eb"], [str(n) for n in range(21)]]
)
async def test_labels_that_cannot_be_shown_are_refused(box, user, labels):
    await add(box, user)
    with pytest.raises(Invalid):
        await box.services.torrent_actions.label(user, MINE, labels)


# --- checking again -------------------------------------------------------------------------


@one_database
async def test_one_owner_checks_several_only_what_is_broken(box, user, other):
    actions, client = box.services.torrent_actions, box.world.client
    await add(box, user)
    await actions.recheck(user, MINE)
    await add(box, other)
    with pytest.raises(Conflict):
        await actions.recheck(user, MINE)
    assert client.gate.count("recheck") == 1
    client._put(attrs.evolve(client.rows[MINE], state=TorrentState.ERROR, error="missing files"))
    await box.services.torrents.row(user, MINE)
    await actions.recheck(other, MINE)
    assert client.gate.count("recheck") == 2


async def test_who_is_about_to_leave_counts_until_they_have_left(box, user, other, monkeypatch):
    """Their removal can be undone, and then nothing must have happened to them meanwhile."""
    day = timedelta(days=1)
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", day)
    actions = box.services.torrent_actions
    await add(box, user)
    await add(box, other)
    job = await box.services.jobs.remove(other, MINE, delete_files=False)
    await actions.pause(user, MINE)
    with pytest.raises(Conflict):
        await actions.recheck(user, MINE)
    await actions.limit(user, MINE, SLOW)
    assert limits_of(box) == Limits()
    await box.services.jobs.cancel(other, job.id)
    assert box.world.client.rows[MINE].state is TorrentState.DOWNLOADING


async def test_who_comes_while_a_paused_one_leaves_gets_a_running_torrent(
    box, user, other, monkeypatch
):
    day = timedelta(days=1)
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", day)
    await add(box, user)
    await box.services.torrent_actions.pause(user, MINE)
    await box.services.jobs.remove(user, MINE, delete_files=True)
    await add(box, other)
    assert box.world.client.rows[MINE].state is TorrentState.DOWNLOADING


@one_database
async def test_who_leaves_a_torrent_that_the_client_lost_is_gone(box, user, other):
    await add(box, user)
    await add(box, other)
    await box.services.torrent_actions.pause(user, MINE)
    await box.services.torrent_actions.limit(user, MINE, SLOW)
    box.world.client.lose(MINE)
    assert (await remove(box, other, MINE)).state == "done"
    assert [link.user_id for link in await links.of_torrent("main", MINE)] == [user.id]


# --- foreign torrents -----------------------------------------------------------------------


async def test_a_foreign_torrent_is_never_touched(box, user):
    box.world.client.put_foreign(MINE, "theirs")
    before = box.world.client.rows[MINE]
    await add(box, user)
    actions = box.services.torrent_actions
    for act in (
        actions.pause(user, MINE),
        actions.resume(user, MINE),
        actions.recheck(user, MINE),
        actions.limit(user, MINE, SLOW),
        actions.label(user, MINE, ["x"]),
        actions.set_wanted(user, MINE, [0]),
    ):
        with pytest.raises(Foreign):
            await act
    await remove(box, user, MINE)
    assert box.world.client.rows[MINE] == before
    touching = {"add", "pause", "resume", "recheck", "limit", "remove"}
    assert not touching & set(box.world.client.gate.calls)


async def test_an_adopted_torrent_is_its_owners(box, user, other):
    box.world.client.put_foreign(MINE, "theirs")
    await add(box, user)
    admin = await make_user(box, "admin")
    await box.services.stewardship.adopt(admin, "main", MINE)
    assert [link.user_id for link in await links.of_torrent("main", MINE)] == [user.id]
    assert not (await links.one(user.id, MINE)).foreign
    await box.services.torrent_actions.pause(user, MINE)
    await box.services.stewardship.adopt(admin, "main", MINE)
    await remove(box, user, MINE)
    assert box.world.client.rows == {}


async def test_an_adopted_torrent_that_nobody_has_is_the_administrators(box, user):
    box.world.client.put_foreign(MINE, "theirs")
    await box.services.stewardship.adopt(user, "main", MINE)
    (row,) = await links.of_user(user.id)
    assert (row.info_hash, row.name, row.foreign) == (MINE, "theirs", False)
    for client, info_hash in (("main", fake_hash("nothing")), ("nowhere", MINE)):
        with pytest.raises(NotFound):
            await box.services.stewardship.adopt(user, client, info_hash)


# --- in full --------------------------------------------------------------------------------


@one_database
async def test_a_torrent_in_full_shows_trackers_without_their_keys(box, user):
    key = "0123456789abcdef"
    magnet = (
        f"magnet:?xt=urn:btih:{MINE}&tr=https%3A%2F%2Ftracker.example%2F{key}%2Fannounce"
        "&tr=udp%3A%2F%2Fopen.example%3A6969%2Fannounce"
    )
    await add(box, user, magnet)
    peer = Peer(address="192.0.2.7:1", client="x", progress=0.5, down_rate=1, up_rate=2)
    box.world.client.connected[MINE] = [peer]
    await box.services.torrent_actions.limit(user, MINE, SLOW)
    shown = await box.services.torrent_details.one(user, MINE)
    assert [tracker.url for tracker in shown.trackers] == [
        "https://tracker.example/…",
        "udp://open.example:6969/announce",
    ]
    assert key not in str(shown)
    assert shown.peers[0].address == "192.0.2.7:1"
    assert shown.limits == SLOW
    box.world.client.lose(MINE)
    lost = await box.services.torrent_details.one(user, MINE)
    assert (lost.files, lost.trackers, lost.peers) == ((), (), ())


@one_database
async def test_what_is_finished_comes_with_the_lines_that_fetch_it(boot, world):
    fetch = Fetch(commands=("rsync -avsP box:{path} .",), paths={"/downloads": "/srv/anime"})
    async with boot(fetch=fetch) as box:
        user = await make_user(box)
        await add(box, user, f"magnet:?xt=urn:btih:{MINE}&dn=It's+05.mkv")
        row = await box.services.torrents.row(user, MINE)
        assert row.fetch_commands == ()
        world.client.rows[MINE] = attrs.evolve(world.client.rows[MINE], save_path="/downloads/A")
        world.client.download(MINE)
        row = await box.services.torrents.row(user, MINE)
        (line,) = row.fetch_commands
        assert shlex.split(line) == ["rsync", "-avsP", "box:/srv/anime/A/It's 05.mkv", "."]


# --- hashes and folders ---------------------------------------------------------------------


async def test_nothing_added_by_hand_writes_over_another(box, user):
    one, two = fake_hash("one"), fake_hash("two")
    same = "magnet:?xt=urn:btih:{}&dn=Episode+05.mkv"
    for info_hash in (one, two):
        await add(box, user, same.format(info_hash))
    bare = await add(box, user, fake_hash("three"))
    rows = box.world.client.rows
    assert rows[one].save_path == f"Episode 05.mkv {one[:16]}"
    assert rows[two].save_path == f"Episode 05.mkv {two[:16]}"
    assert rows[bare].save_path == bare


async def test_two_torrents_of_a_show_that_are_called_the_same_are_kept_apart(box, user):
    first = await get(box, user)
    title = box.world.indexer.releases[0].title
    source = f"magnet:?xt=urn:btih:{MINE}&dn={title.upper().replace(' ', '+')}"
    await add(box, user, source, entry=SHOW, episode=6)
    rows = box.world.client.rows
    assert rows[first.torrent].save_path == "Yoru no Toshokan"
    assert rows[MINE].save_path == f"Yoru no Toshokan/{title.upper()} {MINE[:16]}"


async def test_magnets_for_a_show_have_folders_of_their_own_whatever_they_are_called(box, user):
    for episode, source in enumerate(("one", "two", "three"), 5):
        name = f"&dn=Ep+{source}" if source != "three" else ""
        magnet = f"magnet:?xt=urn:btih:{fake_hash(source)}{name}"
        await add(box, user, magnet, entry=SHOW, episode=episode)
    folders = {each: box.world.client.rows[fake_hash(each)].save_path for each in ("one", "two")}
    assert folders == {
        each: f"Yoru no Toshokan/Ep {each} {fake_hash(each)[:16]}" for each in ("one", "two")
    }
    bare = fake_hash("three")
    assert box.world.client.rows[bare].save_path == f"Yoru no Toshokan/{bare}"


def torrent_file(name, length=5):
    info = {b"length": length, b"name": name, b"piece length": 1 << 14, b"pieces": b"p" * 20}
    return bencode({b"info": info})


async def test_a_file_for_a_show_is_compared_with_what_the_client_has_of_it(box, user):
    async def place(name, episode, length=5):
        ask = AddTorrentRequest(source="", entry=SHOW, episode=episode)
        data = torrent_file(name, length)
        return (await box.services.jobs.add_file(user, data, ask))[0].save_path

    assert await place(b"Ep 5.mkv", 5) == "Yoru no Toshokan"
    assert await place(b"Ep 6.mkv", 6) == "Yoru no Toshokan"
    assert (await place(b"EP_5.MKV", 7, 6)).startswith("Yoru no Toshokan/EP_5.MKV ")
    await add(box, user, entry=SHOW, episode=8)  # a magnet: nobody knows what is in it
    assert (await place(b"Ep 9.mkv", 9)).startswith("Yoru no Toshokan/Ep 9.mkv ")


async def test_files_that_wait_for_their_client_do_not_meet_there(box, user, monkeypatch):
    monkeypatch.setattr("uuutd.services.jobs.ADD_WITHIN", 0.05)
    client = box.world.client
    client.gate.failing["torrents"] = client.gate.failing["add"] = Unavailable("it is down")
    jobs, hashes = [], []
    for episode in (5, 6):
        ask = AddTorrentRequest(source="", entry=SHOW, episode=episode)
        data = torrent_file(b"Ep.mkv", episode)
        hashes.append(source_from(data).info_hash)
        with pytest.raises(JobFailed) as told:
            await box.services.jobs.add_file(user, data, ask)
        jobs.append(told.value)
    for told in jobs:
        assert told.failure.code == "unavailable"
        assert told.failure.detail == "main has not taken the torrent yet: it is down"
        assert told.job in told.failure.hint
        assert (await box.services.jobs.get(user, told.job)).state == "running"
    client.gate.failing.clear()
    for told in jobs:
        assert (await ended(box, user, told.job)).state == "done"
    first, second = (client.rows[each].save_path for each in hashes)
    assert first != second
    for info_hash, path in zip(hashes, (first, second), strict=True):
        own = {f"Ep.mkv {info_hash[:16]}", f"other {info_hash[:8]}"}
        assert path in {"Yoru no Toshokan", *(f"Yoru no Toshokan/{each}" for each in own)}


def hybrid(name):
    """Return the `.torrent` file of a hybrid torrent with one small file, and its two hashes."""
    info = {
        b"file tree": {name: {b"": {b"length": 5, b"pieces root": b"r" * 32}}},
        b"length": 5,
        b"meta version": 2,
        b"name": name,
        b"piece length": 16 * 1024,
        b"pieces": b"p" * 20,
    }
    exact = bencode(info)
    digests = hashlib.sha1(exact, usedforsecurity=False), hashlib.sha256(exact)
    return bencode({b"info": info}), *(InfoHash(digest.hexdigest()) for digest in digests)


async def test_all_names_of_a_torrent_are_one_torrent(box, user, other):
    data, v1, v2 = hybrid(b"Show")
    row, new = await box.services.jobs.add_file(user, data, AddTorrentRequest(source=""))
    assert (row.hash, new) == (v1, True)
    base32 = base64.b32encode(bytes.fromhex(v1)).decode()
    for source in (
        v1.upper(),
        base32,
        base32.lower(),
        f"magnet:?xt=urn:btih:{base32}",
        v2,
        f"magnet:?xt=urn:btmh:1220{v2.upper()}",
        v2[:40],
        f"magnet:?xt=urn:btih:{v1}&xt=urn:btmh:1220{v2}",
    ):
        row, new = await box.services.jobs.add(user, AddTorrentRequest(source=source))
        assert (row.hash, new) == (v1, False), source
    row, new = await box.services.jobs.add(other, AddTorrentRequest(source=v2))
    assert (row.hash, new, row.owners) == (v1, True, 2)
    assert list(box.world.client.rows) == [v1]
    for owner in (user, other):
        await box.services.torrent_actions.pause(owner, v2)
    assert box.world.client.rows[v1].state is TorrentState.PAUSED
    assert (await box.services.torrent_details.one(user, InfoHash(v2[:40]))).hash == v1
    for owner in (user, other):
        await remove(box, owner, v2)
    assert box.world.client.rows == {}


async def test_a_magnet_cannot_make_two_torrents_one(box, user, other):
    """Else who adds a torrent by its v2 hash could be given one that somebody else chose."""
    _, _, v2 = hybrid(b"Show")
    lie = f"magnet:?xt=urn:btih:{MINE}&xt=urn:btmh:1220{v2}"
    await add(box, user, lie)
    with pytest.raises(Invalid, match="v2 hash alone"):
        await add(box, other, v2)
    assert list(box.world.client.rows) == [MINE]


# --- several clients ------------------------------------------------------------------------


async def test_a_download_goes_where_the_nearest_rule_says(boot, world):
    world.more_clients["second"] = FakeClient(FakeConfig(), None)
    world.more_clients["third"] = FakeClient(FakeConfig(), None)
    async with boot() as box:
        user = await make_user(box)
        preferences = box.services.preferences
        again = DownloadRequest(entry=SHOW, force=True)

        async def client(request=again):
            return (await get(box, user, request)).client

        assert await client() == "main"
        await preferences.replace(user, None, UserPreferences(client="second"))
        assert await client() == "second"
        await preferences.replace(user, ("main", SHOW), ShowPreferences(client="third"))
        assert await client() == "third"
        assert await client(attrs.evolve(again, client="main")) == "main"
        row, _ = await box.services.jobs.add(user, AddTorrentRequest(source=MINE))
        assert row.client == "second"
        source = fake_hash("of the show")
        row, _ = await box.services.jobs.add(
            user, AddTorrentRequest(source=source, entry=SHOW, episode=6)
        )
        assert row.client == "third"
    del world.more_clients["third"]
    async with boot() as box:
        assert (await get(box, user, again)).client == "second"
        with pytest.raises(NotFound):
            await get(box, user, attrs.evolve(again, client="third"))
