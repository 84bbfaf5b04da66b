"""Hybrid torrents, whose ids in qBittorrent are their cut v2 hashes, on a real one."""

import asyncio
from pathlib import Path, PurePath

import pytest
from uuutd_qbittorrent.mirror import Mirror

from uuutd.domain import InfoHash, Limits, Source, TorrentState
from uuutd.errors import NotFound, Refused
from uuutd.metainfo import read_metainfo

FOLDER = PurePath("Some Show")
V1, V2 = "1a" * 20, "2b" * 32


async def until(client, info_hash, truth):
    async with asyncio.timeout(40):
        while True:
            found = await client.torrents([info_hash])
            if found and truth(found[0]):
                return found[0]
            await asyncio.sleep(0.1)


async def ids(client):
    rows = await client._api.call(lambda c: c.torrents_info())
    return {row["hash"] for row in rows}


@pytest.mark.parametrize("by", ["magnet", "file"])
async def test_a_hybrid_is_one_torrent_from_its_beginning_to_its_end(by, client, swarm):
    seeded = await swarm.add("Show - 01.mkv", size=1 << 18, version="hybrid")
    source = seeded.source if by == "magnet" else seeded.file_source
    first = await client.changes(None)
    assert await client.add(source, label="uuut", folder=FOLDER) == seeded.info_hash
    await client.changes(None)
    row = await until(client, seeded.info_hash, lambda t: t.finished)
    assert row.label == "uuut"
    _, _, cut = (seeded.info_hash, *read_metainfo(seeded.metainfo).aliases)
    assert await ids(client) == {cut}
    told = await client.changes(first.cursor)
    assert ([t.info_hash for t in told.torrents], told.removed) == ([seeded.info_hash], ())

    await client.pause(seeded.info_hash)
    await until(client, seeded.info_hash, lambda t: t.state is TorrentState.PAUSED)
    await client.limit(seeded.info_hash, Limits(down=4096, up=8192))
    row = await until(client, seeded.info_hash, lambda t: t.limits != Limits())
    assert row.limits == Limits(down=4096, up=8192)
    assert [file.path for file in await client.files(seeded.info_hash)] == [seeded.name]
    assert await client.add(source, label="uuut", folder=FOLDER) == seeded.info_hash
    path = Path(row.save_path) / seeded.name
    assert path.exists()
    await client.remove(seeded.info_hash, delete_files=True)
    assert await ids(client) == set()
    assert (await client.changes(told.cursor)).removed == (seeded.info_hash,)
    for _ in range(100):  # it deletes files a moment later
        if not path.exists():
            break
        await asyncio.sleep(0.1)
    assert not path.exists()


async def test_files_of_a_hybrid_are_chosen(client, swarm):
    sizes = {"01.mkv": 1 << 16, "02.mkv": 1 << 16}
    seeded = await swarm.add("Pack", files=sizes, version="hybrid")
    await client.add(seeded.file_source, label="uuut", folder=FOLDER, wanted=[1])
    await until(client, seeded.info_hash, lambda t: t.finished)
    wanted = {file.path: file.wanted for file in await client.files(seeded.info_hash)}
    assert [path for path, chosen in wanted.items() if chosen] == ["Pack/02.mkv"]


async def test_only_the_hash_that_a_torrent_is_known_by_touches_it(client, swarm):
    seeded = await swarm.add("Theirs.mkv", size=1 << 16, version="hybrid")
    await client._api.call(lambda c: c.torrents_add(torrent_files={"x": seeded.metainfo}))
    await until(client, seeded.info_hash, lambda t: t.finished)
    v2, cut = read_metainfo(seeded.metainfo).aliases
    for other in (v2, cut):
        assert await client.torrents([other]) == []
        for act in (
            client.pause(other),
            client.resume(other),
            client.recheck(other),
            client.files(other),
            client.trackers(other),
            client.peers(other),
            client.limit(other, Limits(down=4096, up=4096)),
            client.set_wanted(other, []),
        ):
            with pytest.raises(NotFound):
                await act
        await client.remove(other, delete_files=True)
        with pytest.raises(Refused, match=seeded.info_hash):
            await client.add(Source(info_hash=other, name="x"), label="uuut", folder=FOLDER)
    (row,) = await client.torrents([seeded.info_hash])
    assert (row.state, row.limits, row.label) == (TorrentState.SEEDING, Limits(), None)
    assert (Path(row.save_path) / seeded.name).exists()


@pytest.mark.parametrize("in_one", [True, False])
def test_a_new_id_is_no_other_torrent(in_one):
    mirror = Mirror()
    mirror.apply({"full_update": True, "torrents": {V1: {"infohash_v1": V1, "name": "a"}}})
    cursor = mirror.changes(None).cursor
    new = {V2[:40]: {"infohash_v1": V1, "infohash_v2": V2, "name": "b"}}
    answers = [{"torrents": new}, {"torrents_removed": [V1]}]
    for answer in [answers[0] | answers[1]] if in_one else answers:
        mirror.apply(answer)
    told = mirror.changes(cursor)
    assert ([(t.info_hash, t.name) for t in told.torrents], told.removed) == ([(V1, "b")], ())
    assert mirror.find(InfoHash(V1))["hash"] == V2[:40]
    assert mirror.find(InfoHash(V2)) is None


def test_a_magnet_that_turns_out_to_be_a_hybrid_changes_its_name():
    mirror = Mirror()
    magnet = {"infohash_v1": "", "infohash_v2": V2, "name": "a"}
    mirror.apply({"full_update": True, "torrents": {V2[:40]: magnet}})
    cursor = mirror.changes(None).cursor
    mirror.apply({"torrents": {V2[:40]: {"infohash_v1": V1}}})
    told = mirror.changes(cursor)
    assert ([t.info_hash for t in told.torrents], told.removed) == ([V1], (V2,))
    mirror.apply({"torrents_removed": [V2[:40]]})
    assert mirror.find(InfoHash(V1)) is None
    assert set(mirror.changes(cursor).removed) == {V1, V2}
