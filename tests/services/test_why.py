"""Why a release was taken or not: every search is kept, explained and judged again."""

import asyncio
import zlib
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from uuutd.domain import Adjustment, EntryId, Wanted, WorkId
from uuutd.domain import Taste as Usual
from uuutd.errors import Busy, NoSpace, NotFound
from uuutd.services import searches
from uuutd.store import searches as stored
from uuutd.store import users
from uuutd.store.records import Findings, Search
from uuutd.store.tables import SearchRow, UserRow
from uuutd.wire import DownloadRequest

from .conftest import SHOW, entry, make_user, release
from .tools import WITHIN, fail_once, get, one_database, until

GOOD = "[Kagami] Yoru no Toshokan - 05 (1080p).mkv"
SMALL = "[Kagami] Yoru no Toshokan - 05 (720p).mkv"
WRONG = "[Kagami] Yoru no Toshokan - 04v2 (1080p) [Multiple Subtitle].mkv"
STRANGE = "[Kagami] Asa no Machi - 05 (1080p).mkv"


@pytest.fixture(autouse=True)
def offers(world):
    world.indexer.releases = [release(title) for title in (STRANGE, WRONG, SMALL, GOOD)]


async def why(box, user, episode=5, *, show=SHOW, replay=False):
    return await box.services.searches.why(user, "main", show, episode, replay=replay)


async def look(box, user, episode=5):
    return await box.services.releases.choice(user, "main", SHOW, episode)


async def kept():
    return await SearchRow.all().order_by("id")


# --- what is told ---------------------------------------------------------------------------


async def test_a_download_can_be_explained(box, user):
    before = datetime.now(UTC)
    job = await get(box, user)
    told = await why(box, user)
    assert (told.job, told.taken, told.best) == (job.id, job.release.id, job.release.id)
    assert before <= told.searched_at <= datetime.now(UTC)
    assert (told.rules, told.found, told.replay) == ("same", 4, None)
    assert (told.wanted.entry, told.wanted.episode) == (SHOW, 5)
    assert told.wanted.title == "Yoru no Toshokan"
    assert any("Yoru no Toshokan" in query for query in told.queries)
    assert [r.title for r in told.releases[:2]] == [GOOD, SMALL]
    assert {r.title for r in told.releases[2:]} == {WRONG, STRANGE}
    best = told.releases[0]
    assert best.score == sum(reason.points for reason in best.reasons) > 0
    assert "1080p" in [reason.text for reason in best.reasons]


async def test_each_name_is_told_as_it_was_read(box, user):
    await get(box, user)
    told = {r.title: r for r in (await why(box, user)).releases}
    good = told[GOOD].reading
    assert (good.group, good.resolution, good.episodes) == ("Kagami", "1080p", (5, 5))
    assert (good.version, good.season, good.multi, good.dub) == (1, None, False, None)
    wrong = told[WRONG].reading
    assert (wrong.version, wrong.episodes, wrong.multi) == (2, (4, 4), True)
    assert [r.code for r in told[WRONG].rejections] == ["R2"]
    assert told[STRANGE].reading is None
    assert [r.code for r in told[STRANGE].rejections] == ["R1"]


async def test_looking_shows_and_keeps_the_same(box, user):
    shown = await look(box, user)
    told = await why(box, user)
    assert (told.job, told.taken) == (None, None)
    assert (told.best, told.releases) == (shown.best, shown.releases)
    assert (told.wanted, told.queries) == (shown.wanted, shown.queries)


async def test_a_job_for_which_nothing_fits_says_where_to_look(box, user):
    box.world.indexer.releases = [release(WRONG), release(STRANGE)]
    job = await get(box, user)
    assert (job.state, job.problem.code) == ("failed", "no-release")
    assert f"uuut why main:{SHOW} 5" in job.problem.hint
    told = await why(box, user)
    assert (told.job, told.taken, told.best) == (job.id, None, None)
    assert all(r.rejections for r in told.releases)
    assert {r.id for r in told.releases} == {r.id for r in job.problem.releases}


async def test_a_release_that_was_picked_is_told_apart_from_the_best(box, user):
    shown = await look(box, user)
    request = DownloadRequest(entry=SHOW, release=shown.releases[1].id)
    job = await get(box, user, request)
    told = await why(box, user)
    assert (told.job, told.taken, told.best) == (job.id, shown.releases[1].id, shown.best)


async def test_who_only_looked_later_does_not_hide_what_a_job_did(box, user):
    job = await get(box, user)
    box.world.indexer.releases = []
    box.services.releases._searches.clear()
    assert (await look(box, user)).releases == ()
    assert (await why(box, user)).job == job.id


async def test_without_an_episode_it_is_the_last_one_that_was_searched_for(box, user):
    await get(box, user)
    await look(box, user, 6)
    assert (await why(box, user, None)).wanted.episode == 6
    assert (await why(box, user)).wanted.episode == 5


async def test_without_a_search_there_is_nothing_to_tell(box, user):
    with pytest.raises(NotFound, match="No search for episode 5"):
        await why(box, user)
    with pytest.raises(NotFound, match="No search for this show"):
        await why(box, user, None)
    await get(box, user)
    with pytest.raises(NotFound):
        await why(box, user, 6)
    with pytest.raises(NotFound):
        await why(box, user, show=EntryId("101"))


async def test_nobody_sees_another_ones_search(box, user):
    other = await make_user(box, "yuna")
    await get(box, user)
    for episode in (5, None):
        with pytest.raises(NotFound):
            await why(box, other, episode)
    mine = await get(box, other)
    assert (await why(box, other)).job == mine.id
    assert (await why(box, user)).job != mine.id


async def test_it_goes_with_its_user(box, user):
    await get(box, user)
    await why(box, user)
    await UserRow.filter(id=user.id).delete()
    assert await users.find(user.name) is None
    assert await kept() == []


@one_database
async def test_no_passkey_is_kept(box, user):
    secret = "f00dfeedf00dfeed"
    box.world.indexer.releases = [
        release(
            GOOD,
            trackers=(f"http://tracker.invalid/{secret}/announce",),
            torrent_url=f"http://indexer.invalid/1.torrent?passkey={secret}",
        )
    ]
    await look(box, user)
    told = await why(box, user)
    (row,) = await kept()
    assert secret.encode() not in zlib.decompress(row.content)
    assert told.releases == (await look(box, user)).releases


# --- judging again --------------------------------------------------------------------------


async def test_the_same_rules_come_to_the_same_end(box, user):
    await get(box, user)
    told = await why(box, user, replay=True)
    assert told.rules == "same"
    assert (told.replay.same, told.replay.best) == (True, told.best)
    assert told.replay.differences == ()


async def test_other_rules_are_known_as_such_and_say_what_they_change(box, user):
    await get(box, user)
    first = await why(box, user)

    def strict(wanted, offer, taste, verdict):
        return Adjustment(refuse=offer.title == GOOD, reason="no more of these")

    box.services.searches._judges = (("strict", strict),)
    told = await why(box, user, replay=True)
    assert attrs.evolve(told, replay=None, rules="same") == first
    assert told.rules == "changed"
    assert (told.replay.same, told.replay.best) == (False, told.releases[1].id)
    changed = {each.title: each for each in told.replay.differences}
    assert changed[GOOD].before.rejections == ()
    assert changed[GOOD].before.reasons == told.releases[0].reasons
    assert [r.text for r in changed[GOOD].after.rejections] == ["strict: no more of these"]
    assert {WRONG, STRANGE}.isdisjoint(changed)
    assert len(await kept()) == 1


@one_database
async def test_what_another_version_stored_is_no_crash(box, user):
    await get(box, user)
    await why(box, user)
    for content in (b"", b"{}", zlib.compress(b"{}"), zlib.compress(b"\xff")):
        await SearchRow.all().update(content=content)
        with pytest.raises(NotFound, match="another version"):
            await why(box, user)


# --- it is in nobody's way ------------------------------------------------------------------


ERRORS = [Busy("Held.", retry_after=1), NoSpace("Full."), ValueError("a bug")]


@one_database
@pytest.mark.parametrize("error", ERRORS)
async def test_a_search_that_cannot_be_kept_disturbs_no_download(box, user, monkeypatch, error):
    monkeypatch.setattr(searches, "WRITE_AFTER", 0)
    fail_once(monkeypatch, stored, "add", error)
    job = await get(box, user)
    assert job.state == "done"
    with pytest.raises(NotFound):
        await why(box, user)
    await look(box, user)
    assert (await why(box, user)).best == job.release.id


@one_database
@pytest.mark.parametrize("error", ERRORS)
async def test_those_behind_one_that_cannot_be_kept_are(box, user, monkeypatch, caplog, error):
    for number in (1, 2, 3):
        await look(box, user, number)
    fail_once(monkeypatch, stored, "add", error)
    assert (await why(box, user, 3)).wanted.episode == 3
    assert [row.episode for row in await kept()] == [2, 3]
    assert str(error) in caplog.text


@one_database
async def test_no_download_waits_for_a_search_to_be_kept(box, user, monkeypatch):
    monkeypatch.setattr(searches, "WRITE_AFTER", 0)
    held, came = asyncio.Event(), asyncio.Event()
    real = stored.add

    async def slow(*args):
        came.set()
        await held.wait()
        await real(*args)

    monkeypatch.setattr(stored, "add", slow)
    await look(box, user)
    await asyncio.wait_for(came.wait(), WITHIN)
    job = await get(box, user)
    assert job.state == "done"
    assert await kept() == []
    held.set()
    assert (await why(box, user)).job == job.id
    assert len(await kept()) == 2


@one_database
async def test_what_nobody_asks_for_is_written_all_the_same(box, user, monkeypatch):
    monkeypatch.setattr(searches, "WRITE_AFTER", 0.01)
    await get(box, user)
    await until(kept)


@one_database
async def test_many_are_written_at_once_and_no_more_than_can_wait(box, user, monkeypatch):
    monkeypatch.setattr(searches, "WRITE_AFTER", 60.0)
    monkeypatch.setattr(searches, "WRITE_AT", 3)
    monkeypatch.setattr(searches, "MOST_WAITING", 4)
    held, came = asyncio.Event(), asyncio.Event()
    real = stored.add

    async def slow(*args):
        came.set()
        await held.wait()
        await real(*args)

    monkeypatch.setattr(stored, "add", slow)
    for number in (1, 2):
        await look(box, user, number)
    assert not came.is_set()
    await look(box, user, 3)
    await asyncio.wait_for(came.wait(), WITHIN)
    for number in (4, 5, 6, 7):  # the third and fourth of these find four waiting
        await look(box, user, number)
    held.set()
    await why(box, user, None)
    assert [row.episode for row in await kept()] == [1, 2, 3, 4, 5]


# --- keeping little -------------------------------------------------------------------------


def old(user, number=1, *, job=None, days=0):
    return Search(
        user_id=user.id,
        provider="main",
        entry=SHOW,
        work=WorkId("mal:500"),
        episode=number,
        searched_at=datetime.now(UTC) - timedelta(days=days),
        rules="r",
        job=job,
    )


async def fill(*made):
    content = stored.pack(
        Findings(
            wanted=Wanted(work=entry().work, episode=1),
            taste=Usual(),
            entry=entry(),
            queries=(),
            found=0,
            candidates=(),
            failures=(),
        )
    )
    for search in made:
        await stored.add(search, content)


async def test_the_last_searches_of_each_episode_are_kept(box, user):
    other = await make_user(box, "yuna")
    of_jobs = [old(user, job=f"j{number}") for number in range(5)]
    await fill(*of_jobs, *[old(user)] * 5, old(user, 2), old(other))
    await box.services.searches.prune()
    rows = await kept()
    mine = [row for row in rows if row.user_id == user.id and row.episode == 1]
    assert [row.job for row in mine] == ["j2", "j3", "j4", None, None, None]
    assert len(rows) == len(mine) + 2


async def test_a_user_has_so_many_and_old_ones_go(box, user, monkeypatch):
    monkeypatch.setattr(stored, "KEPT_OF_USER", 4)
    other = await make_user(box, "yuna")
    await fill(*(old(user, number) for number in range(1, 7)), old(other, days=91), old(other, 2))
    await box.services.searches.prune()
    assert [(r.user_id, r.episode) for r in await kept()] == [
        *((user.id, number) for number in range(3, 7)),
        (other.id, 2),
    ]


@one_database
async def test_reconciliation_forgets_some_at_a_time_and_looks_no_oftener_than_needed(
    box, user, monkeypatch
):
    monkeypatch.setattr(stored, "PRUNED_AT_ONCE", 3)
    await fill(*[old(user)] * 8)
    counts = []
    for _ in range(3):
        await box.services.reconciler.once()
        counts.append(len(await kept()))
    assert counts == [5, 3, 3]
    await fill(*[old(user)] * 3)
    await box.services.reconciler.once()
    assert len(await kept()) == 6  # nothing new came this way, so it did not look
    await look(box, user)
    await why(box, user)
    await box.services.reconciler.once()
    assert len(await kept()) == 4


@one_database
async def test_of_very_many_releases_the_best_are_kept(box, user, monkeypatch):
    monkeypatch.setattr("uuutd.services.findings.MOST_CANDIDATES", 3)
    await look(box, user)
    told = await why(box, user, replay=True)
    assert (told.found, len(told.releases)) == (4, 3)
    assert [r.title for r in told.releases[:2]] == [GOOD, SMALL]
    assert told.replay.same
