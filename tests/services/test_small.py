"""The small parts: folders, works, events, locks, waiting."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuutd.domain import EntryId, Titles, Work
from uuutd.errors import Unavailable
from uuutd.services.events import KEPT, QUEUED, RESYNC, TORRENTS, Delta, Events, Place
from uuutd.services.folders import LONGEST, MOST_BYTES, show_folder
from uuutd.services.locks import Locks
from uuutd.services.waiting import Patience
from uuutd.services.works import work_id
from uuutd.wire import JobReply

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@given(st.text())
def test_a_shows_folder_is_one_harmless_name(title):
    folder = show_folder(title)
    (name,) = folder.parts
    assert 0 < len(name) <= LONGEST + len(" (show)")
    assert len(name.encode()) <= MOST_BYTES + len(" (show)")
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert show_folder(name) == folder


@pytest.mark.parametrize(
    ("title", "folder"),
    [
        ("Re:Zero kara Hajimeru", "Re Zero kara Hajimeru"),
        ("../../etc/passwd", "etc passwd"),
        ("...", "show"),
        ("CON", "CON (show)"),
        ("葬送のフリーレン", "葬送のフリーレン"),
        ("葬" * LONGEST, "葬" * (MOST_BYTES // 3)),
    ],
)
def test_folders_of_odd_titles(title, folder):
    assert show_folder(title) == PurePath(folder)


def test_without_a_title_there_is_no_folder():
    assert show_folder(None) == PurePath()


def test_shows_of_two_lists_are_one_work_if_a_number_is_shared():
    def work(number, **ids):
        return Work(id=EntryId(number), titles=Titles(romaji="x"), ids=ids)

    assert work_id("one", work("1", mal="7", anilist="9")) == work_id("two", work("2", mal="7"))
    assert work_id("one", work("1", anilist="9")) == work_id("two", work("5", anilist="9"))
    assert work_id("one", work("1")) != work_id("two", work("1"))


async def collect(stream, count):
    found = []
    async with asyncio.timeout(5):
        async for event in stream:
            found.append(event)
            if len(found) == count:
                break
    return found


async def test_events_reach_those_whom_they_concern():
    events = Events()
    async with events.subscribe(1, None) as mine, events.subscribe(2, None) as theirs:
        events.publish("job", {"for": 1}, user_id=1)
        events.publish("backend", {"for": "all"})
        assert [e.name for e in await collect(mine, 2)] == ["job", "backend"]
        assert [json.loads(e.data) for e in await collect(theirs, 1)] == [{"for": "all"}]
    assert events.watchers == 0


async def test_a_subscriber_resumes_where_it_was():
    events = Events()
    async with events.subscribe(0, None) as stream:
        events.publish("job", 0, user_id=0)
        (first,) = await collect(stream, 1)
    for number in range(1, 5):
        events.publish("job", number, user_id=number % 2)
    async with events.subscribe(0, first.id) as stream:
        assert [e.data for e in await collect(stream, 2)] == [b"2", b"4"]


async def test_what_is_told_of_jobs_says_nothing_about_torrents():
    events, asked = Events(), []

    async def torrents(_, since):
        asked.append(since)
        return Delta(events.sequence.last, None)

    events.torrents = torrents
    async with events.subscribe(1, None) as stream:
        told = events.sequence.last
        events.sequence.next()  # a torrent changed, and that is held back
        events.publish("job", 1, user_id=1)
        (job,) = await collect(stream, 1)
    events.publish("job", 2, user_id=1)
    async with events.subscribe(1, job.id) as stream:
        events.publish("job", 3, user_id=1)
        found = await collect(stream, 2)
    assert [event.data for event in found] == [b"2", b"3"]
    assert asked[-1] == told
    missed, after = (Place.read(event.id) for event in found)
    assert (missed.torrents, after.torrents) == (told, after.events)


async def test_who_starts_over_and_goes_away_before_the_torrents_gets_all_of_them_later():
    events, asked = Events(), []

    async def torrents(_, since):
        asked.append(since)
        return Delta(events.sequence.last, b"{}")

    events.torrents = torrents
    async with events.subscribe(1, "0") as stream:
        (resync,) = await collect(stream, 1)
    asked.clear()
    async with events.subscribe(1, resync.id) as stream:
        (event,) = await collect(stream, 1)
    assert (resync.name, event.name, asked[-1]) == (RESYNC, TORRENTS, 0)


async def test_what_was_missed_comes_though_the_torrents_cannot_be_read():
    events = Events()
    async with events.subscribe(1, None) as stream:
        events.publish("job", 1)
        (job,) = await collect(stream, 1)
    events.publish("job", 2)
    async with events.subscribe(1, job.id) as stream:
        events.torrents = fails
        (event,) = await collect(stream, 1)
    assert event.data == b"2"


async def fails(_, since):
    raise Unavailable(f"Nothing is known since {since}.")


@pytest.mark.parametrize(
    "text", ["", ".", "7.", ".7", "-1", "+1", "1.2.3", " 1", "9" * 30, "1." + "9" * 30, "\u0663"]
)
def test_an_id_that_is_not_ours_is_known(text):
    assert Place.read(text) is None


def test_an_id_is_read_as_it_was_written():
    assert Place.read(str(Place(7, 5))) == Place(7, 5)
    assert Place.read("7") == Place(7, 7)


async def test_an_event_known_from_before_a_restart_is_a_gap():
    before = Events()
    async with before.subscribe(0, None) as stream:
        before.publish("job", 0, user_id=0)
        (last,) = await collect(stream, 1)
    after = Events()
    for number in range(3):
        after.publish("job", number, user_id=0)
    async with after.subscribe(0, last.id) as stream:
        (event,) = await collect(stream, 1)
        assert event.name == RESYNC


@pytest.mark.parametrize("last", ["1", str(KEPT * 10), "x", f"{10**17}.{10**17}"])
async def test_who_missed_too_much_is_told_to_start_over(last):
    events = Events()
    for number in range(KEPT + 10):
        events.publish("job", number, user_id=1)
    async with events.subscribe(1, last) as stream:
        (event,) = await collect(stream, 1)
        assert event.name == RESYNC


async def test_a_slow_subscriber_is_told_to_start_over_and_holds_nobody_up():
    events = Events()
    async with events.subscribe(1, None) as stream:
        for number in range(QUEUED + 1):
            events.publish("job", number, user_id=1)
        events.publish("job", "after", user_id=1)
        found = await collect(stream, 2)
        assert [e.name for e in found] == [RESYNC, "job"]
        assert found[1].data == b'"after"'


async def test_a_slow_subscriber_is_told_of_each_job_as_it_is_now():
    events, jobs = Events(), [f"job-{number}" for number in range(50)]
    async with events.subscribe(1, None) as stream:
        for state in ("running", "running", "running", "done"):
            for name in jobs:
                job = JobReply(id=name, kind="get", state=state, steps=(), created_at=NOW)
                events.publish("job", job, user_id=1)
        events.publish("job", "after", user_id=1)
        found = [event async for event in until_told(stream, b'"after"')]
    assert {event.name for event in found} == {"job"}
    assert [Place.read(event.id).events for event in found] == sorted(
        Place.read(event.id).events for event in found
    )
    last = {told["id"]: told["state"] for told in (json.loads(e.data) for e in found)}
    assert last == dict.fromkeys(jobs, "done")


async def until_told(stream, data):
    """Return what a subscriber is told before these data."""
    async for event in stream:
        if event.data == data:
            return
        yield event


async def test_subscriptions_end_with_the_daemon():
    events = Events()
    async with events.subscribe(1, None) as stream:
        events.close()
        assert [event async for event in stream] == []
    async with events.subscribe(1, None) as late:
        assert [event async for event in late] == []


async def test_a_lock_is_held_by_one_at_a_time_and_forgotten_afterwards():
    locks, inside, most = Locks(), 0, 0

    async def visit(key):
        nonlocal inside, most
        async with locks.hold(key):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit("same") for _ in range(20)))
    assert most == 1
    async with locks.hold("one"):
        await asyncio.wait_for(visit("other"), 1)
    assert locks._held == {}


async def test_a_cancelled_wait_for_a_lock_leaves_it_to_others():
    locks = Locks()
    async with locks.hold("key"):
        waiting = asyncio.ensure_future(locks.hold("key").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with locks.hold("key"):
        pass
    assert locks._held == {}


async def test_waiting_ends_soon_after_the_backend_is_back():
    class Down:
        state = "down"
        wanted = 0

        def want(self):
            self.wanted += 1

    instance = Down()
    patience = Patience(instance)
    async with asyncio.timeout(5):
        waiting = asyncio.ensure_future(patience.wait(60))
        await asyncio.sleep(0)
        assert instance.wanted  # so that it is looked for
        instance.state = "ready"
        await waiting
