"""Somebody who holds up the event loop is caught at it."""

import asyncio
import time
from contextlib import suppress

from uuutd.looplag import LoopWatch
from uuutd.metrics import Metrics


def hold_everybody_up(seconds):
    time.sleep(seconds)


async def watched(metrics, work):
    watch = asyncio.create_task(LoopWatch(metrics, period=0.05, too_late=0.1).run())
    try:
        await work()
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


def count(metrics, le):
    return metrics.registry.get_sample_value("uuutd_loop_lag_seconds_bucket", {"le": le})


async def test_who_blocks_the_loop_is_named_with_the_stack(caplog):
    metrics = Metrics()

    async def work():
        await asyncio.sleep(0.06)
        hold_everybody_up(0.5)
        await asyncio.sleep(0.06)

    await watched(metrics, work)
    first, second = caplog.records[:2]
    assert "hold_everybody_up" in first.stack
    assert "was held up for at least" in second.getMessage()
    assert count(metrics, "+Inf") > count(metrics, "0.1")


async def test_a_loop_that_keeps_up_is_measured_and_nothing_is_said(caplog):
    metrics = Metrics()
    await watched(metrics, lambda: asyncio.sleep(0.2))
    assert caplog.records == []
    assert count(metrics, "+Inf") >= 2
