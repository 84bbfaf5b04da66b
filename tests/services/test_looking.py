"""Snapshots, events, reconciliation and search: nothing stale is taken for the truth."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from uuutd.domain import Torrent, TorrentState
from uuutd.errors import Invalid, Unavailable
from uuutd.services import board, reconcile, snapshots
from uuutd.services.remover import LABEL
from uuutd.store import links
from uuutd.testing.fakes import FakeConfig, FakeIndexer, fake_hash
from uuutd.wire import AddTorrentRequest

from .conftest import make_user
from .tools import WITHIN, answers_late, fail_once, get, until


@pytest.fixture(params=["sqlite"])
def database_url(request, tmp_path):
    """One kind of database is enough: this is about clients and what they say."""
    return f"{request.param}://{tmp_path}/uuutd.db"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(board, "EVENTS_EVERY", 0.01)


@pytest.fixture
def polled_often(monkeypatch):
    monkeypatch.setattr(snapshots, "WATCHED_EVERY", 0.02)
    monkeypatch.setattr(snapshots, "SOONEST", 0.01)
    monkeypatch.setattr(snapshots, "MOST_BLAMED", 0.001)
    monkeypatch.setattr(snapshots, "LOOKED_AT_FOR", 0.1)


@asynccontextmanager
async def hears(box, user, name):
    """Expect that the user, who watches, is told an event of this name for the block's deeds."""
    async with box.services.events.subscribe(user.id, None) as stream:
        yield
        async with asyncio.timeout(WITHIN):
            while (await anext(stream)).name != name:
                pass


# --- events ---------------------------------------------------------------------------------


async def test_who_watches_alone_is_told_what_the_client_does(box, user, polled_often):
    job = await get(box, user)
    await box.services.torrents.view(user)
    poller = box.services.torrents._snapshots
    await until(lambda: not poller._wake.is_set())  # it has gone to sleep: nobody looks
    async with hears(box, user, "torrents"):
        box.world.client.download(job.torrent)


async def test_what_reconciliation_sees_first_is_told_too(box, user, monkeypatch):
    job = await get(box, user)
    await box.services.torrents.view(user)
    monkeypatch.setattr(snapshots, "WATCHED_EVERY", 60.0)
    poller = box.services.torrents._snapshots
    await until(lambda: poller.of("main").revision)
    async with hears(box, user, "torrents"):
        box.world.client.download(job.torrent)
        await box.services.reconciler.once()


async def test_the_poller_outlives_a_client_that_talks_nonsense(box, user, polled_often):
    job = await get(box, user)
    gate = box.world.client.gate
    gate.failing["changes"] = Invalid("Odd.")
    async with hears(box, user, "torrents"):
        before = gate.count("changes")
        await until(lambda: gate.count("changes") > before + 1)
        gate.failing.clear()
        box.world.client.download(job.torrent)


# --- snapshots ------------------------------------------------------------------------------


async def test_nobody_waits_for_a_client_that_hangs(box, user, monkeypatch):
    await get(box, user)
    before = await box.services.torrents.view(user)
    monkeypatch.setattr(snapshots, "SHOWS_WITHIN", 0.1)
    box.services.torrents.outdate("main")
    async with box.world.client.gate.hold("changes"), asyncio.timeout(2):
        for _ in range(5):
            view = await box.services.torrents.view(user)
            assert view.torrents == before.torrents


async def test_who_did_something_waits_for_a_newer_look_and_nobody_else_does(box, user):
    await get(box, user)
    await box.services.torrents.view(user)
    async with box.world.client.gate.hold("changes"):
        box.services.torrents.outdate("main", user.id + 1)
        async with asyncio.timeout(1):
            await box.services.torrents.view(user)
        box.services.torrents.outdate("main", user.id)
        looking = asyncio.ensure_future(box.services.torrents.view(user))
        await asyncio.wait([looking], timeout=0.3)
        assert not looking.done()
    await asyncio.wait_for(looking, WITHIN)


async def test_an_answer_from_before_the_add_does_not_make_it_missing(box, user, monkeypatch):
    await box.services.torrents.view(user)
    late = answers_late(monkeypatch, box.world.client, "changes")
    box.services.torrents.outdate("main")
    looking = asyncio.ensure_future(box.services.torrents.view(user))
    await asyncio.wait_for(late.came.wait(), WITHIN)
    job = await get(box, user)
    late.free.set()
    meanwhile = await asyncio.wait_for(looking, WITHIN)
    (row,) = (await box.services.torrents.view(user)).torrents
    assert (row.hash, row.state) == (job.torrent, "downloading")
    assert "missing" not in [row.state for row in meanwhile.torrents]


async def test_a_client_that_has_not_answered_yet_makes_nothing_missing(boot, world):
    async with boot() as first:
        user = await make_user(first)
        job = await get(first, user)
    world.client.gate.failing["changes"] = Unavailable("It is away.")
    async with boot() as second:
        (row,) = (await second.services.torrents.view(user)).torrents
        assert (row.hash, row.state) == (job.torrent, "queued")
        assert row.error == "main has not answered yet"


# --- reconciliation -------------------------------------------------------------------------


async def test_the_rounds_go_on_after_a_bug_of_ours(box, monkeypatch):
    monkeypatch.setattr(reconcile, "EVERY", 0.01)
    fail_once(monkeypatch, links, "everybody", ValueError("a bug"))
    box.tasks.spawn(box.services.reconciler.forever(), name="reconcile")
    await until(lambda: "main" in box.services.reconciler.drift)


async def test_a_torrent_added_during_the_comparison_is_no_orphan(box, user, monkeypatch):
    known = links.known

    async def slowly(name):
        found = await known(name)
        request = AddTorrentRequest(source=fake_hash("new"))
        await box.services.jobs.add(user, request)
        return found

    monkeypatch.setattr(links, "known", slowly)
    await box.services.reconciler.once()
    assert fake_hash("new") in box.world.client.rows
    assert box.services.reconciler.drift["main"].orphans == frozenset()
    assert box.services.reconciler.drift["main"].missing == frozenset()


async def test_orphans_are_reported_on_a_box_without_any_record(box):
    lost = fake_hash("nobody's")
    box.world.client._put(
        Torrent(info_hash=lost, name="x", state=TorrentState.SEEDING, progress=1.0, label=LABEL)
    )
    await box.services.reconciler.once()
    assert box.services.reconciler.drift["main"].orphans == {lost}
    assert lost in box.world.client.rows


# --- what the indexers said -----------------------------------------------------------------


async def test_a_search_that_one_indexer_did_not_answer_is_not_remembered(boot, world):
    second = world.more_indexers["second"] = FakeIndexer(FakeConfig(), None)
    second.releases, world.indexer.releases = world.indexer.releases, []
    second.gate.failing["search"] = Unavailable("No route.")
    async with boot() as box:
        user = await make_user(box)
        failed = await get(box, user)
        assert (failed.state, failed.problem.code) == ("failed", "no-release")
        assert "second" in failed.problem.detail
        second.gate.failing.clear()
        assert (await get(box, user)).state == "done"


async def test_an_indexer_that_finds_the_question_odd_is_named(box, user):
    box.world.indexer.gate.failing["search"] = Invalid("An odd question.")
    job = await get(box, user)
    assert (job.state, job.problem.code, job.problem.step) == ("failed", "refused", "search")
    assert job.problem.backend == "main"
