"""Watchlists: the last good list stays, progress is written when asked for, and only then."""

from datetime import timedelta

import pytest

from uuutd.domain import EntryId, ListStatus
from uuutd.errors import Invalid, LinkExpired, LinkReadOnly, NotLinked, Unavailable
from uuutd.services import watchlists
from uuutd.wire import ProgressRequest

from .conftest import SHOW, entry, make_user
from .test_jobs import get

ALL = frozenset({ListStatus.CURRENT, ListStatus.REPEATING})


@pytest.fixture
def always_stale(monkeypatch):
    monkeypatch.setattr(watchlists, "FRESH_FOR", timedelta(0))


async def test_the_list_is_asked_for_once_while_it_is_fresh(box, user):
    first = await box.services.watchlists.view(user, ALL)
    second = await box.services.watchlists.view(user, ALL)
    assert first == second
    assert box.world.watchlist.gate.count("watching") == 1
    (shown,) = first.entries
    assert (shown.id, shown.next_episode, shown.available, shown.state) == (SHOW, 5, True, "ready")
    assert shown.work == "mal:500"


async def test_a_provider_that_is_down_leaves_the_last_list_with_its_age(box, user, always_stale):
    before = await box.services.watchlists.view(user, ALL)
    box.world.watchlist.gate.failing["watching"] = Unavailable("No route.", retry_after=30)
    after = await box.services.watchlists.view(user, ALL)
    assert after.entries == before.entries
    (source,) = after.sources
    assert (source.state, source.problem.code, source.problem.backend) == (
        "stale",
        "unavailable",
        "main",
    )
    assert source.synced_at == before.sources[0].synced_at


async def test_an_expired_link_is_said_and_the_list_stays(box, user, always_stale):
    await box.services.watchlists.view(user, ALL)
    box.world.watchlist.gate.failing["watching"] = LinkExpired("No longer.")
    after = await box.services.watchlists.view(user, ALL)
    assert (after.sources[0].state, len(after.entries)) == ("expired", 1)
    (link,) = await box.services.accounts.links(user)
    assert link.state == "expired"
    calls = box.world.watchlist.gate.count("watching")
    await box.services.watchlists.view(user, ALL)
    assert box.world.watchlist.gate.count("watching") == calls


async def test_a_list_that_shrank_deletes_nothing(box, user, always_stale):
    job = await get(box, user)
    box.world.watchlist.entries.clear()
    assert (await box.services.watchlists.view(user, ALL)).entries == ()
    (row,) = (await box.services.torrents.view(user)).torrents
    assert row.hash == job.torrent


async def test_states_follow_the_torrent_and_the_air_dates(box, user, always_stale):
    async def state():
        (shown,) = (await box.services.watchlists.view(user, ALL)).entries
        return shown.state

    assert await state() == "ready"
    job = await get(box, user)
    assert await state() == "downloading"
    box.world.client.download(job.torrent)
    await box.services.torrents.row(user, job.torrent)
    assert await state() == "on_disk"
    box.world.watchlist.entries[SHOW] = entry(progress=6)
    assert await state() == "unaired"
    box.world.watchlist.entries[SHOW] = entry(progress=12)
    assert await state() == "done"


@pytest.mark.parametrize(("aired", "state"), [(5, "none"), (6, "late")])
async def test_nothing_found_shows_on_the_card(box, user, aired, state):
    box.world.watchlist.entries[SHOW] = entry(aired=aired)
    box.world.indexer.releases = []
    await get(box, user)
    (shown,) = (await box.services.watchlists.view(user, ALL)).entries
    assert shown.state == state


async def test_progress_is_written_when_the_user_says_so_and_never_otherwise(box, user):
    job = await get(box, user)
    box.world.client.download(job.torrent)
    await box.services.torrents.view(user)
    assert box.world.watchlist.gate.count("set_progress") == 0
    shown, queued = await box.services.watchlists.set_progress(
        user, ProgressRequest(entry=SHOW, episode=5)
    )
    assert (shown.progress, shown.next_episode, queued) == (5, 6, False)
    assert box.world.watchlist.entries[SHOW].progress == 5


async def test_progress_waits_while_the_provider_is_down(box, user, always_stale):
    await box.services.watchlists.view(user, ALL)
    box.world.watchlist.gate.failing["set_progress"] = Unavailable("No route.")
    shown, queued = await box.services.watchlists.set_progress(
        user, ProgressRequest(entry=SHOW, episode=5)
    )
    assert (shown.progress, queued) == (5, True)
    (listed,) = (await box.services.watchlists.view(user, ALL)).entries
    assert listed.progress == 5
    box.world.watchlist.gate.failing.clear()
    await box.services.watchlists.send_progress()
    assert box.world.watchlist.entries[SHOW].progress == 5
    await box.services.watchlists.send_progress()
    assert box.world.watchlist.gate.count("set_progress") == 2


async def test_a_read_only_link_cannot_be_written(box, user):
    await box.services.accounts.link(user, "main", {"username": "somebody"})
    with pytest.raises(LinkReadOnly):
        await box.services.watchlists.set_progress(user, ProgressRequest(entry=SHOW, episode=5))


@pytest.mark.parametrize("episode", [-1, 13])
async def test_progress_beyond_the_show_is_refused(box, user, episode):
    with pytest.raises(Invalid):
        await box.services.watchlists.set_progress(
            user, ProgressRequest(entry=SHOW, episode=episode)
        )


async def test_without_a_link_there_is_no_list(box):
    await box.services.signups.add_user("nobody", "a lantern over the sea", role="user")
    stranger = await make_user(box, "somebody")
    await box.services.accounts.unlink(stranger, "main")
    assert (await box.services.watchlists.view(stranger, ALL)).entries == ()
    with pytest.raises(NotLinked):
        await box.services.watchlists.locate(stranger.id, None, SHOW)


async def test_an_entry_lists_its_episodes(box, user):
    detail = await box.services.watchlists.entry(user, "main", EntryId(SHOW))
    assert detail.episode_count == 12
    states = {episode.number: episode.state for episode in detail.episodes}
    assert (states[4], states[5], states[7]) == ("watched", "ready", "unaired")
