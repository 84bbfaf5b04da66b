"""Every way in which a call of a backend can end."""

import asyncio
import logging
import threading
import time

import pytest

from uuutd.domain import Release
from uuutd.errors import (
    BadReply,
    Error,
    LinkExpired,
    NotFound,
    RateLimited,
    TimedOut,
    Unavailable,
)
from uuutd.guard import Guard
from uuutd.metrics import Metrics
from uuutd.threads import HANGING, THREADS, Threads

RELEASE = Release(title="[A] B - 01", info_hash=None, indexer="x")


@pytest.fixture
def metrics():
    return Metrics()


def guard(name, metrics, kind="indexer"):
    return Guard(kind, name, log=logging.getLogger(f"uuutd.indexers.{name}"), metrics=metrics)


def calls(metrics, name, outcome, operation="search", kind="indexer"):
    return metrics.registry.get_sample_value(
        "uuutd_backend_calls_total",
        {"kind": kind, "name": name, "operation": operation, "outcome": outcome},
    )


async def good():
    return [RELEASE]


async def hung():
    await asyncio.Event().wait()


async def raising():
    return {}["no such key"]


async def test_a_good_a_hung_and_a_raising_backend_side_by_side(metrics):
    started = time.monotonic()
    results = await asyncio.gather(
        *(
            guard(act.__name__, metrics).run("search", act, seconds=0.3)
            for act in (good, hung, raising)
        ),
        return_exceptions=True,
    )
    assert 0.25 < time.monotonic() - started < 2
    assert results[0] == [RELEASE]
    assert type(results[1]) is TimedOut
    assert type(results[2]) is BadReply
    assert [(error.backend, error.operation) for error in results[1:]] == [
        ("hung", "search"),
        ("raising", "search"),
    ]
    assert "a bug in the plugin (KeyError)" in results[2].detail
    assert calls(metrics, "good", "ok") == 1
    assert calls(metrics, "hung", "timed-out") == 1
    assert calls(metrics, "raising", "bad-reply") == 1
    labels = {"kind": "indexer", "name": "hung", "operation": "search"}
    took = metrics.registry.get_sample_value("uuutd_backend_call_seconds_sum", labels)
    assert took == pytest.approx(0.3, abs=0.2)


async def test_the_cause_of_a_bug_is_logged_under_the_backends_logger(metrics, caplog):
    with pytest.raises(BadReply):
        await guard("seedbox", metrics).run("search", raising)
    (record,) = caplog.records
    assert record.name == "uuutd.indexers.seedbox"
    assert record.exc_info[0] is KeyError


async def test_cancelling_the_caller_passes_through(metrics):
    began = asyncio.Event()

    async def act():
        began.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(guard("slow", metrics).run("search", act))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls(metrics, "slow", "cancelled") == 1


async def test_a_cancellation_that_nobody_asked_for_is_a_bug_of_the_plugin(metrics):
    async def act():
        raise asyncio.CancelledError

    with pytest.raises(BadReply, match="CancelledError"):
        await guard("odd", metrics).run("search", act)


async def test_a_timeout_of_the_plugins_own_says_so(metrics):
    async def act():
        raise TimeoutError

    with pytest.raises(TimedOut, match="took too long"):
        await guard("x", metrics).run("search", act, seconds=5)


@pytest.mark.parametrize("error", [NotFound("x"), LinkExpired("x")])
async def test_errors_of_the_users_pass_as_they_are(metrics, error):
    async def act():
        raise error

    with pytest.raises(Error) as caught:
        await guard("x", metrics).run("search", act)
    assert caught.value is error
    assert calls(metrics, "x", error.code) == 1


async def test_an_error_keeps_the_backend_that_it_names(metrics):
    async def act():
        raise Unavailable("down", backend="inner", operation="log in")

    with pytest.raises(Unavailable) as caught:
        await guard("x", metrics).run("search", act)
    assert (caught.value.backend, caught.value.operation) == ("inner", "log in")


async def test_retry_after_survives(metrics):
    async def act():
        raise RateLimited("slow down", retry_after=7)

    with pytest.raises(RateLimited) as caught:
        await guard("x", metrics).run("search", act)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("kind", "operation", "result", "problem"),
    [
        ("indexer", "search", None, "NoneType instead of a list"),
        ("indexer", "search", "text", "str instead of a list"),
        ("indexer", "search", [RELEASE, 3], "int in a list of Release"),
        ("indexer", "search", [RELEASE] * 20_001, "20001 results"),
        ("indexer", "fetch", "text", "str instead of bytes"),
        ("client", "changes", {}, "dict instead of Changes"),
    ],
)
async def test_a_result_of_another_type_is_a_bug_of_the_plugin(
    metrics, kind, operation, result, problem
):
    async def act():
        return result

    with pytest.raises(BadReply, match=problem):
        await guard("x", metrics, kind).run(operation, act)
    assert calls(metrics, "x", "bad-reply", operation, kind) == 1


async def test_a_method_that_is_not_async_is_a_bug_of_the_plugin(metrics):
    with pytest.raises(BadReply, match="TypeError"):
        await guard("x", metrics).run("search", lambda: [RELEASE])


class TestThreads:
    async def test_results_and_exceptions_come_back(self):
        threads = Threads("x")
        assert await threads(divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await threads(divmod, 7, 0)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await threads(next, iter(()))

    async def test_at_most_a_few_calls_run_at_a_time(self):
        threads, running, most, lock = Threads("x"), 0, 0, threading.Lock()

        def work():
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1

        await asyncio.gather(*(threads(work) for _ in range(3 * THREADS)))
        assert most == THREADS

    async def test_a_backend_with_hung_threads_is_left_alone_until_they_come_back(self):
        threads, freed = Threads("x"), threading.Event()
        for _ in range(HANGING):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await threads(freed.wait)
        with pytest.raises(Unavailable, match="hang"):
            await threads(int)
        freed.set()
        async with asyncio.timeout(5):
            while True:
                try:
                    assert await threads(int) == 0
                except Unavailable:
                    await asyncio.sleep(0.01)
                else:
                    break

    async def test_hung_threads_starve_nobody_else(self):
        hung, other, freed = Threads("hung"), Threads("other"), threading.Event()
        waiting = [asyncio.create_task(hung(freed.wait)) for _ in range(THREADS + 2)]
        async with asyncio.timeout(2):
            assert await other(int) == 0
        freed.set()
        await asyncio.gather(*waiting)
