"""What is particular to qBittorrent, on a real one."""

import asyncio
import hashlib
from pathlib import Path, PurePath

import attrs
import pytest
from uuutd_qbittorrent import QBittorrent, QBittorrentConfig
from uuutd_qbittorrent.states import torrent

from uuutd.config import Fetch
from uuutd.domain import InfoHash, Secret, Source, TorrentState
from uuutd.errors import Invalid, LoginFailed, NotFound, Unavailable
from uuutd.services.fetching import fetch_commands
from uuutd.testing.hosts import test_host
from uuutd.testing.ports import free_port

LABEL = "uuut"
FOLDER = PurePath("Some Show")
HASH = InfoHash("ab" * 20)


async def until(client, info_hash, truth, seconds=40):
    async with asyncio.timeout(seconds):
        while True:
            found = await client.torrents([info_hash])
            if found and truth(found[0]):
                return found[0]
            await asyncio.sleep(0.1)


async def test_a_torrent_is_downloaded_into_the_shows_folder(client, service, swarm):
    seeded = await swarm.add("Some Show - 05.mkv", size=3_000_000)
    source = Source(info_hash=seeded.info_hash, name=seeded.name, trackers=(swarm.tracker_url,))
    assert await client.add(source, label=LABEL, folder=FOLDER) == seeded.info_hash
    row = await until(client, seeded.info_hash, lambda t: t.finished)
    assert (row.label, row.progress) == (LABEL, 1.0)
    path = service.downloads / FOLDER / seeded.name
    assert Path(row.save_path) == path.parent
    assert hashlib.sha256(path.read_bytes()).hexdigest() == seeded.sha256[seeded.name]


@pytest.mark.parametrize("claim", ["hash", "Else.mkv", "a/b"])
@pytest.mark.parametrize("files", [None, {"01.mkv": 200_000, "extras/02.mkv": 100_000}])
async def test_it_tells_where_the_files_are_whatever_the_magnet_called_them(
    claim, files, client, service, swarm
):
    seeded = await swarm.add("Some Show - 05", **({"files": files} if files else {"size": 300_000}))
    name = seeded.info_hash if claim == "hash" else claim
    source = Source(info_hash=seeded.info_hash, name=name, trackers=(swarm.tracker_url,))
    await client.add(source, label=LABEL, folder=FOLDER)
    row = await until(client, seeded.info_hash, lambda t: t.finished)
    path = service.downloads / FOLDER / seeded.name
    assert row.content == str(path)
    assert path.exists()
    assert row.name == (seeded.name if claim == "hash" else claim)
    (followed,) = (await client.changes(None)).torrents
    assert (followed.content, followed.name) == (row.content, row.name)
    lines = fetch_commands(followed, Fetch(commands=("scp -s -r box:{path} .",)))
    assert lines == (f"scp -s -r box:'{path}' .",)


async def test_without_metadata_nobody_knows_where_the_files_are(client):
    await client.add(Source(info_hash=HASH, name=HASH), label=LABEL, folder=FOLDER)
    row = await until(client, HASH, lambda _: True)
    assert (row.name, row.content) == (HASH, None)


async def test_a_wrong_password_is_tried_once(service, config, tmp_path):
    wrong = attrs.evolve(config, password=Secret("not this one"))
    async with test_host(tmp_path / "wrong") as host:
        backend = QBittorrent(wrong, host)
        await backend.open()
        for _ in range(8):  # five tries would get us banned
            with pytest.raises(LoginFailed, match="user name and password"):
                await backend.torrents([HASH])
        await backend.close()
        right = QBittorrent(config, host)
        await right.open()
        assert await right.check()
        await right.close()


async def test_a_ban_is_called_a_ban(service, config, tmp_path):
    wrong = attrs.evolve(config, password=Secret("not this one"))
    async with test_host(tmp_path / "wrong") as host:
        backend = QBittorrent(wrong, host)
        await backend.open()
        for _ in range(5):  # an administrator who insists
            with pytest.raises(LoginFailed):
                await backend.check()
        with pytest.raises(LoginFailed, match="banned"):
            await backend.check()
        await backend.close()


@pytest.mark.parametrize("private", [False, True])
async def test_private_torrents_are_called_so(private, client, swarm):
    seeded = await swarm.add("Some Show - 05.mkv", size=100_000, private=private)
    await client.add(seeded.file_source, label=LABEL, folder=FOLDER)
    row = await until(client, seeded.info_hash, lambda t: t.finished)
    tells = not (await client.check()).startswith("4.")  # it came with 5.0
    assert row.private is (private and tells)


async def test_free_space_is_told_where_it_is_known(client, config, service, tmp_path):
    assert await client.free_bytes(FOLDER) > 0
    for save_path, known in ((str(service.downloads / "anime"), True), ("/srv/elsewhere", False)):
        async with test_host(tmp_path / "another") as host:
            other = QBittorrent(attrs.evolve(config, save_path=save_path), host)
            await other.open()
            assert (await other.free_bytes(FOLDER) is not None) is known
            await other.close()


async def test_nobody_there_is_unavailable(tmp_path):
    config = QBittorrentConfig(url=f"http://127.0.0.1:{free_port()}")
    async with test_host(tmp_path) as host:
        backend = QBittorrent(config, host)
        await backend.open()
        with pytest.raises(Unavailable):
            await backend.check()
        await backend.close()


async def test_a_restarted_server_is_logged_in_to_again(client, service):
    source = Source(info_hash=HASH, name="Something")
    await client.add(source, label=LABEL, folder=FOLDER)
    await until(client, HASH, lambda _: True)
    await service.stop()
    with pytest.raises(Unavailable):
        await client.torrents([HASH])
    await service.start()
    row = await until(client, HASH, lambda _: True)
    assert row.state is TorrentState.METADATA


async def test_a_restart_of_the_server_loses_nobody_in_the_changes(client, service):
    await client.add(Source(info_hash=HASH, name="Something"), label=LABEL, folder=FOLDER)
    await until(client, HASH, lambda _: True)
    first = await client.changes(None)
    assert [row.info_hash for row in first.torrents] == [HASH]
    await service.stop()
    await service.start()
    again = await client.changes(first.cursor)
    assert not again.full
    assert again.removed == ()
    await client.remove(HASH, delete_files=False)
    assert (await client.changes(again.cursor)).removed == (HASH,)


async def test_other_programs_torrents_keep_their_category(client, config, tmp_path):
    other = Source(info_hash=InfoHash("cd" * 20), name="Somebody else's")
    await client._api.call(
        lambda c: c.torrents_add(urls=f"magnet:?xt=urn:btih:{other.info_hash}", category="tv")
    )
    await client.add(other, label=LABEL, folder=FOLDER)
    row = await until(client, other.info_hash, lambda _: True)
    assert row.label is None
    (raw,) = await client._api.call(lambda c: c.torrents_info())
    assert raw["category"] == "tv"


async def test_wanted_files_need_the_bytes(client):
    with pytest.raises(Invalid):
        await client.add(
            Source(info_hash=HASH, name="Pack"), label=LABEL, folder=FOLDER, wanted=[0]
        )


async def test_a_folder_outside_of_the_save_path_is_refused(client):
    for folder in ("/etc", "../elsewhere"):
        with pytest.raises(Invalid):
            await client.add(Source(info_hash=HASH, name="x"), label=LABEL, folder=PurePath(folder))


async def test_an_unknown_torrent_is_said_to_be_unknown(client):
    for act in (client.pause, client.resume, client.files):
        with pytest.raises(NotFound):
            await act(HASH)
    await client.remove(HASH, delete_files=True)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("pausedUP", TorrentState.PAUSED),
        ("stoppedUP", TorrentState.PAUSED),
        ("stoppedDL", TorrentState.PAUSED),
        ("metaDL", TorrentState.METADATA),
        ("forcedMetaDL", TorrentState.METADATA),
        ("stalledDL", TorrentState.STALLED),
        ("stalledUP", TorrentState.SEEDING),
        ("missingFiles", TorrentState.ERROR),
        ("error", TorrentState.ERROR),
        ("aStateOfTheFuture", TorrentState.QUEUED),
    ],
)
def test_states_of_all_versions_have_plain_words(state, expected):
    row = torrent({"hash": "ab" * 20, "state": state, "eta": 8_640_000, "added_on": -1})
    assert row.state is expected
    assert (row.error is not None) == (expected is TorrentState.ERROR)
    assert row.eta is None
    assert row.added_at is None
