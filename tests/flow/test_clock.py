"""A wall clock that is put forward or back: nobody is locked out, and nothing waits for ever."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
import pytest_asyncio

from .harness import PASSWORD, ask
from .outside import eventually
from .places import Kinds, placed

PROGRAM = Path(__file__).with_name("wrong_clock.py")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LONG = timedelta(days=300)
"""Longer than anything here is good for, but AniList's tokens."""
UNDO_FOR = 10.0
"""Seconds in which a removal can be undone."""

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(Kinds("libtorrent", "sqlite")),
]


@attrs.frozen
class Clock:
    """The wall clock of a daemon; *file* says by how many seconds it is wrong."""

    file: Path

    def put(self, ahead):
        """Put the clock *ahead* of the right time, or behind it."""
        new = self.file.with_suffix(".new")
        new.write_text(str(ahead.total_seconds()), "ascii")
        new.replace(self.file)


@pytest.fixture(scope="module")
def clock(folder):
    made = Clock(folder / "clock")
    made.put(timedelta())
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def box(town, kinds, servers, folder, clock):
    """A running daemon that goes by a clock of its own."""
    async with placed(town, kinds, servers, folder / "box") as made:
        made.daemon.program = ("-P", str(PROGRAM), str(clock.file))
        await made.daemon.start()
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def user(box, clock):
    """Somebody who logged in while the clock was right, as it is again in the end."""
    clock.put(timedelta())
    person = await box.somebody()
    await person.remote.log_in(person.name, PASSWORD)
    yield person
    clock.put(timedelta())


async def time_at(box):
    """Return by how much the daemon's clock is wrong, by its own word."""
    about = await ask(f"{box.daemon.url}/api/v1/about")
    return datetime.fromisoformat(about.body["time"]) - datetime.now(UTC)


async def lists_read(town, user):
    """Look at the watchlist, and return how often AniList was asked for it."""
    before = len(town.anilist.requests)
    (source,) = (await user.remote.watchlist()).sources
    assert source.state == "ok"
    asked = town.anilist.requests[before:]
    return sum("MediaListCollection" in request.fields for request in asked)


async def relatives_read_at(box, show):
    """Return when a show's relatives were asked for, by the daemon's clock."""
    sql = f"SELECT fetched_at FROM relations WHERE entry = '{show.entry}'"
    ((found,),) = await box.database.rows(sql)
    return datetime.fromisoformat(found)


@pytest.mark.parametrize("ahead", [DAY, -HOUR, -DAY], ids=str)
async def test_a_jump_costs_a_renewal_of_the_token_and_a_look_at_the_list(
    town, box, clock, user, ahead
):
    show = await town.show()
    await user.remote.watchlist()
    clock.put(ahead)
    assert abs(await time_at(box) - ahead) < HOUR / 2
    refused = await user.ask("GET", "auth/me")
    assert refused.problem == (401, "not-logged-in", None, None)
    assert (await user.remote.me()).username == user.name  # with a token that was renewed
    assert (await user.ask("GET", "auth/me")).status == 200
    assert await lists_read(town, user) == 1
    assert await lists_read(town, user) == 0
    assert (await user.get(show)).state == "done"
    clock.put(timedelta())
    assert (await user.remote.me()).username == user.name
    assert await lists_read(town, user) == 1
    assert (await user.finished(show.info_hash)).state == "seeding"
    assert (await box.settled()).clean


async def test_a_long_time_ahead_and_back_nothing_is_good_for_longer(town, box, clock, user):
    one, two = await town.show(), await town.show()
    clock.put(LONG)
    assert (await user.ask("GET", "auth/me")).status == 401
    await user.remote.log_in(user.name, PASSWORD)  # the login is too old by that clock
    job = await user.get(one, key="daily")
    assert await relatives_read_at(box, one) > datetime.now(UTC) + DAY
    assert (await user.get(one, key="daily")).id == job.id
    clock.put(timedelta())
    assert (await user.remote.me()).username == user.name
    assert await lists_read(town, user) == 1
    assert (await user.get(two, key="daily")).torrent == two.info_hash
    await user.remote.releases("anilist", one.entry)
    assert await relatives_read_at(box, one) < datetime.now(UTC) + DAY


async def test_an_idempotency_key_lasts_for_a_day_by_any_clock(town, box, clock, user):
    one, two = await town.show(), await town.show()
    job = await user.get(one, key="once")
    path, headers = "watchlist/download", {"Idempotency-Key": "once"}
    clock.put(-HOUR)
    assert (await user.get(one, key="once")).id == job.id
    other = await user.ask("POST", path, json={"entry": two.entry}, headers=headers)
    assert other.problem == (409, "conflict", None, None)
    clock.put(DAY + HOUR)
    assert (await user.get(two, key="once")).torrent == two.info_hash


@pytest.mark.parametrize("first", [-2 * DAY, 2 * DAY], ids=str)
async def test_who_asks_us_to_wait_is_left_alone_for_so_long_and_no_longer(
    town, box, clock, user, first
):
    clock.put(first)  # with this time and half of it the list has to be read again
    await user.remote.me()
    town.anilist.fail("ratelimit", seconds=1)
    (source,) = (await user.remote.watchlist()).sources
    assert (source.state, source.problem.code) == ("stale", "rate-limited")
    asked = len(town.anilist.requests)
    clock.put(first / 2)
    (source,) = (await user.remote.watchlist()).sources
    assert (source.state, source.problem.code) == ("stale", "rate-limited")
    assert len(town.anilist.requests) == asked

    async def answers():
        return (await user.remote.watchlist()).sources[0].state == "ok"

    await eventually(answers, what="the list")


async def test_a_removal_that_was_due_before_the_clock_jumped_is_carried_out_at_once(
    town, box, clock, user
):
    show = await town.show()
    await user.get(show)
    job = await user.remote.remove(show.info_hash, delete_files=True)
    await box.daemon.kill()
    assert await box.has(show)
    clock.put(DAY)
    await box.daemon.start()
    assert (await user.ended(job.id, seconds=UNDO_FOR / 2)).state == "done"
    assert not await box.has(show)
    assert (await box.settled()).clean
