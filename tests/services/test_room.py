"""No download begins on a disk that is nearly full; what waits goes on when there is room."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import attrs
import pytest

from uuutd.config import BackendTable, Disk
from uuutd.errors import NoSpace, Refused
from uuutd.instances import Instances
from uuutd.metrics import Metrics
from uuutd.services import room, waiting
from uuutd.services.room import Room
from uuutd.tasks import Tasks
from uuutd.testing.fakes import FakeClient
from uuutd.wire import AddTorrentRequest, DownloadRequest

from .conftest import SHOW, release
from .tools import ASK, WITHIN, ended, get, one_database, remove, until

GIB = 1 << 30


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Look at the disk each time, try again soon, and remove at once."""
    monkeypatch.setattr(room, "LOOKS_AT_DISK_EVERY", 0.0)
    monkeypatch.setattr("uuutd.services.runner.LOOKS_AT_DISK_EVERY", 0.01)
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


def alarms(box):
    (client,) = [b for b in box.services.instances.replies().backends if b.kind == "client"]
    return [alarm.code for alarm in client.alarms]


async def test_a_new_download_is_refused_and_says_why(box, user):
    box.world.client.free = GIB
    with pytest.raises(NoSpace, match=r"1\.0 GiB are free where main .* 2\.0 GiB"):
        await box.services.jobs.download(user, ASK, idempotency_key=None)
    with pytest.raises(NoSpace):
        await box.services.jobs.add(user, AddTorrentRequest(source="c" * 40))
    assert (await box.services.jobs.list(user)).jobs == ()
    assert box.world.client.added == []
    assert alarms(box) == ["disk-full"]
    box.world.client.free = 3 * GIB
    assert (await get(box, user)).state == "done"
    assert alarms(box) == []


async def test_what_is_there_is_there_on_a_full_disk_as_well(box, user):
    first = await get(box, user)
    await box.services.jobs.add(user, AddTorrentRequest(source="c" * 40))
    box.world.client.free = 0
    assert (await get(box, user)).id == first.id
    _, new = await box.services.jobs.add(user, AddTorrentRequest(source="c" * 40))
    assert not new
    other = release("[Yuki] Yoru no Toshokan - 05 (1080p).mkv")
    box.world.indexer.releases.append(other)
    with pytest.raises(NoSpace):
        await box.services.jobs.download(
            user, DownloadRequest(entry=SHOW, force=True), idempotency_key=None
        )
    await remove(box, user, "c" * 40)
    assert set(box.world.client.rows) == {first.torrent}


async def test_a_job_waits_with_the_reason_and_goes_on_when_there_is_room(box, user):
    async with box.world.indexer.gate.hold("search") as came:
        job = await box.services.jobs.download(user, ASK, idempotency_key=None)
        await asyncio.wait_for(came.wait(), WITHIN)
        box.world.client.free = GIB

    async def waits():
        found = await box.services.jobs.get(user, job)
        return found.problem is not None and found

    found = await until(waits)
    assert (found.state, found.problem.code) == ("running", "no-space")
    (add,) = [step for step in found.steps if step.name == "add"]
    assert add.state == "running"
    assert add.detail.startswith("waiting: Only 1.0 GiB are free")
    assert box.world.client.added == []
    box.world.client.free = 3 * GIB
    assert (await ended(box, user, job)).problem is None
    assert len(box.world.client.added) == 1


async def test_one_that_waits_for_room_goes_on_after_a_restart(boot, world):
    from .conftest import make_user

    async with boot() as box:
        user = await make_user(box)
        async with world.client.gate.hold("free_bytes") as came:
            asking = asyncio.create_task(
                box.services.jobs.download(user, ASK, idempotency_key=None)
            )
            await asyncio.wait_for(came.wait(), WITHIN)
        job = await asking
        world.client.free = 0
        await box.crash()
    async with boot() as box:
        await box.services.reconciler.once()
        if (await box.services.jobs.get(user, job)).state == "running":
            assert world.client.added == []
        world.client.free = None
        assert (await ended(box, user, job)).state == "done"
        assert len(world.client.added) == 1


@one_database
async def test_nobody_waits_long_for_a_client_that_says_nothing(box, user, monkeypatch):
    monkeypatch.setattr(room, "MOMENT", 0.05)
    box.world.client.free = 0
    async with box.world.client.gate.hold("free_bytes") as came:
        job = await asyncio.wait_for(
            box.services.jobs.download(user, ASK, idempotency_key=None), WITHIN
        )
        assert came.is_set()

    async def waits():
        return (await box.services.jobs.get(user, job)).problem

    assert (await until(waits)).code == "no-space"  # the job itself waits for the answer
    assert box.world.client.added == []


@one_database
async def test_a_client_that_does_not_tell_has_room(box, user):
    box.world.client.gate.failing["free_bytes"] = Refused("It does not say.")
    assert (await get(box, user)).state == "done"


@attrs.frozen
class Settings:
    """The settings of a client, as far as they tell of its folder."""

    save_path: Path | str | None
    url: str | None = None


@pytest.mark.parametrize(
    ("disk", "free", "fits"),
    [
        (Disk(), 6, True),
        (Disk(), 4, False),  # 5 % of 100 GiB
        (Disk(min_free_percent=0), 4, True),
        (Disk(min_free_percent=0), 1, False),  # 2 GiB
        (Disk(min_free_percent=0, min_free_bytes=0), 0, True),
        (Disk(min_free_percent=10), 9, False),
    ],
)
async def test_the_larger_of_the_two_limits_counts(tmp_path, monkeypatch, disk, free, fits):
    asked = []

    def usage(folder):
        asked.append(folder)
        return SimpleNamespace(total=100 * GIB, free=free * GIB)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    table = BackendTable(
        kind="client",
        name="main",
        type="fake",
        backend=FakeClient,
        settings=Settings(tmp_path / "anime" / "not there yet"),
    )
    instances = Instances(
        data_dir=tmp_path, http=None, outside=None, metrics=Metrics(), clients={"main": table}
    )
    checked = Room(instances, disk, Tasks())
    if fits:
        await checked.require("main")
    else:
        with pytest.raises(NoSpace):
            await checked.require("main")
    assert asked == [tmp_path]
    shown = instances.metrics.registry.get_sample_value("uuutd_disk_free_bytes", {"client": "main"})
    assert shown == free * GIB
    raised = instances.metrics.registry.get_sample_value(
        "uuutd_backend_alarm", {"kind": "client", "name": "main", "code": "disk-full"}
    )
    assert (raised or 0) == (not fits)


@pytest.mark.parametrize(
    ("url", "there", "local"),
    [
        ("http://127.0.0.1:8080", True, True),
        ("http://[::1]:8080/qbt", True, True),
        ("http://127.0.0.1:8080", False, False),
        ("http://seedbox.example:8080", True, False),
        (None, True, False),
    ],
)
def test_whether_a_folder_is_on_this_machine(tmp_path, url, there, local):
    folder = tmp_path if there else tmp_path / "of another machine"
    found = room._usage(Settings(str(folder), url))
    assert (found is not None) == local
    if found is not None:
        assert found[0] == shutil.disk_usage(tmp_path).total
    assert room._usage(Settings("relative", "http://127.0.0.1")) is None
    assert room._usage(Settings(None, "http://127.0.0.1")) is None
    assert room._usage(None) is None
