"""What the embedded client does beyond the contract."""

import asyncio
import hashlib
import logging
import socket
import time
from pathlib import Path, PurePath

import attrs
import libtorrent as lt
import pytest
from bencode2 import bdecode, bencode
from uuutd_libtorrent import Libtorrent, LibtorrentConfig
from uuutd_libtorrent.session import Session

from uuutd.domain import InfoHash, Source, TorrentState
from uuutd.errors import Invalid, Unavailable
from uuutd.testing.hosts import test_host
from uuutd.testing.programs import missing
from uuutd.testing.swarm import PIECE

FOLDER = PurePath("shows")


def free_ipv6_port():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
            return listener.getsockname()[1]
    except OSError:
        missing("IPv6 on the loopback")


async def add(client, source, **more):
    return await client.add(source, label="", folder=FOLDER, **more)


async def test_check_says_the_version(clients):
    client = await clients.open()
    assert await client.check() == "libtorrent " + ".".join(lt.__version__.split(".")[:3])


async def test_it_says_that_it_is_closed(clients):
    client = await clients.open()
    await client.close()
    with pytest.raises(Unavailable):
        await client.changes(None)


# --- adding ---------------------------------------------------------------------------------


@pytest.mark.parametrize("files", [None, {"01.mkv": PIECE, "extras/02.mkv": PIECE}])
async def test_it_tells_where_the_files_are_whatever_the_magnet_called_them(
    files, clients, swarm, seen
):
    client = await clients.open()
    seeded = await swarm.add("Some  Show", **({"files": files} if files else {"size": PIECE}))
    source = Source(info_hash=seeded.info_hash, name="a/b", trackers=(swarm.tracker_url,))
    await add(client, source)
    row = await seen(client, seeded.info_hash)
    assert row.content == str(Path(row.save_path, seeded.name))
    assert await asyncio.to_thread(Path(row.content).exists)
    unknown = Source(info_hash=InfoHash("ab" * 20), name="claimed")
    await add(client, unknown)
    assert (await seen(client, unknown.info_hash, lambda _: True)).content is None


@pytest.mark.parametrize("folder", ["/etc", "..", "../anime2", "a/../../b", "link", "a\0b"])
async def test_no_folder_leads_out_of_the_save_path(folder, clients, tmp_path):
    client = await clients.open()
    (clients.save_path / "link").symlink_to(tmp_path)
    source = Source(info_hash=InfoHash("ab" * 20), name="x")
    with pytest.raises(Invalid):
        await client.add(source, label="", folder=PurePath(folder))
    assert await client.torrents([source.info_hash]) == []


async def test_the_file_must_be_of_the_torrent(clients, swarm):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    client = await clients.open()
    with pytest.raises(Invalid, match=seeded.info_hash):
        await add(client, attrs.evolve(seeded.file_source, info_hash=InfoHash("ab" * 20)))
    with pytest.raises(Invalid):
        await add(client, attrs.evolve(seeded.file_source, metainfo=b"<html>"))


async def test_no_address_but_trackers_is_taken_from_a_file(clients, swarm, seen):
    asked = asyncio.Event()
    server = await asyncio.start_server(lambda *_: asked.set(), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    seeded = await swarm.add("Show - 01.mkv", size=4 * PIECE)
    top = bdecode(seeded.metainfo)
    top[b"url-list"] = [f"http://{host}:{port}/".encode()]
    top[b"nodes"] = [[host.encode(), port]]
    client = await clients.open()
    source = attrs.evolve(seeded.file_source, metainfo=bencode(dict(sorted(top.items()))))
    swarm.limit_upload(32 * 1024)  # slow enough for a web seed to be asked as well
    await add(client, source)
    await seen(client, seeded.info_hash)
    assert not asked.is_set()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("version", ["v1", "hybrid", "v2"])
@pytest.mark.parametrize("form", ["source", "file_source"])
async def test_wanted_files_of_all_versions(version, form, clients, swarm, seen):
    sizes = {"1.mkv": 3 * PIECE + 5, "2.mkv": 4 * PIECE, "3.mkv": 2 * PIECE}
    seeded = await swarm.add("Show", files=sizes, version=version)
    client = await clients.open()
    await add(client, getattr(seeded, form), wanted=[1])
    await seen(client, seeded.info_hash)
    listed = await client.files(seeded.info_hash)
    assert [(file.path, file.wanted) for file in listed] == [
        ("Show/1.mkv", False),
        ("Show/2.mkv", True),
        ("Show/3.mkv", False),
    ]
    assert listed[1].done_bytes == 4 * PIECE
    assert max(listed[0].done_bytes, listed[2].done_bytes) < PIECE  # no more than they share
    with pytest.raises(Invalid):
        await client.set_wanted(seeded.info_hash, [3])


async def test_all_hashes_of_a_hybrid_are_one_torrent(clients, swarm, seen):
    seeded = await swarm.add("Show - 01.mkv", size=4 * PIECE, version="hybrid")
    v2 = InfoHash(str(lt.load_torrent_buffer(seeded.metainfo).info_hashes.v2))
    client = await clients.open()
    await add(client, seeded.source)
    await seen(client, seeded.info_hash)
    assert [t.info_hash for t in await client.torrents([v2])] == [seeded.info_hash]
    by_v2 = Source(info_hash=v2, name="x", metainfo=seeded.metainfo)
    assert await add(client, by_v2) == seeded.info_hash
    assert len((await client.changes(None)).torrents) == 1
    await client.remove(InfoHash(v2[:40]), delete_files=False)
    assert await client.torrents([seeded.info_hash, v2]) == []


@pytest.mark.parametrize("private", [False, True])
async def test_private_torrents_are_called_so(private, clients, swarm, seen):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE, private=private)
    client = await clients.open()
    await add(client, seeded.file_source)
    assert (await seen(client, seeded.info_hash)).private is private


async def test_a_magnet_nobody_seeds(clients, swarm):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    swarm.stop_seeding()
    client = await clients.open()
    await add(client, seeded.source)
    torrent = (await client.torrents([seeded.info_hash]))[0]
    assert (torrent.state, torrent.progress) == (TorrentState.METADATA, 0.0)
    assert torrent.name == seeded.name
    assert await client.files(seeded.info_hash) == []
    await client.set_wanted(seeded.info_hash, [0])
    await client.remove(seeded.info_hash, delete_files=True)
    assert await client.torrents([seeded.info_hash]) == []


async def test_a_download_nobody_seeds_counts_as_stalled(clients, swarm, seen, monkeypatch):
    monkeypatch.setattr("uuutd_libtorrent.states.STALL", 0.2)
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    swarm.stop_seeding()
    client = await clients.open()
    await add(client, seeded.file_source)
    await seen(client, seeded.info_hash, lambda t: t.state is TorrentState.STALLED)
    swarm.start_seeding()
    await seen(client, seeded.info_hash, seconds=30)


# --- errors ---------------------------------------------------------------------------------


async def test_a_folder_that_cannot_be_written_harms_one_torrent(clients, swarm, seen):
    seeded = [await swarm.add(f"Show - {n:02}.mkv", size=4 * PIECE) for n in range(2)]
    client = await clients.open()
    (clients.save_path / "file").write_text("in the way")
    await client.add(seeded[0].file_source, label="", folder=PurePath("file"))
    await add(client, seeded[1].file_source)
    torrent = await seen(client, seeded[0].info_hash, lambda t: t.state is TorrentState.ERROR)
    assert "Not a directory" in torrent.error
    assert not torrent.finished
    await seen(client, seeded[1].info_hash)

    (clients.save_path / "file").unlink()
    await client.resume(seeded[0].info_hash)
    torrent = await seen(client, seeded[0].info_hash)
    assert torrent.error is None


async def test_a_save_path_that_cannot_be_made(clients, caplog):
    clients.save_path.write_text("in the way")
    client = await clients.open(save_path=clients.save_path / "anime")
    assert "save path cannot be made" in caplog.text
    assert (await client.changes(None)).torrents == ()


@pytest.mark.parametrize("paused", [False, True])
async def test_what_a_check_finds_missing_is_downloaded_again(paused, clients, swarm, seen):
    seeded = await swarm.add("Show - 01.mkv", size=8 * PIECE)
    client = await clients.open()
    await add(client, seeded.file_source)
    torrent = await seen(client, seeded.info_hash)
    swarm.stop_seeding()
    if paused:
        await client.pause(seeded.info_hash)
    path = Path(torrent.save_path) / seeded.name
    path.write_bytes(b"\0" * 2 * PIECE + path.read_bytes()[2 * PIECE :])
    await client.recheck(seeded.info_hash)
    await seen(client, seeded.info_hash, lambda t: 0 < t.progress < 1)
    swarm.start_seeding()  # the only seeder is one that was known before the check
    if paused:
        await seen(client, seeded.info_hash, lambda t: t.state is TorrentState.PAUSED)
        await client.resume(seeded.info_hash)
    await seen(client, seeded.info_hash, seconds=30)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == seeded.sha256[seeded.name]


# --- the network ----------------------------------------------------------------------------


async def test_a_taken_port(clients, caplog, swarm, seen):
    caplog.set_level(logging.INFO)
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        client = await clients.open(listen=f"127.0.0.1:{port}")
        await add(client, seeded.source)
        await seen(client, seeded.info_hash)
    assert "the configured port is taken" in caplog.text


async def test_peers_of_both_families(clients, swarm, seen, tmp_path):
    """The one seeder is reached by IPv6, and it reaches the tracker by IPv4."""
    port = free_ipv6_port()
    seeded = await swarm.add("Show - 01.mkv", size=64 * PIECE)
    seeder = await clients.open(listen=f"127.0.0.1:0,[::1]:{port}", save_path=tmp_path / "seeder")
    await add(seeder, seeded.source)
    await seen(seeder, seeded.info_hash)
    swarm.stop_seeding()
    async with test_host(tmp_path / "second") as host:
        config = LibtorrentConfig(
            save_path=tmp_path / "second" / "anime",
            listen="[::1]:0",
            download_rate=512 * 1024,
            limit_local_peers=True,
        )
        client = Libtorrent(config, host)
        await client.open()
        try:
            await add(client, attrs.evolve(seeded.file_source, trackers=()))
            client._engine.registry.find(seeded.info_hash).handle.connect_peer(("::1", port))
            await seen(client, seeded.info_hash, lambda t: t.down_rate > 0)
            (peer,) = await client.peers(seeded.info_hash)
            assert peer.address == f"[::1]:{port}"
            assert peer.client.startswith("libtorrent")
            await seen(client, seeded.info_hash)
        finally:
            await client.close()


async def test_without_one_family_the_other_serves(clients, swarm, seen, caplog):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    client = await clients.open(listen="127.0.0.1:0,[2001:db8::1]:0")
    await add(client, seeded.source)
    await seen(client, seeded.info_hash)
    assert "cannot listen on 2001:db8::1" in caplog.text


async def test_an_idle_client_leaves_the_loop_alone(clients, swarm, seen, monkeypatch):
    woken = []
    fetch = Session._fetch
    monkeypatch.setattr(Session, "_fetch", lambda session: (woken.append(1), fetch(session)))
    client = await clients.open()
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    await add(client, seeded.file_source)
    await seen(client, seeded.info_hash)
    await client.pause(seeded.info_hash)
    await seen(client, seeded.info_hash, lambda t: t.state is TorrentState.PAUSED)
    assert woken
    woken.clear()
    await asyncio.sleep(2)  # nothing may happen, and nothing tells of that
    assert len(woken) <= 1


async def test_nothing_goes_out_while_its_interface_is_down(clients, caplog, swarm):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    client = await clients.open(interface="nosuch0")
    await add(client, seeded.source)
    await asyncio.sleep(1)  # nothing may happen, and nothing tells of that
    torrent = (await client.torrents([seeded.info_hash]))[0]
    assert (torrent.state, torrent.seeders, torrent.leechers) == (TorrentState.METADATA, 0, 0)
    assert swarm.visits == 0
    assert "nosuch0" in caplog.text


@pytest.mark.parametrize("interface", ["127.0.0.1", "lo"])
async def test_everything_goes_out_by_its_interface(interface, clients, swarm, seen):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE)
    client = await clients.open(interface=interface, listen="0.0.0.0:0")
    await add(client, seeded.source)
    await seen(client, seeded.info_hash)


async def test_rate_limits_hold(clients, swarm, seen):
    rate = 256 * 1024
    seeded = await swarm.add("Show - 01.mkv", size=32 * PIECE)
    client = await clients.open(download_rate=rate, upload_rate=0, limit_local_peers=True)
    started = time.monotonic()
    await add(client, seeded.file_source)
    await seen(client, seeded.info_hash)
    assert time.monotonic() - started > 0.6 * 32 * PIECE / rate


# --- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"save_path": "anime"},
        {"listen": "6881"},
        {"listen": "0.0.0.0:70000"},
        {"listen": "[::1"},
        {"listen": ""},
        {"interface": "eth0,eth1"},
        {"interface": ""},
        {"upload_rate": -1},
        {"connections": 0},
    ],
)
def test_settings_are_checked(settings):
    with pytest.raises(ValueError):
        LibtorrentConfig(**{"save_path": "/srv/anime", **settings})


@pytest.mark.parametrize(
    ("listen", "interface", "loopback"),
    [
        ("127.0.0.1:0", None, True),
        ("127.0.0.1:6881,[::1]:6881", None, True),
        ("0.0.0.0:6881", "lo", True),
        ("0.0.0.0:6881,[::]:6881", None, False),
        ("127.0.0.1:6881,192.168.1.2:6881", None, False),
        ("127.0.0.1:6881", "tun0", False),
    ],
)
def test_what_counts_as_loopback(listen, interface, loopback):
    config = LibtorrentConfig(save_path="/srv/anime", listen=listen, interface=interface)
    assert config.is_loopback is loopback
