"""One user adds and removes the same torrent at the same time: each answer is a truth."""

import asyncio
import random
from datetime import timedelta

import pytest

from uuutd.errors import Conflict, NotFound
from uuutd.services import snapshots, waiting
from uuutd.testing.fakes import FakeClient, FakeConfig, fake_hash
from uuutd.wire import AddTorrentRequest

from .conftest import SHOW, make_user
from .tools import one_database, settled

HASH = fake_hash("wanted and not")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSES", (0.02,))
    monkeypatch.setattr(snapshots, "WATCHED_EVERY", 0.02)
    monkeypatch.setattr(snapshots, "SOONEST", 0.01)


def request(chance=None, **more):
    for_episode = {"entry": SHOW, "episode": 5} if chance and chance.random() < 0.5 else {}
    return AddTorrentRequest(source=HASH, **for_episode, **more)


async def owned(box, user):
    return {row.hash for row in (await box.services.torrents.view(user)).torrents}


async def add(box, user, chance):
    """Add it; what is said of it must be it, or that it was removed meanwhile."""
    try:
        row, _ = await box.services.jobs.add(user, request(chance))
    except Conflict as error:
        if "meanwhile" not in error.detail:
            raise
    else:
        assert row.hash == HASH


async def remove(box, user, chance):
    try:
        job = await box.services.jobs.remove(user, HASH, delete_files=False)
        if chance.random() < 0.3:
            await box.services.jobs.cancel(user, job.id)
    except (NotFound, Conflict):
        pass


@pytest.mark.parametrize("undo", [0.0, 0.01, 10.0])
@pytest.mark.parametrize("seed", range(2))
async def test_whatever_comes_first_every_answer_is_true(box, user, monkeypatch, undo, seed):
    for module in ("jobs", "remover"):
        monkeypatch.setattr(f"uuutd.services.{module}.UNDO_FOR", timedelta(seconds=undo))
    chance = random.Random(f"{seed} {undo}")
    for _ in range(10):
        acts = [chance.choice((add, remove)) for _ in range(5)]

        async def later(act, pause):
            await asyncio.sleep(pause)
            await act(box, user, chance)

        pauses = [chance.random() * 0.03 for _ in acts]
        await asyncio.gather(*map(later, acts, pauses))
    if undo < 1:
        await settled(box, user)
    row, _ = await box.services.jobs.add(user, request())
    assert row.hash == HASH
    assert await owned(box, user) == {HASH}
    assert HASH in box.world.client.rows


async def test_one_that_is_removed_while_it_is_added_is_not_said_to_go_on(box, user):
    async with box.world.client.gate.hold("add") as came:
        adding = asyncio.ensure_future(box.services.jobs.add(user, request()))
        await asyncio.wait_for(came.wait(), 10)
        (job,) = (await box.services.jobs.list(user)).jobs
        cancelling = asyncio.ensure_future(box.services.jobs.cancel(user, job.id))
        with pytest.raises(Conflict, match="cancelled meanwhile"):
            await asyncio.wait_for(adding, 10)
    await cancelling


# --- another client ---------------------------------------------------------------------------


@one_database
async def test_asking_for_it_in_another_client_is_refused_with_where_it_is(boot, world):
    world.more_clients["second"] = FakeClient(FakeConfig(), None)
    async with boot() as box:
        user = await make_user(box, "rin")
        row, new = await box.services.jobs.add(user, request())
        assert (row.client, new) == ("main", True)
        for again in (request(), request(client="main")):
            row, new = await box.services.jobs.add(user, again)
            assert (row.client, new) == ("main", False)
        with pytest.raises(Conflict, match="already: in main, not in second") as refused:
            await box.services.jobs.add(user, request(client="second"))
        assert "remove the torrent" in refused.value.hint
        assert world.more_clients["second"].rows == {}
        with pytest.raises(NotFound):
            await box.services.jobs.add(user, request(client="nowhere"))
