"""How fast we ask, and what is remembered meanwhile."""

import asyncio

import pytest
from uuutd_nyaa.memory import MOST_QUERIES, Found, Memory
from uuutd_nyaa.pace import FIRST_PAUSE, LONGEST_PAUSE, Pace

from uuutd.domain import InfoHash, Release
from uuutd.errors import RateLimited, Unavailable

FOUND = Found((Release(title="x", info_hash=InfoHash("1" * 40), indexer="i"),), fresh_for=300)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def paced(clock, *, burst=1000, rate=1000.0, in_flight=1000):
    return Pace(burst=burst, rate=rate, in_flight=in_flight, clock=clock)


async def take(pace, count=1):
    for _ in range(count):
        async with pace.turn():
            pass


# --- turns ----------------------------------------------------------------------------------


async def test_a_burst_goes_out_at_once_and_the_rest_at_the_rate():
    pace = Pace(burst=3, rate=20, in_flight=10)
    loop = asyncio.get_running_loop()
    started = loop.time()
    times = []

    async def one():
        async with pace.turn():
            times.append(loop.time() - started)

    await asyncio.gather(*(one() for _ in range(6)))
    assert max(times[:3]) < 0.05
    assert times[3] >= 0.045
    assert times[5] >= 0.145


async def test_only_so_many_are_in_flight(clock):
    pace = paced(clock, in_flight=2)
    here = most = 0
    go = asyncio.Event()

    async def one():
        nonlocal here, most
        async with pace.turn():
            here += 1
            most = max(most, here)
            await go.wait()
            here -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(one())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert here == 2
        go.set()
    assert most == 2


async def test_who_would_wait_too_long_is_told_so_at_once(clock):
    pace = paced(clock, burst=2, rate=0.05)
    await take(pace, 2)
    with pytest.raises(RateLimited, match="too many searches") as caught:
        await take(pace)
    assert caught.value.retry_after == pytest.approx(20)
    clock.now += 20
    await take(pace)


# --- pauses ---------------------------------------------------------------------------------


async def test_a_pause_ends(clock):
    pace = paced(clock)
    assert pace.pause("they said so", 30) == 30
    clock.now += 29
    with pytest.raises(RateLimited, match="they said so") as caught:
        await take(pace)
    assert caught.value.retry_after == pytest.approx(1)
    clock.now += 1
    await take(pace)


async def test_pauses_double_until_the_site_answers(clock):
    pace = paced(clock)
    pauses = []
    for _ in range(6):
        pauses.append(pace.pause("no"))
        clock.now += pauses[-1]
    assert pauses == [60, 120, 240, 480, LONGEST_PAUSE, LONGEST_PAUSE]
    pace.success()
    assert pace.pause("no") == FIRST_PAUSE


async def test_refusals_of_requests_that_were_on_their_way_count_once(clock):
    pace = paced(clock)
    assert pace.pause("no") == 60
    clock.now += 1
    assert [pace.pause("no") for _ in range(3)] == [59, 59, 59]
    clock.now += 59
    assert pace.pause("no") == 120


async def test_a_shorter_pause_does_not_end_a_longer_one(clock):
    pace = paced(clock)
    pace.pause("long", 100)
    pace.pause("short", 1)
    clock.now += 50
    with pytest.raises(RateLimited, match="long"):
        await take(pace)


async def test_a_pause_holds_those_who_wait_already(clock):
    pace = paced(clock, in_flight=1)
    async with pace.turn():
        waiting = asyncio.ensure_future(take(pace))
        await asyncio.sleep(0)
        pace.pause("no", 10)
    with pytest.raises(RateLimited):
        await waiting


# --- memory ---------------------------------------------------------------------------------


class Site:
    """Counts how often it is asked."""

    def __init__(self, answer=FOUND):
        self.answer = answer
        self.asked = 0
        self.go = asyncio.Event()

    async def __call__(self):
        self.asked += 1
        await self.go.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_what_was_found_is_remembered_until_it_is_old(clock):
    memory, site = Memory(clock), Site()
    site.go.set()
    assert await memory.get("q", site) is FOUND
    clock.now += 299
    assert await memory.get("q", site) is FOUND
    assert site.asked == 1
    await memory.get("other", site)
    assert site.asked == 2
    clock.now += 1
    await memory.get("q", site)
    assert site.asked == 3


async def test_what_must_not_be_kept_is_not(clock):
    memory, site = Memory(clock), Site(Found((), fresh_for=0))
    site.go.set()
    await memory.get("q", site)
    await memory.get("q", site)
    assert site.asked == 2


async def test_the_memory_is_bounded_and_forgets_what_was_not_used_longest(clock):
    memory, site = Memory(clock), Site()
    site.go.set()
    for number in range(MOST_QUERIES):
        await memory.get(str(number), site)
    await memory.get("0", site)
    await memory.get("new", site)
    asked = site.asked
    await memory.get("0", site)
    assert site.asked == asked
    await memory.get("1", site)
    assert site.asked == asked + 1


async def test_several_at_the_same_time_ask_once(clock):
    memory, site = Memory(clock), Site()
    waiting = [asyncio.ensure_future(memory.get("q", site)) for _ in range(10)]
    await asyncio.sleep(0)
    site.go.set()
    assert await asyncio.gather(*waiting) == [FOUND] * 10
    assert site.asked == 1


async def test_a_failure_reaches_all_who_wait_and_is_not_remembered(clock):
    memory, site = Memory(clock), Site(Unavailable("down"))
    waiting = [asyncio.ensure_future(memory.get("q", site)) for _ in range(3)]
    await asyncio.sleep(0)
    site.go.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert results == [site.answer] * 3
    assert site.asked == 1
    site.answer = FOUND
    assert await memory.get("q", site) is FOUND


async def test_when_the_one_who_asks_is_cancelled_another_asks(clock):
    memory, site = Memory(clock), Site()
    first, second, third = (asyncio.ensure_future(memory.get("q", site)) for _ in range(3))
    await asyncio.sleep(0)
    first.cancel()
    site.go.set()
    assert await second is FOUND
    assert await third is FOUND
    assert site.asked == 2
    assert first.cancelled()


async def test_one_who_waits_can_be_cancelled_alone(clock):
    memory, site = Memory(clock), Site()
    first, second = (asyncio.ensure_future(memory.get("q", site)) for _ in range(2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    assert second.cancelled()
    site.go.set()
    assert await first is FOUND
