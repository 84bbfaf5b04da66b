"""Background tasks are kept, logged and ended with their owner."""

import asyncio
import gc
import logging

import pytest

from uuutd.errors import NoRelease
from uuutd.tasks import Tasks, spawn


async def test_a_task_that_nobody_holds_runs_to_its_end():
    done = asyncio.Event()

    async def work():
        await asyncio.sleep(0)
        gc.collect()
        done.set()

    spawn(work(), name="work")
    gc.collect()
    async with asyncio.timeout(5):
        await done.wait()


async def test_a_failure_is_logged_with_the_name_and_raised_for_whoever_awaits(caplog):
    async def work():
        raise KeyError("lost")

    with pytest.raises(KeyError):
        await spawn(work(), name="searching")
    await asyncio.sleep(0)
    (record,) = caplog.records
    assert "searching" in record.getMessage()
    assert record.exc_info[0] is KeyError


async def test_an_error_raised_on_purpose_is_one_line_without_traceback(caplog):
    caplog.set_level(logging.INFO)

    async def work():
        raise NoRelease("nothing fits")

    with pytest.raises(NoRelease):
        await spawn(work(), name="searching")
    await asyncio.sleep(0)
    (record,) = caplog.records
    assert record.exc_info is None
    assert "no-release: nothing fits" in record.getMessage()


async def test_an_owner_cancels_its_tasks_and_waits_for_them():
    ended = []
    tasks = Tasks()

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    task = tasks.spawn(work(), name="for ever")
    await asyncio.sleep(0)
    await tasks.aclose()
    assert ended == [True]
    assert task.cancelled()


async def test_nothing_starts_after_its_owner_has_closed():
    tasks = Tasks()
    await tasks.aclose()
    with pytest.raises(RuntimeError, match="late"):
        tasks.spawn(asyncio.sleep(0), name="late")
