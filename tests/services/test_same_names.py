"""Torrents of one show whose files have the same name, in a real qBittorrent."""

import asyncio
import hashlib
import shlex
from pathlib import Path

from uuutd.config import Fetch
from uuutd.wire import AddTorrentRequest

from .conftest import SHOW, make_user
from .test_foreign_qbittorrent import at_once, server, swarm
from .tools import ended, one_database, until

__all__ = ["at_once", "server", "swarm"]


def content(row):
    """Return the bytes of what a torrent's line would fetch, None if they are gone."""
    path = Path(shlex.split(row.fetch_commands[0])[1])
    return path.read_bytes() if path.exists() else None


@one_database
async def test_none_writes_over_another_and_none_takes_another_with_it(boot, server, swarm):
    async with boot(fetch=Fetch(commands=("cp {path}",))) as box:
        user = await make_user(box)
        rows = {}

        async def done(info_hash):
            row = rows[info_hash] = await box.services.torrents.row(user, info_hash)
            return bool(row.fetch_commands)

        seeded = [await swarm.add("Episode.mkv", size=size << 16) for size in (3, 5, 7)]
        for episode, (each, name) in enumerate(
            zip(seeded, ("&dn=A", "&dn=a/b", ""), strict=True), 5
        ):
            source = f"magnet:?xt=urn:btih:{each.info_hash}&tr={swarm.tracker_url}{name}"
            ask = AddTorrentRequest(source=source, entry=SHOW, episode=episode, client="box")
            await box.services.jobs.add(user, ask)
        ask = AddTorrentRequest(source="", entry=SHOW, episode=8, client="box")
        seeded.append(await swarm.add("Episode.mkv", size=9 << 16))
        await box.services.jobs.add_file(user, seeded[-1].metainfo, ask)
        async with asyncio.timeout(60):
            for each in seeded:
                await until(lambda each=each: done(each.info_hash))
        assert rows[seeded[2].info_hash].name == "Episode.mkv"  # its magnet had no name for it
        job = await box.services.jobs.remove(user, seeded[1].info_hash, delete_files=True)
        assert (await ended(box, user, job.id)).state == "done"
        await until(lambda: content(rows[seeded[1].info_hash]) is None)
        for each in (seeded[0], *seeded[2:]):
            found = hashlib.sha256(content(rows[each.info_hash])).hexdigest()
            assert found == each.sha256[each.name]


@one_database
async def test_two_that_come_at_the_same_time_do_not_meet(boot, server, swarm):
    async with boot(fetch=Fetch(commands=("cp {path}",))) as box:
        users = [await make_user(box, name) for name in ("mika", "rin")]
        seeded = [await swarm.add("Episode.mkv", size=size << 16) for size in (3, 5)]
        asks = [AddTorrentRequest(source="", entry=SHOW, episode=n, client="box") for n in (7, 8)]
        await asyncio.gather(
            *map(box.services.jobs.add_file, users, (each.metainfo for each in seeded), asks)
        )

        async def finished():
            rows = [
                await box.services.torrents.row(user, each.info_hash)
                for user, each in zip(users, seeded, strict=True)
            ]
            return rows if all(row.fetch_commands for row in rows) else None

        async with asyncio.timeout(60):
            rows = await until(finished)
        found = [hashlib.sha256(content(row)).hexdigest() for row in rows]
        assert found == [each.sha256[each.name] for each in seeded]
