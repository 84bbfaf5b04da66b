"""More requests than PostgreSQL gives answers: those who wait are told so, and nothing is lost."""

import asyncio

import pytest

from .outside import eventually
from .places import Kinds

POOL = 10
"""How many connections the daemon has."""

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(Kinds("libtorrent", "postgres")),
]


def sixty(user, *shows):
    """Send sixty requests at once, among them a download of each show."""
    downloads = [("POST", "watchlist/download", {"entry": show.entry}) for show in shows]
    reads = [("GET", path, None) for path in ("jobs", "torrents", "watchlist")]
    return [
        asyncio.create_task(user.ask(method, path, json=body), name=f"{method} {path}")
        for method, path, body in (downloads + reads * 20)[:60]
    ]


async def told(asking):
    """Wait for all answers, and return those who were told to come again."""
    refused = []
    for task in asking:
        answer = await task
        if answer.status >= 400:
            assert answer.problem == (503, "busy", None, None), task
            assert int(answer.headers["Retry-After"]) >= 1
            refused.append(answer)
    return refused


async def at_rest(box):
    """Wait until no connection of the daemon is at work, and return how many there are."""

    async def look():
        found = await box.database.pool()
        return found.total() == found["idle"] and found

    return (await eventually(look, what="rest")).total()


async def test_sixty_requests_at_locked_tables_are_told_to_come_again(town, box):
    user, seen, show = await box.somebody(), await town.show(), await town.show()
    await user.get(seen)

    async def exhausted():
        return (await box.database.pool())["waiting"] == POOL

    async def given_up():
        return sum(task.done() for task in asking) > len(asking) - POOL

    async with box.database.locked("intents", "links"):
        asking = sixty(user, seen, show)
        await eventually(exhausted, what="a pool of which nobody gets anything")
        # Those who have no connection are told so, and those whose connection waits.
        await eventually(given_up, seconds=15, what="an answer to most of them")
        assert await told([task for task in asking if task.done()])
    await told(asking)
    assert "Traceback" not in box.daemon.log
    job = await user.get(show)
    assert (job.state, job.torrent) == ("done", show.info_hash)
    assert [each for each, _ in await box.intents(show)] == [job.id]
    await at_rest(box)
    async with box.database.locked("intents", "links"):
        again = sixty(user)
        await eventually(exhausted, what="a pool of which all are still there to be had")
    assert {(await task).status for task in again} == {200}
    assert await at_rest(box) <= POOL
    assert (await box.settled()).clean
