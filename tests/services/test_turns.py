"""Work that keeps the event loop busy comes in turns, so that requests come in between."""

import asyncio

import pytest

from uuutd.services import releases

from .conftest import SHOW
from .tools import one_database, until

AT_ONCE = 10


@pytest.fixture
async def turns():
    """Count the turns of the event loop."""
    count = [0]

    async def go_round():
        while True:
            count[0] += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(go_round())
    yield count
    counting.cancel()


@one_database
async def test_choices_for_many_are_made_one_in_each_turn_of_the_loop(
    box, user, monkeypatch, turns
):
    made, ready = [], []
    rank, of = releases.rank, releases.blocks.of

    def noting(*args):
        made.append(turns[0])
        return rank(*args)

    async def last_before_the_search(*args):
        ready.append(await of(*args))
        return ready[-1]

    monkeypatch.setattr(releases, "rank", noting)
    monkeypatch.setattr(releases.blocks, "of", last_before_the_search)
    listed = await box.services.watchlists.locate(user.id, None, SHOW)
    async with box.world.indexer.gate.hold("search"):
        choosing = [
            asyncio.create_task(box.services.releases.choose(user.id, listed, 5))
            for _ in range(AT_ONCE)
        ]
        await until(lambda: len(ready) == AT_ONCE)
        await asyncio.sleep(0)  # all wait for the one search now
    assert len(await asyncio.gather(*choosing)) == AT_ONCE
    assert len(set(made)) == len(made) == AT_ONCE
