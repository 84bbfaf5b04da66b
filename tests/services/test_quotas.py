"""Quotas: how many torrents somebody may have, and how many they may begin in an hour."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from uuutd.errors import AddsThrottled, QuotaReached
from uuutd.store import blocks
from uuutd.store.tables import IntentRow
from uuutd.testing.fakes import fake_hash
from uuutd.wire import AccountChanges, AddTorrentRequest, DownloadRequest, QuotaSetting

from .conftest import SHOW, make_user
from .tools import get, intent_for, remove

HOUR = timedelta(hours=1)


async def allow(box, user, *, torrents=None, adds_per_hour=None):
    quota = QuotaSetting(torrents=torrents, adds_per_hour=adds_per_hour)
    await box.services.administration.change(None, user.id, AccountChanges(quota=quota))


async def add(box, user, name):
    request = AddTorrentRequest(source=fake_hash(name))
    return await box.services.jobs.add(user, request)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


async def test_many_at_once_stay_under_the_limit(box, user):
    await allow(box, user, torrents=3)
    heard = await asyncio.gather(
        *(add(box, user, f"torrent {number}") for number in range(12)), return_exceptions=True
    )
    refused = [each for each in heard if isinstance(each, QuotaReached)]
    assert (len(heard) - len(refused), len(box.world.client.rows)) == (3, 3)


async def test_many_at_once_begin_no_more_than_they_may_in_an_hour(box, user):
    await allow(box, user, adds_per_hour=2)
    heard = await asyncio.gather(
        *(add(box, user, f"torrent {number}") for number in range(8)), return_exceptions=True
    )
    refused = [each for each in heard if isinstance(each, AddsThrottled)]
    assert len(refused) == 6
    assert all(0 < each.retry_after <= HOUR.total_seconds() for each in refused)
    await IntentRow.all().update(created_at=datetime.now(UTC) - HOUR)
    await add(box, user, "after an hour")


async def test_downloads_of_episodes_count_and_joining_one_does_not(box, user):
    await allow(box, user, torrents=1, adds_per_hour=1)
    jobs = {(await get(box, user)).id for _ in range(3)}
    assert len(jobs) == 1
    with pytest.raises(QuotaReached):
        await box.services.jobs.download(
            user, DownloadRequest(entry=SHOW, episode=6), idempotency_key="k"
        )


async def test_what_was_removed_makes_room(box, user):
    await allow(box, user, torrents=1)
    await add(box, user, "first")
    with pytest.raises(QuotaReached):
        await add(box, user, "second")
    await add(box, user, "first")  # is there already: that takes nothing
    await remove(box, user, fake_hash("first"))
    await add(box, user, "second")


async def test_a_failed_job_is_tried_again_only_if_there_is_room(box, user):
    kept, box.world.indexer.releases = box.world.indexer.releases, []
    failed = await get(box, user)
    assert failed.state == "failed"
    box.world.indexer.releases = kept
    await allow(box, user, torrents=1)
    await add(box, user, "first")
    with pytest.raises(QuotaReached):
        await box.services.jobs.retry(user, failed.id)
    assert (await box.services.jobs.get(user, failed.id)).state == "failed"


async def test_a_release_that_follows_another_waits_for_its_hour(box, user):
    stalled = intent_for(user, 5, fake_hash("stalled"))
    follower = intent_for(
        user, 6, fake_hash("follower"), request={"replaces": "x", blocks.STALLED: "no seeders"}
    )
    await allow(box, user, torrents=0, adds_per_hour=0)
    assert await blocks.begin(follower, stalled, ()) is None
    assert await IntentRow.all().count() == 0
    await allow(box, user, torrents=0, adds_per_hour=1)
    assert await blocks.begin(follower, stalled, ()) == follower


async def test_nobody_else_is_held_back(box, user):
    other = await make_user(box, "other")
    await allow(box, user, torrents=0)
    await add(box, other, "theirs")
