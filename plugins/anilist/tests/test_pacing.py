"""The queue, on a clock of its own."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuutd_anilist.pacing import LONGEST_QUEUE, WINDOW, Pacer

from uuutd.errors import RateLimited, Unavailable


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@given(
    limit=st.integers(1, 40),
    pauses=st.lists(st.floats(0, 20, allow_nan=False), max_size=150),
)
def test_no_minute_holds_more_turns_than_allowed(limit, pauses):
    clock = Clock()
    pacer = Pacer(limit, clock)
    turns, told = [], []
    for pause in pauses:
        clock.now += pause
        try:
            turns.append(clock.now + pacer.reserve())
        except RateLimited as error:
            told.append(error.retry_after)
    assert all(LONGEST_QUEUE < wait <= WINDOW + LONGEST_QUEUE for wait in told)
    assert turns == sorted(turns)
    for first, later in zip(turns, turns[limit:], strict=False):
        assert later - first >= WINDOW - 1e-6


@given(st.integers(2, 60))
def test_a_burst_has_no_wait_and_what_follows_keeps_its_distance(limit):
    pacer = Pacer(limit, Clock())
    assert {pacer.reserve() for _ in range(limit // 2)} == {0.0}
    if WINDOW / limit < LONGEST_QUEUE:
        assert pacer.reserve() == pytest.approx(WINDOW / limit)


def test_all_of_a_minute_can_be_used():
    clock = Clock()
    pacer = Pacer(30, clock)
    turns = 0
    for _ in range(600):
        clock.now += 1
        try:
            pacer.reserve()
        except RateLimited:
            continue
        turns += 1
    assert turns >= 9 * 30


def test_headers_say_how_many_are_allowed_and_what_others_have_used():
    pacer = Pacer(30, Clock())
    pacer.heard({"X-RateLimit-Limit": "90", "X-RateLimit-Remaining": "89"})
    assert pacer.limit == 90
    pacer.heard({"X-RateLimit-Limit": "90", "X-RateLimit-Remaining": "0"})
    with pytest.raises(RateLimited):
        pacer.reserve()


@pytest.mark.parametrize(
    "text", ["", "0", "-5", "many", "1e9", "٣٠", "9" * 400, "nan", " 30", "30\x00"]
)
def test_headers_that_make_no_sense_change_nothing(text):
    pacer = Pacer(30, Clock())
    pacer.heard({"X-RateLimit-Limit": text})
    assert pacer.limit == 30


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ({"Retry-After": "7"}, 7),
        ({}, 60),
        ({"Retry-After": "soon"}, 60),
        ({"Retry-After": "-3"}, 1),
        ({"Retry-After": "86400"}, 900),
        ({"Retry-After": "inf"}, 900),
    ],
)
def test_shut_out_means_no_turns_until_the_time_is_over(said, wait):
    clock = Clock()
    pacer = Pacer(30, clock)
    assert pacer.lock_out(said).retry_after == pytest.approx(wait)
    clock.now += wait / 2
    with pytest.raises(RateLimited) as caught:
        pacer.reserve()
    assert caught.value.retry_after == pytest.approx(wait / 2)
    clock.now += wait / 2
    assert pacer.reserve() == 0


def test_a_shorter_wait_does_not_end_a_longer_one():
    clock = Clock()
    pacer = Pacer(30, clock)
    pacer.shut_out(300, lambda left: Unavailable("out of order", retry_after=left))
    pacer.lock_out({"Retry-After": "1"})
    clock.now += 100
    with pytest.raises(Unavailable) as caught:
        pacer.reserve()
    assert caught.value.retry_after == pytest.approx(200)


async def test_who_waits_for_a_turn_hears_that_we_were_shut_out():
    pacer = Pacer(600)
    for _ in range(300):
        pacer.reserve()
    waiting = asyncio.ensure_future(pacer.turn())
    await asyncio.sleep(0)
    pacer.lock_out({"Retry-After": "30"})
    with pytest.raises(RateLimited):
        await waiting


async def test_after_a_lock_out_of_known_length_turns_are_to_be_had():
    clock = Clock()
    pacer = Pacer(30, clock)
    pacer.reserve()
    pacer.heard({"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0"})
    pacer.lock_out({"Retry-After": "2"})
    with pytest.raises(RateLimited):
        pacer.reserve()
    clock.now += 2.1
    assert pacer.reserve() == 0
