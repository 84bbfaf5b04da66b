"""Killing a daemon at a given moment, and looking at what is left when it is back."""

import asyncio
import random
import time

import attrs
import pytest

from uuutd.remote.errors import RemoteError

from .harness import Box
from .outside import State
from .points import Point
from .shows import Show

CONSISTENT_WITHIN = 10.0
"""Seconds after it is ready in which a daemon has put everything in order."""


@attrs.frozen(kw_only=True)
class Recovery:
    """How things stand after a restart, and how many seconds after being ready that was so."""

    state: State
    seconds: float


async def killed_at(
    box: Box, point: Point, show: Show, *, key: str | None = None, delay: float = 0.0
) -> None:
    """Let the user ask for *show*, and kill the daemon when it is at *point*.

    It is killed up to *delay* seconds after it got there.
    """
    (user,) = box.people
    async with point.hold(box, show) as reached:
        asking = asyncio.create_task(user.get(show, key=key))
        held = asyncio.create_task(reached())
        await asyncio.wait([asking, held], return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            held.cancel()
            pytest.fail(f"it was not held there: {asking}\n{box.daemon.log[-4000:]}")
        await held
        await asyncio.sleep(random.uniform(0, delay))
        await box.daemon.kill()
        states = [state for _, state in await box.intents(show)]
        assert states == ([point.recorded] if point.recorded else [])
        assert point.has is None or await box.has(show) == point.has
    with pytest.raises(RemoteError):  # whoever asked got no answer
        await asking


async def recovered(box: Box) -> Recovery:
    """Start the daemon again and wait until everything is in order, or should be."""
    await box.daemon.start()
    ready = time.monotonic()
    state = await box.settled(seconds=CONSISTENT_WITHIN)
    return Recovery(state=state, seconds=time.monotonic() - ready)


async def asked_again(
    box: Box, show: Show, before: list[tuple[str, str]], *, key: str | None = None
) -> None:
    """Ask for what was asked for *before* the restart: it is the same job, and it is done."""
    (user,) = box.people
    try:
        job = await user.get(show, key=key)
    except RemoteError as error:
        error.add_note(box.daemon.log[-4000:])
        raise
    assert (job.state, job.torrent) == ("done", show.info_hash)
    assert [each for each, _ in await box.intents(show)] == [job.id]
    assert not before or before[0][0] == job.id
    assert [each for each, _ in await box.client.names()].count(show.info_hash) == 1
