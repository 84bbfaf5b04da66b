"""Deleting users: whose torrents go, whose stay, and what a daemon that dies leaves behind."""

import asyncio
from datetime import timedelta

import pytest

from uuutd.errors import Conflict, NotFound, Unavailable
from uuutd.services import waiting
from uuutd.store import links, people
from uuutd.store.tables import IntentRow, TorrentRow, UserRow
from uuutd.testing.fakes import fake_hash
from uuutd.wire import AccountChanges, AddTorrentRequest

from .conftest import make_user
from .tools import WITHIN, get, held_at, until

MINE, THEIRS, BOTH = (fake_hash(name) for name in ("mine", "theirs", "both"))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


@pytest.fixture
async def other(box, user):
    return await make_user(box, "other")


async def add(box, user, info_hash):
    await box.services.jobs.add(user, AddTorrentRequest(source=info_hash))


async def gone(user):
    async def is_gone():
        return not await UserRow.exists(id=user.id)

    await until(is_gone)


@pytest.mark.parametrize(
    ("fate", "left", "removed", "kept"),
    [
        ("keep", {MINE, BOTH, THEIRS}, 0, 1),
        ("remove", {BOTH, THEIRS}, 1, 0),
        ("remove-files", {BOTH, THEIRS}, 1, 0),
    ],
)
async def test_only_what_nobody_else_owns_meets_its_fate(
    box, user, other, fate, left, removed, kept
):
    client = box.world.client
    client.put_foreign(THEIRS, "somebody else's")
    for info_hash in (MINE, BOTH, THEIRS):
        await add(box, user, info_hash)
    await add(box, other, BOTH)
    reply = await box.services.administration.delete(None, user.id, fate)
    assert (reply.removed, reply.kept, reply.shared) == (removed, kept, 2)
    await gone(user)
    assert set(client.rows) == left
    assert [link.info_hash for link in await links.of_user(other.id)] == [BOTH]
    assert await TorrentRow.all().values_list("info_hash", flat=True) == [BOTH]
    assert client.emptied == ({MINE} if fate == "remove-files" else set())


async def test_what_is_kept_is_an_orphan_that_an_administrator_can_adopt(box, user, other):
    await add(box, user, MINE)
    await box.services.administration.delete(None, user.id, "keep")
    await gone(user)
    await box.services.reconciler.once()
    assert box.services.reconciler.drift["main"].orphans == {MINE}
    await box.services.stewardship.adopt(other, "main", MINE)
    assert [link.foreign for link in await links.of_user(other.id)] == [False]


async def test_a_running_job_is_cancelled_first(box, user, other):
    async with held_at("add", box, user) as job:
        await box.services.administration.delete(None, user.id, "keep")
        await until(lambda: IntentRow.exists(id=job, state="cancelled"))
    await gone(user)
    assert box.world.client.rows == {}
    assert not await IntentRow.exists(id=job)
    assert (await get(box, other)).state == "done"  # nothing of it is in the way


async def test_one_who_leaves_can_be_neither_changed_nor_given_another_fate(box, user, other):
    async with box.world.client.gate.hold("remove") as came:
        await add(box, user, MINE)
        await box.services.administration.delete(None, user.id, "remove")
        await asyncio.wait_for(came.wait(), WITHIN)
        again = await box.services.administration.delete(None, user.id, "remove")
        assert again.torrents == "remove"
        with pytest.raises(Conflict):
            await box.services.administration.delete(None, user.id, "keep")
        with pytest.raises(Conflict):
            await box.services.administration.change(None, user.id, AccountChanges(disabled=False))
        with pytest.raises(Conflict):
            await box.services.administration.reset(None, user.id)
        assert (await box.services.administration.user(user.id)).deleting == "remove"
    await gone(user)
    with pytest.raises(NotFound):
        await box.services.administration.user(user.id)


async def test_a_daemon_that_dies_meanwhile_leaves_it_to_the_next(boot):
    """At every operation of the client, and before anything was done at all."""
    for number, moment in enumerate(("recorded", "torrents", "remove")):
        async with boot() as box:
            user = await make_user(box, f"user-{number}")
            await add(box, user, MINE)
            if moment == "recorded":
                await people.begin_leaving(user.id, "remove", now=user.created_at)
            else:
                async with box.world.client.gate.hold(moment) as came:
                    await box.services.administration.delete(None, user.id, "remove")
                    await asyncio.wait_for(came.wait(), WITHIN)
                    await box.crash()
        assert await UserRow.exists(id=user.id)
        async with boot() as box:
            await box.services.reconciler.once()
            await gone(user)
            assert box.world.client.rows == {}
            assert await TorrentRow.all().count() == 0


async def test_a_client_that_is_down_holds_the_account_up_and_nobody_else(box, user, other):
    await add(box, user, MINE)
    await add(box, other, BOTH)
    failing = box.world.client.gate.failing
    failing["torrents"] = Unavailable("The client is down.")
    await box.services.administration.delete(None, user.id, "remove")
    found = await box.services.administration.user(user.id)
    assert (found.disabled, found.deleting) == (True, "remove")
    failing.clear()
    await gone(user)
    assert set(box.world.client.rows) == {BOTH}
