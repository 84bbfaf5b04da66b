"""AniList says that it is switched off: what is known is served, and what is said waits."""

import contextlib

import pytest

from uuutd.wire import ProgressRequest

from .outside import eventually
from .places import Kinds
from .shows import PROGRESS

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(Kinds("libtorrent", "sqlite")),
]

SENTENCE = "The AniList API has been temporarily disabled"


@contextlib.contextmanager
def switched_off(town):
    """Let AniList refuse everything for the block."""
    town.anilist.fail("disabled", 1000)
    try:
        yield
    finally:
        town.anilist.heal()


async def forgotten(box, *, known=True):
    """Make the kept watchlists too old to be served without asking, or forget them."""
    age = "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '-1 hour')"
    change = f"synced_at = {age}" if known else "synced_at = NULL, entries = NULL"
    await box.database.execute(f"UPDATE accounts SET {change}")


async def tried_again(user):
    """Try AniList again as the administrator can, and return how it is."""
    answer = await user.ask("POST", "backends/watchlist/anilist/check")
    assert answer.status == 200
    return answer.body


def writes(town):
    """Return the progress that AniList was told, in the order in which it took it."""
    return [
        request.variables
        for request in town.anilist.requests
        if request.status == 200 and request.fields == ("SaveMediaListEntry",)
    ]


async def test_the_kept_list_is_served_with_its_age_and_what_is_wrong(town, box):
    user, show = await box.somebody(), await town.show()
    await forgotten(box)
    fresh = await user.remote.watchlist()
    await user.remote.releases("anilist", show.entry)  # so that its relatives are known
    await forgotten(box)
    with switched_off(town):
        asked = len(town.anilist.requests)
        for _ in range(3):
            stale = await user.remote.watchlist()
            (source,) = stale.sources
            assert (source.state, source.problem.code) == ("stale", "unavailable")
            assert source.problem.backend == "anilist"
            assert SENTENCE in source.problem.detail
            assert source.problem.retry_after > 0
            assert source.synced_at == stale.synced_at < fresh.synced_at
            assert {e.id for e in stale.entries} == {e.id for e in fresh.entries}
        assert len(town.anilist.requests) == asked + 1  # what it said is remembered
        assert (await user.get(show)).state == "done"  # the list that is kept will do
        assert (await tried_again(user))["state"] == "down"
        assert len(town.anilist.requests) == asked + 2
    assert (await tried_again(user))["state"] == "ready"
    again = await user.remote.watchlist()
    assert [source.state for source in again.sources] == ["ok"]
    assert again.synced_at > stale.synced_at


async def test_without_a_kept_list_it_is_said_that_there_is_none(town, box):
    user, show = await box.somebody(), await town.show()
    await forgotten(box, known=False)
    asking = {"json": {"entry": show.entry}}
    with switched_off(town):
        empty = await user.remote.watchlist()
        (source,) = empty.sources
        assert (source.state, source.problem.code) == ("stale", "unavailable")
        assert (empty.entries, empty.synced_at, source.synced_at) == ((), None, None)
        for method, path, request in (
            ("GET", f"watchlist/anilist/{show.entry}", {}),
            ("GET", f"watchlist/anilist/{show.entry}/releases", {}),
            ("POST", "watchlist/download", asking),
            ("POST", "watchlist/progress", {"json": {"entry": show.entry, "episode": 3}}),
        ):
            answer = await user.ask(method, path, **request)
            assert answer.problem == (503, "unavailable", None, "anilist")
            assert SENTENCE in answer.body["detail"]
            assert int(answer.headers["Retry-After"]) >= 1
        assert await box.intents(show) == []
    assert (await tried_again(user))["state"] == "ready"
    assert (await user.ask("GET", f"watchlist/anilist/{show.entry}")).status == 200
    assert (await user.get(show)).state == "done"


async def test_progress_waits_and_is_told_once(town, box):
    user, show = await box.somebody(), await town.show()
    await forgotten(box)
    await user.remote.watchlist()
    before = len(writes(town))
    with switched_off(town):
        for episode in (PROGRESS + 1, PROGRESS + 2):
            marked = await user.remote.progress(ProgressRequest(entry=show.entry, episode=episode))
            assert (marked.queued, marked.entry.progress) == (True, episode)
        await forgotten(box)
        (shown,) = [e for e in (await user.remote.watchlist()).entries if e.id == show.entry]
        assert shown.progress == PROGRESS + 2
        assert writes(town)[before:] == []
    await box.daemon.kill()
    await box.daemon.start()  # it tells what waits at its start, and every minute

    async def told():
        return town.anilist.entry(user.at, show.media).progress == PROGRESS + 2

    async def nothing_waits():
        return not await box.database.rows("SELECT * FROM unsent_progress")

    await eventually(told, what="the progress at AniList")
    await eventually(nothing_waits, what="the end of waiting")
    marked = await user.remote.progress(ProgressRequest(entry=show.entry, episode=PROGRESS + 3))
    assert not marked.queued  # and the next one goes out at once
    assert [each["progress"] for each in writes(town)[before:]] == [PROGRESS + 2, PROGRESS + 3]
