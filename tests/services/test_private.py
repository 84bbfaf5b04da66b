"""A private indexer: no hashes, keys that nobody sees, trackers of its own, a time of seeding."""

import logging
from datetime import UTC, datetime, timedelta

import attrs
import msgspec
import pytest
from bencode2 import bencode
from tortoise.connection import get_connections

from uuutd.domain import Secret, TorrentState
from uuutd.errors import Unavailable
from uuutd.metainfo import read_metainfo
from uuutd.services import remover, waiting
from uuutd.store import links, searches
from uuutd.testing.hosts import test_host
from uuutd.testing.private import PrivateConfig, PrivateIndexer, PrivateSite

from .conftest import SHOW, make_user
from .tools import forget_searches, get, mended, one_database, settled, until

TITLE = "[Kagami] Yoru no Toshokan - 05 (1080p).mkv"
TRACKER = "http://tracker.invalid/announce"


def torrent(title, *, private=True):
    """Return a ``.torrent`` file."""
    info = {"length": 5, "name": title, "piece length": 16384, "pieces": b"x" * 20}
    if private:
        info["private"] = 1
    raw = {key.encode(): info[key] for key in sorted(info)}
    return bencode({b"announce": TRACKER.encode(), b"info": raw})


INFO_HASH = read_metainfo(torrent(TITLE)).info_hash


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Remove at once, and look often."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))
    monkeypatch.setattr(remover, "LOOKS_AT_SEEDING_EVERY", 0.01)


@pytest.fixture
async def site():
    async with PrivateSite() as site:
        site.add(TITLE, torrent(TITLE))
        yield site


@pytest.fixture
async def world(world, site, tmp_path):
    async with test_host(tmp_path / "private", "main") as host:
        config = PrivateConfig(url=site.url, key=Secret(site.key), min_seed_minutes=60)
        yield attrs.evolve(world, indexer=PrivateIndexer(config, host))


@pytest.fixture
def boot(boot, world):
    """Let the daemon know the settings of the indexer, too."""

    class Boot:
        def __init__(self):
            self._made = boot()

        async def __aenter__(self):
            box = await self._made.__aenter__()
            instance = box.services.instances.indexers["main"]
            instance._table = attrs.evolve(instance._table, settings=world.indexer.config)
            return box

        async def __aexit__(self, *error):
            return await self._made.__aexit__(*error)

    return Boot


def given(box, monkeypatch):
    """Return what the client is given from now on."""
    sources, real = [], box.world.client.add

    async def add(source, **named):
        sources.append(source)
        return await real(source, **named)

    monkeypatch.setattr(box.world.client, "add", add)
    return sources


async def everything_written():
    """Return all that stands in the database, as text."""
    (connection,) = get_connections().all()
    written = []
    for table in ("intents", "torrents", "links", "link_episodes", "notices"):
        written += await connection.execute_query_dict(f"SELECT * FROM {table}")
    for row in await connection.execute_query_dict("SELECT content FROM searches"):
        written.append(searches.unpack(bytes(row["content"])))
    return repr([row if not hasattr(row, "keys") else dict(row) for row in written])


async def test_an_episode_without_a_hash_is_had_and_its_keys_are_seen_by_nobody(
    box, user, site, monkeypatch, caplog
):
    caplog.set_level(logging.DEBUG, "uuutd")
    sources = given(box, monkeypatch)
    async with box.services.events.subscribe(user.id, None) as stream:
        job = await get(box, user)
        assert (job.state, job.torrent) == ("done", INFO_HASH)
        await box.services.reconciler.once()
        box.services.events.publish("end", None)
        events = []
        async for event in stream:
            if event.name == "end":
                break
            events.append(event.data.decode())
    (source,) = sources
    assert source.trackers == ()  # none but those of the file
    assert read_metainfo(source.metainfo).trackers == (f"{TRACKER}?passkey={site.passkey}",)
    assert read_metainfo(source.metainfo).private
    choice = await box.services.releases.choice(user, "main", SHOW, 5)
    why = await box.services.searches.why(user, "main", SHOW, 5, replay=True)
    jobs = await box.services.jobs.list(user)
    raw = await box.services.releases.search("toshokan")
    shown = b"".join(map(msgspec.json.encode, (choice, why, jobs, raw))).decode()
    assert TITLE in shown
    written = await everything_written()
    assert TITLE in written
    for secret in (site.key, site.passkey):
        for text in (shown, written, caplog.text, *events):
            assert secret not in text


async def test_a_key_that_is_refused_is_said_and_not_repeated(box, user, site, caplog):
    site.key = "another"
    failed = await get(box, user)
    assert failed.problem.code == "login-failed"
    assert "key-of-a-member" not in f"{failed} {caplog.text}"
    asked = len(site.requests)
    await get(box, user)
    assert len(site.requests) == asked  # the administrator must act


@one_database
async def test_a_public_torrent_without_a_hash_keeps_the_trackers_of_both(
    box, user, site, monkeypatch
):
    site._offers.clear()
    site.add(TITLE, torrent(TITLE, private=False))
    real = box.world.indexer._release
    extra = "http://public.invalid/announce"
    monkeypatch.setattr(
        box.world.indexer, "_release", lambda item: attrs.evolve(real(item), trackers=(extra,))
    )
    sources = given(box, monkeypatch)
    assert (await get(box, user)).state == "done"
    assert sources[0].trackers == (extra,)
    forget_searches(box)


# --- seeding --------------------------------------------------------------------------------


def finished(box, *, ago):
    """Let the torrent have been finished some time ago."""
    row = box.world.client.rows[INFO_HASH]
    done = datetime.now(UTC) - ago
    box.world.client._put(
        attrs.evolve(row, progress=1.0, state=TorrentState.SEEDING, completed_at=done)
    )


async def held(box, user, job_id):
    """Wait until a removal is held back, and return the job."""

    async def look():
        found = await box.services.jobs.get(user, job_id)
        return "seeded until" in (found.steps[0].detail or "") and found

    return await until(look)


async def begin_removal(box, user):
    return (await box.services.jobs.remove(user, INFO_HASH, delete_files=True)).id


async def owned(user):
    return {link.info_hash for link in await links.of_user(user.id)}


async def test_a_removal_waits_until_the_torrent_was_seeded_long_enough(box, user):
    await get(box, user)
    finished(box, ago=timedelta(minutes=59))
    job = await begin_removal(box, user)
    found = await held(box, user, job)
    assert (found.state, found.problem) == ("running", None)
    assert await owned(user) == set()  # gone from the list at once
    assert INFO_HASH in box.world.client.rows
    finished(box, ago=timedelta(minutes=61))
    await settled(box, user)
    assert INFO_HASH not in box.world.client.rows
    assert (await box.services.jobs.get(user, job)).state == "done"


async def test_meanwhile_it_can_be_undone_and_a_restart_changes_nothing(boot, world):
    async with boot() as box:
        user = await make_user(box)
        await get(box, user)
        finished(box, ago=timedelta(0))
        job = await begin_removal(box, user)
        await held(box, user, job)
        await box.crash()
    async with boot() as box:
        await box.services.reconciler.once()
        await held(box, user, job)
        assert INFO_HASH in world.client.rows
        assert (await box.services.jobs.cancel(user, job)).state == "cancelled"
        assert await owned(user) == {INFO_HASH}
        assert world.client.gate.count("remove") == 0


async def test_what_never_was_finished_goes_at_once(box, user):
    await get(box, user)
    box.world.client.download(INFO_HASH, 0.9)
    await begin_removal(box, user)
    await settled(box, user)
    assert INFO_HASH not in box.world.client.rows


async def test_while_somebody_else_keeps_it_nobody_has_to_wait(box, user):
    other = await make_user(box, "other")
    await get(box, user)
    await get(box, other)
    finished(box, ago=timedelta(0))
    await begin_removal(box, user)
    await settled(box, user)
    assert (await owned(user), await owned(other)) == (set(), {INFO_HASH})
    job = await begin_removal(box, other)
    await held(box, other, job)
    assert INFO_HASH in box.world.client.rows


@one_database
async def test_a_client_that_is_away_is_asked_again(box, user):
    await get(box, user)
    finished(box, ago=timedelta(minutes=59))
    box.world.client.gate.failing["torrents"] = Unavailable("It is away.")
    job = await begin_removal(box, user)
    await until(lambda: box.world.client.gate.count("torrents") >= 3)
    assert (await box.services.jobs.get(user, job)).state == "running"
    await mended(box)
    await held(box, user, job)
    assert INFO_HASH in box.world.client.rows
