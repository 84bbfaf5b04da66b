"""Upgrades: the same episode by the same group, made anew; once, and never unasked."""

import asyncio
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from bencode2 import bencode

from uuutd.backends import TorrentFileFetcher
from uuutd.domain import InfoHash, ListStatus, TorrentFile
from uuutd.errors import NoRelease, NotFound, Refused, Unavailable
from uuutd.metainfo import read_metainfo
from uuutd.services import remover, waiting
from uuutd.services.replies import release_id
from uuutd.store import intents, links, successions
from uuutd.testing.fakes import FakeIndexer
from uuutd.wire import AddTorrentRequest, DownloadRequest, UserPreferences

from .conftest import SHOW, make_user, release
from .tools import (
    ASK,
    WITHIN,
    ended,
    fail_once,
    forget_searches,
    get,
    one_database,
    remove,
    settled,
    until,
)

V1 = release("[Kagami] Yoru no Toshokan - 05 (1080p).mkv", seeders=50)
V2 = release("[Kagami] Yoru no Toshokan - 05v2 (1080p).mkv", seeders=9)
V3 = release("[Kagami] Yoru no Toshokan - 05v3 (1080p).mkv", seeders=9)
YUKI = release("[Yuki] Yoru no Toshokan - 05 (1080p).mkv", seeders=500)


class Fetching(FakeIndexer, TorrentFileFetcher):
    """Serves the ``.torrent`` files in *files*, by their addresses."""

    def __init__(self, config, host):
        super().__init__(config, host)
        self.files = {}

    async def fetch(self, release):
        if release.torrent_url not in self.files:
            raise Refused("There is no such file.")
        return self.files[release.torrent_url]


@pytest.fixture
def world(world):
    return attrs.evolve(world, indexer=Fetching(world.indexer.config, None))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


async def have(box, user, offer=V1, *, then=(V1, V2)):
    """Let a user have the finished release *offer*, and the indexer find *then* afterwards."""
    offers(box, offer)
    job = await get(box, user)
    assert (job.state, job.torrent) == ("done", offer.info_hash)
    box.world.client.download(offer.info_hash)
    offers(box, *then)
    return job


def offers(box, *found):
    box.world.indexer.releases = list(found)
    forget_searches(box)


async def look(box, user, episode=5):
    return await box.services.upgrades.look(user, "main", SHOW, episode)


async def begin(box, user, episode=5):
    return await box.services.upgrades.begin(user, "main", SHOW, episode)


async def upgrade(box, user):
    return await ended(box, user, await begin(box, user))


async def state(box, user):
    """Return what the watchlist says of the next episode, and which torrent serves it."""
    (shown,) = (await box.services.watchlists.view(user, {ListStatus.CURRENT})).entries
    return shown.state, shown.torrent


async def gone(box, info_hash):
    await until(lambda: info_hash not in box.world.client.rows)


async def owned(user):
    return {link.info_hash for link in await links.of_user(user.id)}


async def in_place(box, *users):
    """Let a round of reconciliation happen, and what it begins."""
    await box.services.reconciler.once()
    await settled(box, *users)


# --- what counts ----------------------------------------------------------------------------


async def test_a_newer_version_by_the_same_group_is_found_and_not_taken(box, user):
    await have(box, user)
    found = await look(box, user)
    assert (found.current.title, found.current.info_hash) == (V1.title, V1.info_hash)
    assert (found.current.group, found.current.version) == ("Kagami", 1)
    assert (found.available.title, found.available.id) == (V2.title, release_id(V2))
    assert (found.episode, found.title, found.failures) == (5, "Yoru no Toshokan", ())
    assert await look(box, user, None) == found
    await in_place(box, user)
    assert box.world.client.added == [V1.info_hash]


@one_database
@pytest.mark.parametrize(
    "title",
    [
        "[Yuki] Yoru no Toshokan - 05v2 (1080p).mkv",
        "[Kagami] Yoru no Toshokan - 05 (1080p) [0A1B2C3D].mkv",
        "[Kagami] Yoru no Toshokan - 05v2 (720p).mkv",
        "[Kagami] Yoru no Toshokan - 06v2 (1080p).mkv",
        "[Kagami] Yoru no Toshokan (01-12) v2 (1080p) [Batch]",
        "[Kagami] Asa no Machi - 05v2 (1080p).mkv",
        "[Kagami] Yoru no Toshokan - 05v2 (1080p) [French].mkv",
        "Yoru no Toshokan - 05v2 (1080p).mkv",
    ],
)
async def test_nothing_else_is_an_upgrade(box, user, title):
    preferences = UserPreferences(batch="allow")
    await box.services.preferences.replace(user, None, preferences)
    await have(box, user, then=(V1, YUKI, release(title)))
    found = await look(box, user)
    assert (found.current.title, found.available) == (V1.title, None)
    with pytest.raises(NoRelease, match="no newer version"):
        await begin(box, user)
    assert await intents.unfinished() == []


@one_database
@pytest.mark.parametrize(
    ("has", "title"),
    [
        (V1, "[Kagami] Yoru no Toshokan - 05 [REPACK] (1080p).mkv"),
        (V1, "[KAGAMI] Yoru no Toshokan - 05v2 (1080p).mkv"),
        (V1, "[Kagami] The Night Library - S01E05v2 (1080p).mkv"),
        (V2, V3.title),
        (
            release("[Kagami] Yoru no Toshokan - 05 (720p).mkv"),
            "[Kagami] Yoru no Toshokan - 05v2 (1080p).mkv",
        ),
    ],
)
async def test_a_repair_is_known_by_what_its_name_means(box, user, has, title):
    await have(box, user, has, then=(has, YUKI, release(title)))
    assert (await look(box, user)).available.title == title


@one_database
async def test_a_lower_version_is_none(box, user):
    await have(box, user, V2, then=(V1,))
    assert (await look(box, user)).available is None
    offers(box, V1, V2, V3)
    assert (await look(box, user)).available.title == V3.title


@one_database
async def test_the_same_codec_comes_first(box, user):
    other = release("[Kagami] Yoru no Toshokan - 05v2 (1080p HEVC).mkv", seeders=900)
    await have(box, user, then=(V1, other))
    assert (await look(box, user)).available.title == other.title
    offers(box, V1, other, V2)
    assert (await look(box, user)).available.title == V2.title


async def test_of_an_episode_that_the_user_does_not_have_there_is_none(box, user):
    with pytest.raises(NotFound, match="no episode"):
        await look(box, user, None)
    await have(box, user)
    for ask in (look, begin):
        with pytest.raises(NotFound, match="not have episode 6"):
            await ask(box, user, 6)
    other = await make_user(box, "other")
    with pytest.raises(NotFound, match="not have episode 5"):
        await begin(box, other)


@one_database
async def test_an_indexer_that_is_silent_is_named(boot, world):
    world.more_indexers["second"] = second = FakeIndexer(world.indexer.config, None)
    async with boot() as box:
        user = await make_user(box)
        await have(box, user, then=(V1,))
        second.gate.failing["search"] = Unavailable("It is down.")
        assert [each.backend for each in (await look(box, user)).failures] == ["second"]
        with pytest.raises(NoRelease, match="did not answer: second"):
            await begin(box, user)


@one_database
async def test_a_torrent_added_by_hand_is_known_by_its_name(box, user):
    source = f"magnet:?xt=urn:btih:{V1.info_hash}&dn={V1.title}"
    await box.services.jobs.add(
        user, AddTorrentRequest(source=source, provider="main", entry=SHOW, episode=5)
    )
    offers(box, V2)
    assert (await look(box, user)).available.title == V2.title


@one_database
async def test_what_serves_other_episodes_too_is_not_replaced(box, user):
    await have(box, user)
    both = AddTorrentRequest(source=V1.info_hash, provider="main", entry=SHOW, episode=6)
    await box.services.jobs.add(user, both)
    found = await look(box, user)
    assert (found.available, found.current.serves) == (None, 2)
    assert (await box.services.releases.choice(user, "main", SHOW, 5)).upgrade is None
    with pytest.raises(NoRelease, match="serves other episodes"):
        await begin(box, user)


# --- how it happens -------------------------------------------------------------------------


async def test_the_old_one_goes_when_the_new_one_is_finished_and_not_before(box, user):
    first = await have(box, user)
    job = await upgrade(box, user)
    assert (job.state, job.torrent, job.episode) == ("done", V2.info_hash, 5)
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {V1.info_hash, V2.info_hash}
    assert await state(box, user) == ("on_disk", V1.info_hash)
    assert (await get(box, user)).id == first.id
    box.world.client.download(V2.info_hash, 0.9)
    await in_place(box, user)
    assert await state(box, user) == ("on_disk", V1.info_hash)
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {V2.info_hash}
    assert await state(box, user) == ("on_disk", V2.info_hash)
    assert (await get(box, user)).id == job.id
    removals = [j for j in (await box.services.jobs.list(user)).jobs if j.kind == "remove"]
    assert [(j.follows, j.torrent) for j in removals] == [(job.id, V1.info_hash)]
    assert (await intents.get(removals[0].id)).request["delete_files"]
    with pytest.raises(NoRelease):
        await begin(box, user)


async def test_who_watches_need_not_wait_for_a_round(box, user):
    await have(box, user)
    await upgrade(box, user)
    box.world.client.download(V2.info_hash)
    await box.services.torrents.view(user)
    await gone(box, V1.info_hash)


async def test_what_was_finished_before_its_job_is_put_in_place_at_once(box, user):
    await have(box, user)
    await box.services.torrents.view(user)
    box.world.client.put_foreign(V2.info_hash, V2.title)
    await upgrade(box, user)
    await box.services.torrents.view(user)
    await gone(box, V1.info_hash)
    assert await owned(user) == {V2.info_hash}


async def test_asking_ten_times_at_once_is_asking_once(box, user):
    await have(box, user)
    jobs = set(await asyncio.gather(*(begin(box, user) for _ in range(10))))
    assert len(jobs) == 1
    assert (await ended(box, user, *jobs)).state == "done"
    assert box.world.client.added == [V1.info_hash, V2.info_hash]
    assert {await begin(box, user)} == jobs
    offers(box, V1, V2, V3)
    assert {await begin(box, user)} == jobs
    await in_place(box, user)
    assert box.world.client.added == [V1.info_hash, V2.info_hash]


HOLDS = [
    ("torrents", {V1.info_hash}),  # chosen, and not recorded: it searches again
    ("add", {V1.info_hash}),
    ("added", {V1.info_hash, V2.info_hash}),
]


@pytest.mark.parametrize(("operation", "there"), HOLDS)
async def test_killed_before_the_client_has_it_nothing_is_lost(boot, world, operation, there):
    async with boot() as first:
        user = await make_user(first)
        await have(first, user)
        await look(first, user)
        async with world.client.gate.hold(operation) as came:
            job = await begin(first, user)
            await asyncio.wait_for(came.wait(), WITHIN)
            await first.crash()
    assert set(world.client.rows) == there
    async with boot() as second:
        await second.services.reconciler.once()
        assert (await ended(second, user, job)).state == "done"
        assert await begin(second, user) == job
        assert await state(second, user) == ("on_disk", V1.info_hash)
        world.client.download(V2.info_hash)
        await in_place(second, user)
        assert set(world.client.rows) == await owned(user) == {V2.info_hash}
    assert world.client.added == [V1.info_hash, V2.info_hash]


async def test_killed_when_it_is_finished_the_next_daemon_puts_it_in_place(boot, world):
    async with boot() as first:
        user = await make_user(first)
        await have(first, user)
        job = await upgrade(first, user)
        await first.crash()
    world.client.download(V2.info_hash)
    async with boot() as second:
        await in_place(second, user)
        assert set(world.client.rows) == await owned(user) == {V2.info_hash}
        assert (await get(second, user)).id == job.id
    assert world.client.gate.count("remove") == 1


async def test_killed_between_taking_the_place_and_the_removal(boot, world, monkeypatch):
    async with boot() as first:
        user = await make_user(first)
        await have(first, user)
        job = await upgrade(first, user)
        world.client.download(V2.info_hash)
        monkeypatch.setattr(first.services.jobs, "launch", lambda *_, **__: None)
        await first.services.reconciler.once()
        await first.crash()
    assert set(world.client.rows) == {V1.info_hash, V2.info_hash}
    assert await owned(user) == {V2.info_hash}
    async with boot() as second:
        await in_place(second, user)
        assert set(world.client.rows) == await owned(user) == {V2.info_hash}
        assert (await get(second, user)).id == job.id


async def test_killed_in_the_removal_the_next_daemon_ends_it(boot, world):
    async with boot() as first:
        user = await make_user(first)
        await have(first, user)
        job = await upgrade(first, user)
        world.client.download(V2.info_hash)
        async with world.client.gate.hold("remove") as came:
            await first.services.reconciler.once()
            await asyncio.wait_for(came.wait(), WITHIN)
            await first.crash()
    assert set(world.client.rows) == {V1.info_hash, V2.info_hash}
    async with boot() as second:
        assert await state(second, user) == ("on_disk", V2.info_hash)
        await in_place(second, user)
        assert set(world.client.rows) == await owned(user) == {V2.info_hash}
        assert (await get(second, user)).id == job.id
        found = [j for j in (await second.services.jobs.list(user)).jobs if j.kind == "remove"]
        assert [(j.state, j.torrent) for j in found] == [("done", V1.info_hash)]


async def test_a_step_that_the_database_undoes_is_taken_again(box, user, monkeypatch, caplog):
    await have(box, user)
    await upgrade(box, user)
    box.world.client.download(V2.info_hash)
    fail_once(monkeypatch, successions, "hide")
    for _ in range(2):
        await in_place(box, user)
    assert "The database is held." in caplog.text
    assert await owned(user) == set(box.world.client.rows) == {V2.info_hash}


async def test_two_rounds_at_once_remove_once(box, user):
    await have(box, user)
    job = await upgrade(box, user)
    box.world.client.download(V2.info_hash)
    intent = await intents.get(job.id)
    await box.services.torrents.view(user)
    await asyncio.gather(*(box.services.upgrades._succeed(intent) for _ in range(5)))
    await settled(box, user)
    found = [j for j in (await box.services.jobs.list(user)).jobs if j.kind == "remove"]
    assert len(found) == box.world.client.gate.count("remove") == 1
    assert (await get(box, user)).id == job.id


async def test_what_was_put_in_place_once_is_not_again(box, user):
    await have(box, user)
    stale = await intents.get((await upgrade(box, user)).id)
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    picked = DownloadRequest(entry=SHOW, release=release_id(V1), force=True)
    assert (await get(box, user, picked)).torrent == V1.info_hash
    cleanup = remover.removal(
        attrs.evolve(stale, info_hash=V1.info_hash), delete_files=True, due_at=datetime.now(UTC)
    )
    assert await successions.succeed(stale, V1.info_hash, cleanup) is None
    await in_place(box, user)
    assert await owned(user) == {V1.info_hash, V2.info_hash}


async def test_what_the_client_said_of_a_torrent_that_went_counts_for_nothing(box, user):
    await have(box, user)
    box.world.client.put_foreign(V2.info_hash, V2.title)
    await box.services.reconciler.once()
    box.world.client.lose(V2.info_hash)
    box.world.client.gate.failing["changes"] = Refused("Not now.")
    await upgrade(box, user)
    await in_place(box, user)
    assert await owned(user) == {V1.info_hash, V2.info_hash}
    box.world.client.gate.failing.clear()
    await box.services.instances.check("client", "main")
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    assert await owned(user) == set(box.world.client.rows) == {V2.info_hash}


# --- other owners, and what users do meanwhile ----------------------------------------------


async def test_what_somebody_else_has_too_goes_with_its_last_owner(box, user):
    other = await make_user(box, "other")
    await have(box, user)
    offers(box, V1)
    await get(box, other)
    offers(box, V1, V2)
    await upgrade(box, user)
    box.world.client.download(V2.info_hash)
    await in_place(box, user, other)
    assert (await owned(user), await owned(other)) == ({V2.info_hash}, {V1.info_hash})
    assert set(box.world.client.rows) == {V1.info_hash, V2.info_hash}
    await upgrade(box, other)
    await in_place(box, user, other)
    assert await owned(other) == set(box.world.client.rows) == {V2.info_hash}


async def test_a_foreign_one_is_let_go_and_never_touched(box, user):
    box.world.client.put_foreign(V1.info_hash, V1.title)
    await have(box, user)
    await upgrade(box, user)
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    assert await owned(user) == {V2.info_hash}
    assert V1.info_hash in box.world.client.rows
    assert box.world.client.gate.count("remove") == 0


@pytest.mark.parametrize("operation", ["add", None])
async def test_when_the_old_one_is_removed_meanwhile_the_new_one_has_the_episode(
    box, user, operation
):
    await have(box, user)
    if operation:
        async with box.world.client.gate.hold(operation) as came:
            job = await begin(box, user)
            await asyncio.wait_for(came.wait(), WITHIN)
            await remove(box, user, V1.info_hash)
            again = await box.services.jobs.download(user, ASK, idempotency_key=None)
        assert again == job
        assert (await ended(box, user, job)).state == "done"
    else:
        job = (await upgrade(box, user)).id
        await remove(box, user, V1.info_hash)
    offers(box, YUKI)
    assert (await get(box, user)).id == job
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {V2.info_hash}
    assert (await get(box, user)).id == job


@pytest.mark.parametrize("finished", [False, True])
async def test_when_the_new_one_is_removed_meanwhile_the_old_one_stays(box, user, finished):
    first = await have(box, user)
    job = await upgrade(box, user)
    if finished:
        box.world.client.download(V2.info_hash)
    await remove(box, user, V2.info_hash)
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {V1.info_hash}
    assert (await get(box, user)).id == first.id
    assert await begin(box, user) != job.id


async def test_while_the_removal_of_the_new_one_can_be_undone_the_old_one_stays(
    box, user, monkeypatch
):
    await have(box, user)
    await upgrade(box, user)
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(seconds=60))
    undoable = await box.services.jobs.remove(user, V2.info_hash, delete_files=True)
    box.world.client.download(V2.info_hash)
    await box.services.reconciler.once()
    assert await owned(user) == {V1.info_hash}
    assert (await box.services.jobs.cancel(user, undoable.id)).state == "cancelled"
    await in_place(box, user)
    assert await owned(user) == set(box.world.client.rows) == {V2.info_hash}


async def test_when_the_new_one_fails_nothing_has_changed(box, user):
    first = await have(box, user)
    box.world.client.gate.failing["add"] = Refused("It does not take it.")
    failed = await upgrade(box, user)
    assert (failed.state, failed.problem.code) == ("failed", "refused")
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {V1.info_hash}
    assert await state(box, user) == ("on_disk", V1.info_hash)
    assert (await get(box, user)).id == first.id
    box.world.client.gate.failing.clear()
    await box.services.instances.check("client", "main")
    await box.services.jobs.retry(user, failed.id)
    assert (await ended(box, user, failed.id)).state == "done"
    assert (await get(box, user)).id == first.id
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {V2.info_hash}
    assert (await get(box, user)).id == failed.id


async def test_one_that_failed_and_is_tried_again_without_the_old_one_has_the_episode(box, user):
    await have(box, user)
    box.world.client.gate.failing["add"] = Refused("It does not take it.")
    failed = await upgrade(box, user)
    await settled(box, user)
    box.world.client.gate.failing.clear()
    await box.services.instances.check("client", "main")
    await remove(box, user, V1.info_hash)
    offers(box, YUKI)
    async with box.world.client.gate.hold("add") as came:
        await box.services.jobs.retry(user, failed.id)
        await asyncio.wait_for(came.wait(), WITHIN)
        assert await box.services.jobs.download(user, ASK, idempotency_key=None) == failed.id
    assert (await ended(box, user, failed.id)).state == "done"
    assert await owned(user) == {V2.info_hash}


PACK = "[Kagami] Yoru no Toshokan (01-12) (1080p) [Batch]"


async def test_a_pack_made_anew_takes_the_place_of_a_pack(box, user):
    await box.services.preferences.replace(user, None, UserPreferences(batch="only"))
    packs = [pack_of(PACK), pack_of(PACK.replace("(1080p)", "v2 (1080p)"))]
    for pack, data in packs:
        box.world.indexer.files[pack.torrent_url] = data
    (old, new) = (pack for pack, _ in packs)
    await have(box, user, old, then=(old, new))
    await upgrade(box, user)
    assert [f.path for f in box.world.client.listed[new.info_hash] if f.wanted] == [
        f"{new.title}/[Kagami] Yoru no Toshokan - 05 (1080p).mkv"
    ]
    box.world.client.download(new.info_hash)
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {new.info_hash}


def pack_of(name):
    """Return a release of twelve files, and its ``.torrent`` file."""
    files = [
        {b"length": 5, b"path": [f"[Kagami] Yoru no Toshokan - {n:02} (1080p).mkv"]}
        for n in range(1, 13)
    ]
    info = {b"files": files, b"name": name, b"piece length": 16384, b"pieces": b"x" * 20}
    data = bencode({b"info": info})
    url = f"http://indexer.invalid/{name}"
    return release(name, info_hash=read_metainfo(data).info_hash, torrent_url=url), data


async def test_a_cancelled_one_leaves_the_old_one(box, user):
    first = await have(box, user)
    async with box.world.client.gate.hold("added") as came:
        job = await begin(box, user)
        await asyncio.wait_for(came.wait(), WITHIN)
        assert (await box.services.jobs.cancel(user, job)).state == "cancelled"
    await in_place(box, user)
    assert set(box.world.client.rows) == await owned(user) == {V1.info_hash}
    assert (await get(box, user)).id == first.id
    assert await begin(box, user) != job


async def test_another_release_by_force_does_not_stop_it(box, user):
    await have(box, user, then=(V1, V2, YUKI))
    await upgrade(box, user)
    forced = await get(box, user, DownloadRequest(entry=SHOW, release=release_id(YUKI), force=True))
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    assert await owned(user) == {V2.info_hash, YUKI.info_hash}
    assert (await get(box, user)).id == forced.id


async def test_what_came_to_serve_other_episodes_stays(box, user):
    await have(box, user)
    job = await upgrade(box, user)
    both = AddTorrentRequest(source=V1.info_hash, provider="main", entry=SHOW, episode=6)
    await box.services.jobs.add(user, both)
    box.world.client.download(V2.info_hash)
    await in_place(box, user)
    assert await owned(user) == {V1.info_hash, V2.info_hash}
    assert (await get(box, user)).id == job.id


# --- where the files go ---------------------------------------------------------------------


def torrent_of(name):
    """Return a ``.torrent`` file of one file called so, and its info hash."""
    info = {"length": 5, "name": name, "piece length": 16384, "pieces": b"x" * 20}
    data = bencode({b"info": {key.encode(): value for key, value in info.items()}})
    return data, InfoHash(read_metainfo(data).info_hash)


@one_database
@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("[Kagami] Yoru no Toshokan - 05v2 (1080p).mkv", False),
        ("[Kagami] Yoru no Toshokan - 05 (1080p).mkv", True),
        ("[KAGAMI] Yoru no Toshokan_-_05 (1080p).MKV", True),
        (None, True),
    ],
)
async def test_no_file_is_put_over_the_old_one(box, user, name, beside):
    data, info_hash = torrent_of(name or "unknown")
    v2 = release(V2.title, info_hash=info_hash, torrent_url="http://indexer.invalid/2")
    if name is not None:
        box.world.indexer.files[v2.torrent_url] = data
    await have(box, user, then=(V1, v2))
    box.world.client.listed[V1.info_hash] = (
        TorrentFile(index=0, path=V1.title, size=5, wanted=True),
    )
    await upgrade(box, user)
    folder = box.world.client.rows[info_hash].save_path
    expected = f"Yoru no Toshokan/newer {info_hash[:8]}" if beside else "Yoru no Toshokan"
    assert folder == expected


# --- being told -----------------------------------------------------------------------------


async def notices(box, user, act):
    async with box.services.events.subscribe(user.id, None) as stream:
        await act()
        box.services.events.publish("end", None, user_id=user.id)
        found = []
        async for event in stream:
            if event.name == "end":
                break
            if event.name == "notice":
                found.append(event.event.value)
        return found


async def test_who_looks_is_told_once(boot, world):
    async with boot() as box:
        user, other = await make_user(box), await make_user(box, "other")
        await have(box, user)

        async def view():
            found = await box.services.releases.choice(user, "main", SHOW, 5)
            assert found.upgrade == release_id(V2)
            nothing = await box.services.releases.choice(other, "main", SHOW, 5)
            assert nothing.upgrade is None

        (notice,) = await notices(box, user, view)
        assert (notice.code, notice.release, notice.episode) == ("upgrade", release_id(V2), 5)
        assert V1.title in notice.text
        assert V2.title in notice.text
        assert await notices(box, user, view) == []
        assert world.client.added == [V1.info_hash]
    async with boot() as box:
        assert await notices(box, user, view) == []


@one_database
async def test_who_does_not_want_to_know_is_not_told(box, user):
    await box.services.preferences.replace(user, None, UserPreferences(upgrades="off"))
    await have(box, user)

    async def view():
        assert (await box.services.releases.choice(user, "main", SHOW, 5)).upgrade is None

    assert await notices(box, user, view) == []
    assert (await look(box, user)).available.title == V2.title


@one_database
async def test_a_download_by_force_tells_too_and_why_repeats_it(box, user):
    await have(box, user, then=(V1, V2, YUKI))
    picked = DownloadRequest(entry=SHOW, release=release_id(YUKI), force=True)
    async with box.services.events.subscribe(user.id, None) as stream:
        await get(box, user, picked)
        async with asyncio.timeout(WITHIN):
            notice = await first_notice(stream)
    assert notice.release == release_id(V2)
    await remove(box, user, YUKI.info_hash)
    told = await box.services.searches.why(user, "main", SHOW, 5, replay=False)
    assert told.upgrade == release_id(V2)


async def first_notice(stream):
    async for event in stream:
        if event.name == "notice":
            return event.event.value
    return None
