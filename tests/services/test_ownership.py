"""Whatever two users do to two torrents, and when the daemon dies: it comes out as it should."""

import asyncio
import random

from hypothesis import HealthCheck, Phase, given, settings

from uuutd.services import snapshots, waiting

from .ownership import AT_ONCE, HISTORY, Due, Home
from .tools import one_database

HISTORIES = 150
AT_ONCE_HISTORIES = 60


@one_database
async def test_histories_of_two_users_come_out_as_the_model_says(boot, world, monkeypatch):
    await go_through(HISTORIES, boot, world, monkeypatch)


@one_database
async def test_what_two_users_do_at_once_comes_out_as_it_is_recorded(boot, world, monkeypatch):
    await go_through(AT_ONCE_HISTORIES, boot, world, monkeypatch, at_once=True)


async def go_through(count, boot, world, monkeypatch, *, at_once=False):
    """Try *count* random histories, all on one database."""
    due, loop = Due(), asyncio.get_running_loop()
    monkeypatch.setattr(waiting.Patience, "until", due.until)
    for pause in ("SOONEST", "WATCHED_EVERY"):
        monkeypatch.setattr(snapshots, pause, 0.0)

    if at_once:
        answer_late(world.client.gate, monkeypatch)
    async with Home(boot, world, due) as here:

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
        )
        @given(AT_ONCE if at_once else HISTORY)
        def each(history):
            asyncio.run_coroutine_threadsafe(here.live(history, at_once=at_once), loop).result()

        await asyncio.to_thread(each)


def answer_late(gate, monkeypatch):
    """Let the client take its time for each call, now more and now less."""
    real, dice = gate.pass_through, random.Random(8484)

    async def late(operation):
        await asyncio.sleep(dice.choice((0, 0.003)))
        await real(operation)

    monkeypatch.setattr(gate, "pass_through", late)
