"""How long who guesses has to wait, and who does not have to."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuutd.errors import Throttled
from uuutd.services.throttle import ACCOUNT, ADDRESS, AGAIN, CODES, STRANGERS, Throttle
from uuutd.store import throttles
from uuutd.store.tables import ThrottleRow

HOME, CAFE, THERE = "192.0.2.1", "192.0.2.2", "198.51.100.7"
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
START = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def guess(throttle, account="anna", address=THERE):
    """Make a guess that is wrong, and return the seconds that it has to wait; None if none."""
    try:
        await throttle.admit(account, address)
    except Throttled as error:
        return error.retry_after
    return None


async def log_in(throttle, account="anna", address=HOME):
    await throttle.succeeded(await throttle.admit(account, address))


# --- the rules, without a database ----------------------------------------------------------

tries = st.lists(st.integers(0, 4000), max_size=40)
rules = st.sampled_from([ACCOUNT, ADDRESS, STRANGERS, AGAIN, *CODES.values()])


def waits(rule, moments, now):
    """Return how long the next try waits at *now* after failures at *moments*, as remembered."""
    tally = None
    for moment in sorted(moments):
        at = START + moment * SECOND
        if tally is not None and tally.ends_at <= at:
            tally = None
        tally = rule.after(tally, at)
    at = START + now * SECOND
    return rule.wait(None if tally is None or tally.ends_at <= at else tally, at)


@given(rules, tries, st.integers(0, 4000), st.integers(0, 1000))
def test_more_failures_never_mean_a_shorter_wait(rule, moments, one_more, later):
    now = max([*moments, one_more]) + later
    assert waits(rule, [*moments, one_more], now) >= waits(rule, moments, now)


@given(rules, tries, st.integers(1, 1000))
def test_who_waits_waits_less_and_less_and_never_for_ever(rule, moments, seconds):
    now = max([*moments, 0])
    before = waits(rule, moments, now)
    assert waits(rule, moments, now + seconds) <= before
    assert waits(rule, moments, now + before / SECOND) == timedelta()


@given(rules, tries)
def test_a_try_that_was_none_leaves_no_longer_wait_than_without_it(rule, moments):
    tally = None
    for moment in sorted(moments):
        tally = rule.after(tally, START + moment * SECOND)
    now = START + max([*moments, 0]) * SECOND
    undone = rule.without(rule.after(tally, now))
    assert (0 if undone is None else undone.tries) == len(moments)
    if rule is not ACCOUNT:
        assert rule.wait(undone, now) == rule.wait(tally, now)


# --- on a database --------------------------------------------------------------------------


async def test_after_five_failures_the_wait_doubles_up_to_a_quarter_of_an_hour(throttle, clock):
    await log_in(throttle, address=THERE)
    for _ in range(5):
        assert await guess(throttle) is None
    for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        assert await guess(throttle) == seconds
        clock.now += (seconds - 1) * SECOND
        assert await guess(throttle) == 1
        clock.now += SECOND
        assert await guess(throttle) is None


async def test_a_success_forgets_the_failures_from_there(throttle):
    for _ in range(4):
        assert await guess(throttle) is None
    await log_in(throttle, address=THERE)
    for _ in range(5):
        assert await guess(throttle) is None
    assert await guess(throttle) == 1


async def test_of_fifty_guesses_at_once_five_are_made(throttle):
    found = await asyncio.gather(*(guess(throttle) for _ in range(50)))
    assert found.count(None) == 5


@pytest.mark.parametrize("addresses", [1, 3, 40, 1000])
async def test_of_a_thousand_guesses_in_ten_minutes_few_are_made(throttle, clock, addresses):
    await log_in(throttle)
    made = 0
    for number in range(1000):
        clock.now += 10 * MINUTE / 1000
        who = number % addresses
        made += await guess(throttle, address=f"198.51.{who // 250}.{who % 250}") is None
    assert 0 < made < 30
    await log_in(throttle)  # the user, where they always were


async def test_who_guesses_from_one_place_does_not_lock_the_user_out_elsewhere(throttle, clock):
    for _ in range(1000):
        clock.now += 10 * MINUTE / 1000
        await guess(throttle)
    await log_in(throttle, address=CAFE)  # never seen there before
    assert await guess(throttle) is not None


async def test_a_known_place_is_known_for_ninety_days(throttle, clock):
    async def storm():
        for number in range(STRANGERS.most):
            await guess(throttle, address=f"198.51.100.{number}")

    await log_in(throttle)
    clock.now += 89 * DAY
    await storm()
    assert await guess(throttle, address=CAFE) is not None
    await log_in(throttle)
    clock.now += 90 * DAY
    await storm()
    assert await guess(throttle, address=HOME) is not None


async def test_twenty_failures_from_one_address_are_all(throttle, clock):
    for number in range(20):
        assert await guess(throttle, f"user{number}", "2001:db8:1:2::1") is None
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"):  # one /64 is one connection
        assert await guess(throttle, "user20", address) == 45
    assert await guess(throttle, "user20", "2001:db8:1:3::1") is None
    clock.now += 15 * MINUTE
    assert await guess(throttle, "user21", "2001:db8:1:2::1") is None


async def test_right_passwords_use_nothing_up(throttle):
    for number in range(60):
        await log_in(throttle, f"user{number}", THERE)
    assert await guess(throttle) is None


async def test_what_nobody_looked_at_is_no_try(throttle):
    for _ in range(60):
        await throttle.take_back(await throttle.admit("anna", THERE))
    assert await guess(throttle) is None


async def test_a_restart_forgets_nothing(throttle, clock):
    for _ in range(5):
        await guess(throttle)
    assert await guess(Throttle(clock=clock)) == 1


async def test_names_are_folded(throttle):
    for name in ("anna", "ANNA", "Anna", "\uff21nna", "aNNa"):
        assert await guess(throttle, name) is None
    assert await guess(throttle) == 1


async def test_any_text_is_a_name_and_none_is_kept(throttle):
    for name in ("", "\0", "\ud800", "x" * 100_000, "my password"):
        assert await guess(throttle, name) is None
    rows = str(await ThrottleRow.all().values())
    assert "password" not in rows
    assert THERE not in rows


async def test_a_clock_that_is_put_back_locks_nobody_out_and_frees_nobody(throttle, clock):
    await log_in(throttle, address=HOME)
    for number in range(25):
        await guess(throttle, address=f"198.51.100.{number}")
    for _ in range(7):
        await guess(throttle, address=HOME)
    clock.now -= 30 * DAY
    assert 0 < await guess(throttle, address=HOME) <= 900
    assert 0 < await guess(throttle, address=CAFE) <= 900
    clock.now += 15 * MINUTE
    await log_in(throttle, address=HOME)
    await log_in(throttle, address=CAFE)


async def test_a_second_has_room_for_ten(store, clock):
    now = 50.0
    throttle = Throttle(clock=clock, ticks=lambda: now)
    found = [await guess(throttle, f"user{n}", f"198.51.100.{n}") for n in range(30)]
    assert found == [None] * 5 + [1] * 25
    now += 1
    assert await guess(throttle, "user20", "198.51.100.20") is None


async def test_half_of_a_second_is_for_those_who_are_known(store, clock):
    now = 50.0
    throttle = Throttle(clock=clock, ticks=lambda: now)
    for number in range(6):
        now += 1
        await log_in(throttle, f"user{number}")
    now += 1
    for number in range(30):
        await guess(throttle, f"nobody{number}", f"198.51.100.{number}")
    found = [await guess(throttle, f"user{number}", HOME) for number in range(6)]
    assert found == [None] * 5 + [1]


async def test_who_has_to_wait_takes_nobodys_turn(store, clock):
    now = 50.0
    throttle = Throttle(clock=clock, ticks=lambda: now)
    for number in range(5):
        await log_in(throttle, f"user{number}")
    now += 1
    found = await asyncio.gather(*(guess(throttle) for _ in range(100)))
    assert found.count(None) == 5
    await asyncio.gather(*(log_in(throttle, f"user{n}") for n in range(5)))


async def test_what_has_ended_is_forgotten(store, clock):
    now = 0.0
    throttle = Throttle(clock=clock, ticks=lambda: now, per_second=1000)
    for number in range(30):
        await guess(throttle, f"user{number}", f"198.51.100.{number}")
    await log_in(throttle)
    assert await ThrottleRow.all().count() == 91
    clock.now += DAY
    now += 60
    await guess(throttle, "berta")
    assert await ThrottleRow.all().count() == 4  # of berta three, and where anna was


async def test_wrong_codes_are_counted_by_address(throttle, clock):
    for _ in range(30):
        await throttle.failed(THERE)
    with pytest.raises(Throttled) as caught:
        await throttle.check("codes", THERE)
    assert caught.value.retry_after == 45
    assert "45 s" in caught.value.detail
    await throttle.check("codes", CAFE)
    await throttle.check("signups", THERE)
    assert await guess(throttle) is None
    clock.now += 45 * SECOND
    await throttle.check("codes", THERE)


async def test_what_a_decision_raises_changes_nothing(store, clock):
    def refuse(_):
        raise Throttled("no", retry_after=1)

    with pytest.raises(Throttled):
        await throttles.change(["a"], refuse, now=clock.now)
    assert await ThrottleRow.all().count() == 0
