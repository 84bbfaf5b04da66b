"""Torrents survive restarts, kills and damaged files."""

import asyncio
import signal
import stat
import sys
from pathlib import PurePath

import libtorrent as lt
import pytest

from uuutd.domain import InfoHash, Limits, Source, TorrentState
from uuutd.errors import NotFound, Refused
from uuutd.testing.swarm import PIECE

FOLDER = PurePath("shows")


async def add(client, source, **more):
    return await client.add(source, label="uuutd", folder=FOLDER, **more)


async def test_nothing_is_downloaded_again(clients, swarm, seen):
    files = {"01.mkv": 64 * PIECE, "empty.txt": 0, "Pe\u0301re.txt": 9}
    seeded = await swarm.add("Show", files=files)
    client = await clients.open()
    await add(client, seeded.source)
    before = await seen(client, seeded.info_hash)
    await client.close()
    sent = swarm.uploaded
    assert sent >= 64 * PIECE

    again = await clients.open()
    after = await seen(again, seeded.info_hash)
    assert after.state is TorrentState.SEEDING
    assert (after.name, after.label, after.save_path, after.added_at, after.completed_at) == (
        before.name,
        "uuutd",
        before.save_path,
        before.added_at,
        before.completed_at,
    )
    await again.close()
    assert swarm.uploaded == sent


async def test_half_a_download_goes_on_where_it_was(clients, swarm, seen):
    seeded = await swarm.add("Show - 01.mkv", size=256 * PIECE)
    swarm.limit_upload(1 << 20)
    client = await clients.open()
    await add(client, seeded.file_source)
    await seen(client, seeded.info_hash, lambda t: t.done_bytes > 16 * PIECE)
    await client.close()
    swarm.limit_upload(0)
    again = await clients.open()
    await seen(again, seeded.info_hash)
    assert swarm.uploaded < 256 * PIECE + 32 * PIECE


async def test_wanted_files_are_remembered(clients, swarm, seen):
    files = {f"{n}.mkv": 4 * PIECE for n in range(3)}
    seeded = await swarm.add("Show", files=files)
    client = await clients.open()
    await add(client, seeded.source, wanted=[2], paused=True)
    await client.close()
    again = await clients.open()
    assert (await again.torrents([seeded.info_hash]))[0].state is TorrentState.PAUSED
    await again.resume(seeded.info_hash)
    await seen(again, seeded.info_hash)
    assert [file.done_bytes for file in await again.files(seeded.info_hash)] == [0, 0, 4 * PIECE]


async def test_progress_is_kept_while_it_is_made(clients, swarm, seen, monkeypatch):
    monkeypatch.setattr("uuutd_libtorrent.engine.AUTOSAVE", 0.1)
    seeded = await swarm.add("Show - 01.mkv", size=256 * PIECE)
    swarm.limit_upload(1 << 20)
    client = await clients.open()
    await add(client, seeded.file_source)
    path = resume_file(clients, seeded.info_hash)

    def kept():
        return sum(lt.read_resume_data(path.read_bytes()).have_pieces)

    torrent = await seen(client, seeded.info_hash, lambda _: kept() > 8)
    assert not torrent.finished


PROGRAM = """
import asyncio, sys
from pathlib import Path, PurePath
from uuutd.magnets import parse_magnet
from uuutd.metainfo import source_from
from uuutd.testing.hosts import test_host
from uuutd_libtorrent import Libtorrent, LibtorrentConfig

async def main(data, save, *given):
    async with test_host(Path(data)) as host:
        client = Libtorrent(LibtorrentConfig(save_path=save, listen="127.0.0.1:0"), host)
        await client.open()
        for text in given:
            path = Path(text)
            source = source_from(path.read_bytes()) if path.exists() else parse_magnet(text)
            await client.add(source, label="mine", folder=PurePath("shows"))
        print("added", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_kill_right_after_adding(clients, swarm, seen, tmp_path):
    by_file = await swarm.add("Show - 01.mkv", size=4 * PIECE)
    by_magnet = await swarm.add("Show - 02.mkv", size=4 * PIECE)
    swarm.stop_seeding()
    (tmp_path / "1.torrent").write_bytes(by_file.metainfo)
    magnet = f"magnet:?xt=urn:btih:{by_magnet.info_hash}&dn=two&tr={swarm.tracker_url}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, clients.host.data_dir, clients.save_path),
        *(tmp_path / "1.torrent", magnet),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"added\n"
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()

    client = await clients.open()
    found = await client.torrents([by_file.info_hash, by_magnet.info_hash])
    assert {t.name: t.label for t in found} == {"Show - 01.mkv": "mine", "two": "mine"}
    swarm.start_seeding()
    await seen(client, by_file.info_hash)
    await seen(client, by_magnet.info_hash)


def resume_file(clients, digits, suffix=".fastresume"):
    return clients.host.data_dir / "resume" / f"{digits}{suffix}"


async def test_what_is_kept_is_for_nobody_else(clients, swarm):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    await add(await clients.open(), seeded.source)
    path = resume_file(clients, seeded.info_hash)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("damage", [b"", b"garbage", b"de", "half", "another's"])
async def test_a_damaged_file_harms_nobody_else(damage, clients, swarm, seen):
    seeded = [await swarm.add(f"Show - {n:02}.mkv", size=PIECE) for n in range(3)]
    bad, good, other = (one.info_hash for one in seeded)
    client = await clients.open()
    for one in seeded:
        await add(client, one.file_source)
        await seen(client, one.info_hash)
    await client.close()
    path = resume_file(clients, bad)
    content = {
        "half": path.read_bytes()[:200],
        "another's": resume_file(clients, other).read_bytes(),
    }
    path.write_bytes(content.get(damage, damage))
    resume_file(clients, "notes", ".txt").write_text("not ours")

    for _ in range(2):  # it is still there after another restart
        client = await clients.open()
        await seen(client, good)
        await seen(client, other)
        torrent = (await client.torrents([bad]))[0]
        assert torrent.state is TorrentState.ERROR
        assert "damaged" in torrent.error
        assert resume_file(clients, bad, ".damaged").exists()
        with pytest.raises(Refused, match="damaged"):
            await client.resume(bad)
        await client.close()

    client = await clients.open()
    await add(client, seeded[0].file_source)
    await seen(client, bad)
    assert not resume_file(clients, bad, ".damaged").exists()


async def test_a_damaged_torrent_can_be_removed(clients):
    digits = InfoHash("ab" * 20)
    client = await clients.open()
    await client.close()
    resume_file(clients, digits).write_bytes(b"garbage")
    client = await clients.open()
    await client.remove(digits, delete_files=True)
    assert await client.torrents([digits]) == []
    assert list(resume_file(clients, digits).parent.iterdir()) == []
    with pytest.raises(NotFound):
        await client.files(digits)


async def test_an_empty_disk_is_not_filled_again(clients, swarm, seen):
    seeded = await swarm.add("Show", files={"1.mkv": 4 * PIECE, "2.mkv": PIECE})
    client = await clients.open()
    await add(client, seeded.file_source)
    torrent = await seen(client, seeded.info_hash)
    await client.close()
    sent = swarm.uploaded
    lost = clients.save_path / FOLDER / "Show" / "1.mkv"
    lost.unlink()

    for _ in range(2):
        client = await clients.open()
        torrent = (await client.torrents([seeded.info_hash]))[0]
        assert torrent.state is TorrentState.ERROR
        assert "Show/1.mkv is gone" in torrent.error
        await client.close()
    assert not lost.exists()
    assert swarm.uploaded == sent

    client = await clients.open()
    await client.resume(seeded.info_hash)
    await seen(client, seeded.info_hash)
    assert lost.stat().st_size == 4 * PIECE


async def test_removing_goes_on_after_a_kill(clients, swarm, seen):
    seeded = await swarm.add("Show - 01.mkv", size=4 * PIECE)
    client = await clients.open()
    await add(client, seeded.file_source)
    await seen(client, seeded.info_hash)
    await client.close()
    path = resume_file(clients, seeded.info_hash)
    path.rename(path.with_suffix(".removing"))

    client = await clients.open()
    assert await client.torrents([seeded.info_hash]) == []
    assert list(path.parent.iterdir()) == []
    assert not (clients.save_path / FOLDER / "Show - 01.mkv").exists()


async def test_a_paused_magnet_survives(clients):
    source = Source(info_hash=InfoHash("cd" * 32), name="Show - 03")
    client = await clients.open()
    await add(client, source, paused=True)
    await client.close()
    client = await clients.open()
    torrent = (await client.torrents([source.info_hash]))[0]
    assert (torrent.name, torrent.state) == ("Show - 03", TorrentState.PAUSED)


async def test_limits_are_kept_until_the_configuration_changes(clients):
    client = await clients.open(download_rate=1_000_000, upload_rate=0)
    assert await client.limits() == Limits(down=1_000_000)
    await client.set_limits(Limits(up=500_000))
    await client.close()
    client = await clients.open(download_rate=1_000_000, upload_rate=0)
    assert await client.limits() == Limits(up=500_000)
    assert client._engine.session.raw.get_settings()["upload_rate_limit"] == 500_000
    await client.close()
    client = await clients.open(download_rate=2_000_000, upload_rate=0)
    assert await client.limits() == Limits(down=2_000_000)
    await client.close()


@pytest.mark.parametrize("damage", ["", "garbage", "[]", '{"limits": {"down": -1}}'])
async def test_damaged_limits_are_those_of_the_configuration(damage, clients, caplog):
    (clients.host.data_dir / "limits.json").write_text(damage)
    client = await clients.open(upload_rate=7_000)
    assert await client.limits() == Limits(up=7_000)
    assert "limits.json is damaged" in caplog.text


async def test_a_torrents_limits_survive(clients):
    source = Source(info_hash=InfoHash("cd" * 20), name="Show - 03")
    client = await clients.open()
    await add(client, source, paused=True)
    await client.limit(source.info_hash, Limits(down=128_000))
    await client.close()
    client = await clients.open()
    assert (await client.torrents([source.info_hash]))[0].limits == Limits(down=128_000)
