"""What the tests of races need: to wait, to hold, to fail once."""

import asyncio
import inspect
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import attrs
import pytest

from uuutd.errors import Busy
from uuutd.store import intents
from uuutd.store.records import Intent, IntentState
from uuutd.wire import DownloadRequest

from .conftest import SHOW

ASK = DownloadRequest(entry=SHOW)
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database has a part in."""
WITHIN = 10.0
"""Seconds in which everything here must have happened."""


async def until(check, within=WITHIN):
    """Wait until *check*, a function or a coroutine function, returns something true."""
    async with asyncio.timeout(within):
        while True:
            found = check()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)


async def settled(box, *users):
    """Wait until no job of these users runs any more, the removals that clean up among them."""

    async def over():
        listed = [await box.services.jobs.list(user) for user in users]
        return all(job.state != "running" for each in listed for job in each.jobs)

    await until(over)


async def ended(box, user, job_id):
    """Wait until a job has ended, and return it."""
    await box.services.jobs.wait(job_id, WITHIN)
    job = await box.services.jobs.get(user, job_id)
    assert job.state != "running", job
    return job


async def get(box, user, request=ASK, key=None):
    """Ask for an episode, and return its job when it has ended."""
    job = await box.services.jobs.download(user, request, idempotency_key=key)
    return await ended(box, user, job)


async def remove(box, user, info_hash):
    """Remove a torrent, and return the job when it has ended."""
    job = await box.services.jobs.remove(user, info_hash, delete_files=False)
    return await ended(box, user, job.id)


@asynccontextmanager
async def held_at(operation, box, user):
    """Hold a download at an operation of the client for the block."""
    async with box.world.client.gate.hold(operation) as came:
        job = await box.services.jobs.download(user, ASK, idempotency_key=None)
        await asyncio.wait_for(came.wait(), WITHIN)
        yield job


def intent_for(user, number, info_hash, **more):
    """Return a download of an episode as it is when the torrent has just been chosen."""
    now = datetime.now(UTC)
    start = {
        "id": f"episode-{number}",
        "key": intents.episode_key(user.id, "mal:500", number),
        "user_id": user.id,
        "kind": "get",
        "state": IntentState.CHOSEN,
        "work": "mal:500",
        "provider": "main",
        "entry": SHOW,
        "episode": number,
        "client": "main",
        "info_hash": info_hash,
        "created_at": now,
        "updated_at": now,
    }
    return Intent(**{**start, **more})


async def mended(box):
    """Let the client answer again, and the daemon know."""
    box.world.client.gate.failing.clear()
    await box.services.instances.check("client", "main")


def forget_searches(box):
    """Let the next job search again."""
    box.services.releases._searches.clear()


def fail_once(monkeypatch, module, name, error=None):
    """Let the next call of a function of the store fail, as if the database were held."""
    real = getattr(module, name)
    errors = [error or Busy("The database is held.", retry_after=0.01)]

    async def failing(*args, **named):
        if errors:
            raise errors.pop()
        return await real(*args, **named)

    monkeypatch.setattr(module, name, failing)


@attrs.frozen
class Late:
    """An answer on its way: made when *came* is set, handed over when *free* is."""

    came: asyncio.Event = attrs.field(factory=asyncio.Event)
    free: asyncio.Event = attrs.field(factory=asyncio.Event)


def answers_late(monkeypatch, backend, operation):
    """Let the answers of an operation, errors too, be made at once and arrive later."""
    real, late = getattr(backend, operation), Late()

    async def answer(*args, **named):
        try:
            return await real(*args, **named)
        finally:
            late.came.set()
            await late.free.wait()

    monkeypatch.setattr(backend, operation, answer)
    return late
