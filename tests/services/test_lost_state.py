"""A client that lost its state: an alarm, and nothing is recorded until somebody knows."""

from datetime import timedelta

import pytest

from uuutd.errors import Conflict, NotFound, Unavailable
from uuutd.store import links
from uuutd.store.records import LinkState
from uuutd.wire import AddTorrentRequest

from .conftest import make_user
from .tools import ended, mended, one_database, until


@pytest.fixture
async def hashes(box, user):
    """Return ten torrents that a user has."""
    sources = [f"{number:040x}" for number in range(1, 11)]
    for source in sources:
        await box.services.jobs.add(user, AddTorrentRequest(source=source))
    return sources


async def states(user):
    return {link.info_hash: link.state for link in await links.of_user(user.id)}


def alarm(box):
    (client,) = [b for b in box.services.instances.replies().backends if b.kind == "client"]
    return client.alarms


def sample(box, metric, /, **labels):
    return box.services.instances.metrics.registry.get_sample_value(metric, labels)


@pytest.mark.parametrize(("lost", "alarmed"), [(1, False), (2, False), (3, True), (10, True)])
async def test_more_than_a_fifth_at_once_writes_nothing(box, user, hashes, lost, alarmed):
    await box.services.reconciler.once()
    before = dict(box.world.client.rows)
    for each in hashes[:lost]:
        box.world.client.lose(each)
    async with box.services.events.subscribe(user.id, None) as stream:
        await box.services.reconciler.once()
        box.services.events.publish("end", None)
        told = []
        async for event in stream:
            if event.name == "end":
                break
            if event.name == "backend":
                told.append([each.code for each in event.event.value.alarms])
    assert told == ([["lost-state"]] if alarmed else [])
    assert [each.code for each in alarm(box)] == (["lost-state"] if alarmed else [])
    found = await states(user)
    wanted = LinkState.LIVE if alarmed else LinkState.MISSING
    assert {found[each] for each in hashes[:lost]} == {wanted}
    assert sample(box, "uuutd_reconcile_missing", client="main") == lost
    raised = sample(box, "uuutd_backend_alarm", kind="client", name="main", code="lost-state")
    assert (raised or 0) == alarmed
    assert before.keys() - box.world.client.rows.keys() == set(hashes[:lost])


async def test_it_is_over_when_they_are_back(box, user, hashes):
    kept = dict(box.world.client.rows)
    for each in hashes:
        box.world.client.lose(each)
    for _ in range(3):
        await box.services.reconciler.once()
    (raised,) = alarm(box)
    assert "0 of 10" in raised.text
    listed = (await box.services.torrents.view(user)).torrents
    nothing = "main shows nothing of it; it is not recorded as missing"
    assert {(row.state, row.error) for row in listed} == {("queued", nothing)}
    for row in kept.values():
        box.world.client._put(row)
    await box.services.reconciler.once()
    assert alarm(box) == ()
    assert set((await states(user)).values()) == {LinkState.LIVE}


async def test_what_is_removed_meanwhile_is_removed_when_it_is_back(box, user, hashes, monkeypatch):
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))
    monkeypatch.setattr("uuutd.services.remover.LOOKS_AGAIN_EVERY", 0.05)
    kept = dict(box.world.client.rows)
    for each in hashes:
        box.world.client.lose(each)
    await box.services.reconciler.once()
    job = await box.services.jobs.remove(user, hashes[0], delete_files=True)

    async def waits():
        reply = await box.services.jobs.get(user, job.id)
        assert reply.state == "running"
        return "lost its state" in str(reply.problem)

    await until(waits)
    for row in kept.values():
        box.world.client._put(row)
    assert (await ended(box, user, job.id)).state == "done"
    assert hashes[0] not in box.world.client.rows
    assert len(box.world.client.rows) == len(hashes) - 1


async def test_an_administrator_confirms_that_they_are_gone(box, user, hashes):
    for each in hashes[:4]:
        box.world.client.lose(each)
    await box.services.reconciler.once()
    (raised,) = alarm(box)
    assert "uuut status --confirm-missing main" in raised.text
    reply = await box.services.reconciler.confirm_missing("main")
    assert reply.alarms == alarm(box) == ()
    found = await states(user)
    assert {found[each] for each in hashes[:4]} == {LinkState.MISSING}
    assert {found[each] for each in hashes[4:]} == {LinkState.LIVE}
    with pytest.raises(Conflict, match="misses nothing"):
        await box.services.reconciler.confirm_missing("main")
    with pytest.raises(NotFound):
        await box.services.reconciler.confirm_missing("other")
    await box.services.reconciler.once()
    assert alarm(box) == ()


async def test_a_client_that_does_not_answer_confirms_nothing(box, user, hashes):
    for each in hashes:
        box.world.client.lose(each)
    await box.services.reconciler.once()
    box.world.client.gate.failing["changes"] = Unavailable("It is away.")
    with pytest.raises(Unavailable):
        await box.services.reconciler.confirm_missing("main")
    await box.services.reconciler.once()
    assert [each.code for each in alarm(box)] == ["lost-state"]
    assert set((await states(user)).values()) == {LinkState.LIVE}
    await mended(box)
    await box.services.reconciler.confirm_missing("main")
    assert set((await states(user)).values()) == {LinkState.MISSING}


@one_database
async def test_what_others_own_counts_as_one_with_ours(box, user, hashes):
    other = await make_user(box, "other")
    for each in hashes:
        await box.services.jobs.add(other, AddTorrentRequest(source=each))
    for each in hashes[:2]:
        box.world.client.lose(each)
    await box.services.reconciler.once()
    assert alarm(box) == ()  # two of ten, whoever else owns them
    assert (await states(user))[hashes[0]] is LinkState.MISSING
    assert (await states(other))[hashes[0]] is LinkState.MISSING


async def test_the_only_torrent_that_somebody_took_away_is_missing(box, user):
    await box.services.jobs.add(user, AddTorrentRequest(source="c" * 40))
    box.world.client.lose("c" * 40)
    await box.services.reconciler.once()
    assert alarm(box) == ()
    assert await states(user) == {"c" * 40: LinkState.MISSING}
