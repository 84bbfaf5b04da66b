"""Progress and lists: what the user said last is what counts, whoever fails meanwhile."""

import asyncio
from datetime import timedelta

import attrs
import pytest

from uuutd.domain import EntryId, ListStatus
from uuutd.errors import BadReply, Busy, Invalid, LinkExpired, TimedOut, Unavailable
from uuutd.services import watchlists
from uuutd.store import accounts, outbox
from uuutd.testing.fakes import FakeWatchlist
from uuutd.wire import ProgressRequest

from .conftest import SHOW, entry, make_user
from .tools import ASK, WITHIN, answers_late, ended, fail_once, one_database, until

ALL = frozenset({ListStatus.CURRENT, ListStatus.REPEATING})
WATCHED = ProgressRequest(entry=SHOW, episode=5)


def more_shows(box, *numbers):
    """Put other shows beside the one on the list, and return their ids."""
    for number in numbers:
        work = attrs.evolve(entry().work, id=EntryId(number), ids={})
        box.world.watchlist.entries[work.id] = attrs.evolve(entry(), work=work)
    return tuple(EntryId(number) for number in numbers)


async def say_unheard(box, user, request=WATCHED):
    """Let a user say what they watched while the provider is down."""
    failing = box.world.watchlist.gate.failing
    failing["set_progress"] = Unavailable("No route.")
    _, queued = await box.services.watchlists.set_progress(user, request)
    assert queued
    del failing["set_progress"]


async def progress_shown(box, user):
    view = await box.services.watchlists.view(user, ALL)
    return {shown.id: shown.progress for shown in view.entries}


# --- what waits to be told ------------------------------------------------------------------


async def test_a_busy_database_loses_no_progress_that_waits(box, user, monkeypatch):
    await say_unheard(box, user)
    fail_once(monkeypatch, accounts, "get")
    with pytest.raises(Busy):
        await box.services.watchlists.send_progress()
    await box.services.watchlists.send_progress()
    assert box.world.watchlist.entries[SHOW].progress == 5
    assert await outbox.of("main") == ()


@one_database
async def test_a_show_that_the_provider_chokes_on_holds_up_no_other(box, user, monkeypatch):
    other = await make_user(box, "other")
    (second,) = more_shows(box, "200")
    await say_unheard(box, user)
    await say_unheard(box, other, ProgressRequest(entry=second, episode=6))
    write = box.world.watchlist.set_progress

    async def choking(account, entry_id, episode):
        if entry_id == SHOW:
            raise BadReply("Nonsense.")
        return await write(account, entry_id, episode)

    monkeypatch.setattr(box.world.watchlist, "set_progress", choking)
    await box.services.watchlists.send_progress()
    assert box.world.watchlist.entries[second].progress == 6
    assert [unsent.entry for unsent in await outbox.of("main")] == [SHOW]


async def test_progress_of_an_expired_link_is_tried_once_and_told_after_linking(box, user):
    await say_unheard(box, user)
    gate = box.world.watchlist.gate
    gate.failing["set_progress"] = LinkExpired("No longer.")
    before = gate.count("set_progress")
    for _ in range(3):
        await box.services.watchlists.send_progress()
    assert gate.count("set_progress") - before == 1
    gate.failing.clear()
    await box.services.accounts.link(user, "main", {"answer": FakeWatchlist.token})
    await box.services.watchlists.send_progress()
    assert box.world.watchlist.entries[SHOW].progress == 5


async def test_older_progress_never_overwrites_newer(box, user, monkeypatch):
    await say_unheard(box, user)
    fail_once(monkeypatch, outbox, "remove")
    with pytest.raises(Busy):
        await box.services.watchlists.set_progress(user, ProgressRequest(entry=SHOW, episode=7))
    assert box.world.watchlist.entries[SHOW].progress == 7
    await box.services.watchlists.send_progress()
    assert box.world.watchlist.entries[SHOW].progress == 7


async def test_what_is_said_while_older_progress_is_being_told_is_told_too(box, user, monkeypatch):
    await say_unheard(box, user)
    late = answers_late(monkeypatch, box.world.watchlist, "set_progress")
    sending = asyncio.ensure_future(box.services.watchlists.send_progress())
    await asyncio.wait_for(late.came.wait(), WITHIN)
    monkeypatch.undo()
    await say_unheard(box, user, ProgressRequest(entry=SHOW, episode=6))
    late.free.set()
    await asyncio.wait_for(sending, WITHIN)
    await box.services.watchlists.send_progress()
    assert box.world.watchlist.entries[SHOW].progress == 6


# --- the kept list --------------------------------------------------------------------------


async def test_progress_of_many_shows_at_once_is_all_shown(box, user):
    shows = more_shows(box, "200", "201", "202", "203")
    await progress_shown(box, user)
    requests = (ProgressRequest(entry=show, episode=6) for show in shows)
    await asyncio.gather(*(box.services.watchlists.set_progress(user, r) for r in requests))
    assert await progress_shown(box, user) == {SHOW: 4, **dict.fromkeys(shows, 6)}


async def test_a_list_on_its_way_does_not_undo_progress(box, user, monkeypatch):
    await progress_shown(box, user)
    late = answers_late(monkeypatch, box.world.watchlist, "watching")
    with monkeypatch.context() as patched:
        patched.setattr(watchlists, "FRESH_FOR", timedelta(0))
        reading = asyncio.ensure_future(progress_shown(box, user))
        await asyncio.wait_for(late.came.wait(), WITHIN)
    await box.services.watchlists.set_progress(user, WATCHED)
    late.free.set()
    await asyncio.wait_for(reading, WITHIN)
    assert await progress_shown(box, user) == {SHOW: 5}


@one_database
async def test_many_who_wait_for_a_provider_that_fails_fail_together(box, user):
    gate = box.world.watchlist.gate
    gate.failing["watching"] = TimedOut("No answer.")
    waiting = box.services.watchlists._lists._held
    async with gate.hold("watching"):
        views = [asyncio.ensure_future(box.services.watchlists.view(user, ALL)) for _ in range(8)]
        await until(lambda: [users for _, users in waiting.values()] == [8])
    for view in await asyncio.wait_for(asyncio.gather(*views), WITHIN):
        assert view.sources[0].problem.code == "timed-out"
    assert gate.count("watching") == 1


@one_database
@pytest.mark.parametrize("status", [ListStatus.PLANNING, ListStatus.COMPLETED])
async def test_a_status_that_is_not_read_is_refused_not_shown_as_empty(box, user, status):
    with pytest.raises(Invalid):
        await box.services.watchlists.view(user, {ListStatus.CURRENT, status})


# --- links ----------------------------------------------------------------------------------


async def test_progress_that_meets_an_expired_link_says_so_on_the_link(box, user):
    box.world.watchlist.gate.failing["set_progress"] = LinkExpired("No longer.")
    with pytest.raises(LinkExpired):
        await box.services.watchlists.set_progress(user, WATCHED)
    (link,) = await box.services.accounts.links(user)
    assert link.state == "expired"
    assert await outbox.of("main") == ()


async def test_a_late_failure_of_the_old_token_does_not_expire_the_new_one(box, user, monkeypatch):
    box.world.watchlist.gate.failing["watching"] = LinkExpired("The old one.")
    late = answers_late(monkeypatch, box.world.watchlist, "watching")
    reading = asyncio.ensure_future(box.services.watchlists.view(user, ALL))
    await asyncio.wait_for(late.came.wait(), WITHIN)
    await box.services.accounts.link(user, "main", {"answer": FakeWatchlist.token})
    late.free.set()
    await asyncio.wait_for(reading, WITHIN)
    (link,) = await box.services.accounts.links(user)
    assert link.state == "ok"


@one_database
async def test_a_job_under_way_outlasts_the_link_of_its_list(box, user):
    async with box.world.indexer.gate.hold("search") as came:
        job = await box.services.jobs.download(user, ASK, idempotency_key=None)
        await asyncio.wait_for(came.wait(), WITHIN)
        await box.services.accounts.unlink(user, "main")
    assert (await ended(box, user, job)).state == "done"
