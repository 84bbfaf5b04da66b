"""A wall clock that is put back while something is due: it is done all the same."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from uuutd.services import jobs, remover
from uuutd.services.waiting import Patience
from uuutd.store import intents, relations
from uuutd.store.records import IntentState

from .conftest import SHOW, make_user
from .tools import ASK, WITHIN, ended, get

SOON = timedelta(milliseconds=50)
YEAR = timedelta(days=365)


class Ahead(datetime):
    """A clock that is a year ahead."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + YEAR


async def test_a_moment_far_ahead_is_waited_for_no_longer_than_it_can_be():
    async with asyncio.timeout(WITHIN):
        await Patience.until(datetime.now(UTC) + YEAR, at_most=SOON)


@pytest.mark.parametrize("moment", [None, -YEAR], ids=["none", "past"])
async def test_what_is_due_already_is_not_waited_for(moment):
    moment = moment and datetime.now(UTC) + moment
    async with asyncio.timeout(WITHIN):
        await Patience.until(moment, at_most=YEAR)


async def test_a_removal_due_in_a_year_since_the_clock_was_put_back_is_carried_out(
    boot, world, monkeypatch
):
    monkeypatch.setattr(jobs, "UNDO_FOR", YEAR)  # as the records of a clock that was ahead say
    async with boot() as box:
        user = await make_user(box)
        torrent = (await get(box, user)).torrent
        removal = await box.services.jobs.remove(user, torrent, delete_files=True)
        await box.crash()
    monkeypatch.setattr(remover, "UNDO_FOR", SOON)
    async with boot() as box:
        (intent,) = await intents.unfinished()
        assert (intent.id, intent.state) == (removal.id, IntentState.WAITING)
        assert intent.due_at - datetime.now(UTC) > YEAR / 2
        await box.services.jobs.resume_all()
        assert (await ended(box, user, removal.id)).state == "done"
    assert world.client.gate.count("remove") == 1


async def test_marks_of_replays_and_relatives_from_a_year_ahead_count_for_nothing(
    boot, world, monkeypatch
):
    async with boot() as box:
        user = await make_user(box)
        with monkeypatch.context() as ahead:
            for module in (intents, relations):
                ahead.setattr(module, "datetime", Ahead)
            first = await get(box, user, key="daily")
            assert await box.services.jobs.download(user, ASK, idempotency_key="daily") == first.id
        assert await intents.forget_replays() == 1
    before = world.watchlist.gate.count("relations")
    async with boot() as box:
        await box.services.releases.choice(user, "main", SHOW, 5)
    assert world.watchlist.gate.count("relations") == before + 1
