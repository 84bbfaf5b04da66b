"""What happens when AniList or Nyaa fails, and when it works again."""

import asyncio
import contextlib
import time

import pytest

from uuutd.remote.errors import ProblemError
from uuutd.wire import ProgressRequest

from .outside import eventually
from .places import Kinds
from .shows import PROGRESS

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(Kinds("libtorrent", "sqlite")),
]


async def outdated(box):
    """Make the kept watchlists too old to be served without asking."""
    await box.database.execute(
        "UPDATE accounts SET synced_at = strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '-1 hour')"
    )


# --- AniList --------------------------------------------------------------------------------

ANILIST = [
    ("refuse", {}, "unavailable"),
    ("drop", {}, "unavailable"),
    ("error", {"status": 500}, "bad-reply"),
    ("status", {"status": 502}, "bad-reply"),
    ("status", {"status": 503}, "unavailable"),
    ("html200", {}, "bad-reply"),
    ("empty", {}, "bad-reply"),
    ("garbage", {}, "bad-reply"),
    ("cut", {}, "bad-reply"),
]


@contextlib.asynccontextmanager
async def broken(stand_in, gate, kind, fault):
    """Let a stand-in fail like this for the block."""
    if kind == "refuse":
        await gate.close()
    else:
        stand_in.fail(kind, 20, **fault)
    try:
        yield
    finally:
        stand_in.heal()
        if kind == "refuse":
            await gate.open()


@pytest.mark.parametrize(("kind", "fault", "code"), ANILIST)
async def test_while_anilist_fails_the_last_list_is_served_with_its_age(
    town, box, kind, fault, code
):
    user, show = await box.somebody(), await town.show()
    await outdated(box)
    fresh = await user.remote.watchlist()
    assert [source.state for source in fresh.sources] == ["ok"]
    await outdated(box)
    async with broken(town.anilist, town.anilist_gate, kind, fault):
        stale = await user.remote.watchlist()
        (source,) = stale.sources
        assert (source.state, source.problem.code) == ("stale", code)
        assert source.problem.backend == "anilist"
        assert source.synced_at == stale.synced_at < fresh.synced_at
        assert {e.id for e in stale.entries} == {e.id for e in fresh.entries}
        assert show.entry in {e.id for e in stale.entries}
    await asyncio.sleep(source.problem.retry_after or 0)
    again = await user.remote.watchlist()
    assert [source.state for source in again.sources] == ["ok"]


async def test_anilist_is_left_alone_for_as_long_as_it_says(town, box):
    user = await box.somebody()
    await outdated(box)
    town.anilist.fail("ratelimit", seconds=2)
    (source,) = (await user.remote.watchlist()).sources
    assert (source.state, source.problem.code) == ("stale", "rate-limited")
    assert source.problem.retry_after >= 2
    asked = len(town.anilist.requests)
    for _ in range(5):
        (source,) = (await user.remote.watchlist()).sources
        assert (source.state, source.problem.code) == ("stale", "rate-limited")
    assert len(town.anilist.requests) == asked
    await asyncio.sleep(2)
    await box.daemon.restart()  # which does not remember what was said to the one before
    (source,) = (await user.remote.watchlist()).sources
    assert source.state == "ok"


async def test_an_episode_is_had_from_the_kept_list_while_anilist_is_down(town, box):
    user, show = await box.somebody(), await town.show()
    await outdated(box)
    await user.remote.watchlist()
    await user.remote.releases("anilist", show.entry)  # so that its relatives are known
    await outdated(box)
    async with broken(town.anilist, town.anilist_gate, "refuse", {}):
        assert (await user.get(show)).state == "done"


async def test_an_anilist_that_hangs_is_given_up_in_time(town, box):
    user, show = await box.somebody(), await town.show()
    started = time.monotonic()
    async with broken(town.anilist, town.anilist_gate, "hang", {}):
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
    assert answer.problem == (504, "timed-out", None, "anilist")
    assert time.monotonic() - started < 20
    assert await box.intents(show) == []
    assert (await user.get(show)).state == "done"


async def test_a_token_taken_back_is_an_expired_link_of_its_user_alone(town, box):
    one, two = await box.user("expiring"), await box.somebody()
    town.anilist.revoke_token(one.token)
    await outdated(box)
    (source,) = (await one.remote.watchlist()).sources
    assert (source.state, source.problem.code) == ("expired", "link-expired")
    before = len(town.anilist.requests)
    (source,) = (await one.remote.watchlist()).sources
    assert source.state == "expired"
    assert len(town.anilist.requests) == before  # a bad token is not tried again
    assert [s.state for s in (await two.remote.watchlist()).sources] == ["ok"]
    await one.remote.link("anilist", {"answer": town.anilist.issue_token(one.at)})
    assert [s.state for s in (await one.remote.watchlist()).sources] == ["ok"]


async def test_progress_waits_for_anilist_over_a_restart(town, box):
    user, show = await box.somebody(), await town.show()
    await outdated(box)
    await user.remote.watchlist()
    async with broken(town.anilist, town.anilist_gate, "refuse", {}):
        marked = await user.remote.progress(ProgressRequest(entry=show.entry, episode=PROGRESS + 1))
        assert (marked.queued, marked.entry.progress) == (True, PROGRESS + 1)
        assert town.anilist.entry(user.at, show.media).progress == PROGRESS
        await box.daemon.kill()
    await box.daemon.start()

    async def written():
        return town.anilist.entry(user.at, show.media).progress == PROGRESS + 1

    await eventually(written, what="the progress at AniList")


# --- Nyaa -----------------------------------------------------------------------------------

NYAA = [
    ("refuse", {}, (503, "unavailable")),
    ("drop", {}, (503, "unavailable")),
    ("status", {"status": 500}, (502, "bad-reply")),
    ("status", {"status": 502}, (502, "bad-reply")),
    ("status", {"status": 503}, (503, "unavailable")),
    ("html200", {}, (502, "bad-reply")),
    ("empty", {}, (502, "bad-reply")),
    ("garbage", {}, (502, "bad-reply")),
    ("cut", {}, (502, "bad-reply")),
    ("redirect_home", {}, (502, "bad-reply")),
    ("challenge", {"retry_after": "1"}, (503, "rate-limited")),
    ("ratelimit", {"retry_after": "1"}, (503, "rate-limited")),
]


@pytest.mark.parametrize(("kind", "fault", "expected"), NYAA)
async def test_while_nyaa_fails_a_search_says_so_and_never_that_there_is_nothing(
    town, box, kind, fault, expected
):
    user, show = await box.somebody(), await town.show()
    async with broken(town.nyaa, town.nyaa_gate, kind, fault):
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
        assert answer.problem == (*expected, "search", "nyaa")
        if expected[0] == 503:
            assert int(answer.headers["Retry-After"]) >= 1
    job = await user.remote.job(answer.body["job"])
    assert (job.state, job.problem.code) == ("failed", expected[1])
    if expected[1] == "rate-limited":
        asked = len(town.nyaa.requests)
        with pytest.raises(ProblemError):
            await user.get(show)
        assert len(town.nyaa.requests) == asked  # nothing is sent meanwhile
        await asyncio.sleep(float(answer.headers["Retry-After"]))
    await user.remote.retry(job.id)
    assert (await user.ended(job.id)).state == "done"
    assert (await box.settled()).clean


async def test_a_nyaa_that_hangs_is_given_up_in_time(town, box):
    user, show = await box.somebody(), await town.show()
    started = time.monotonic()
    async with broken(town.nyaa, town.nyaa_gate, "hang", {}):
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
    assert answer.problem == (504, "timed-out", "search", "nyaa")
    assert time.monotonic() - started < 20
    assert (await user.get(show)).state == "done"


async def test_an_indexer_that_answers_and_has_nothing_is_another_thing(town, box):
    user, show = await box.somebody(), await town.show()
    answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry, "episode": 4})
    assert answer.problem == (404, "no-release", "choose", None)
    assert answer.body["releases"] == []
