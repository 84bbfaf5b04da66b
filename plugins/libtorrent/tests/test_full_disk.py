"""A disk that is full stops the torrents that are on it, and no others."""

import asyncio
import json
import subprocess
import sys

from uuutd.testing.programs import missing
from uuutd.testing.swarm import PIECE

PROGRAM = """
import asyncio, json, subprocess, sys
from pathlib import Path, PurePath
from uuutd.metainfo import source_from
from uuutd.testing.hosts import test_host
from uuutd_libtorrent import Libtorrent, LibtorrentConfig

data, *torrents = sys.argv[1:]
root = Path(data) / "anime"

async def main():
    report = {}
    config = LibtorrentConfig(save_path=root, listen="127.0.0.1:0")
    async with test_host(Path(data)) as host:
        client = Libtorrent(config, host)
        await client.open()

        async def until(digits, truth):
            async with asyncio.timeout(30):
                while True:
                    (found,) = await client.torrents([digits])
                    if truth(found):
                        return found
                    await asyncio.sleep(0.05)

        report["free"] = await client.free_bytes(PurePath("full"))
        sources = [source_from(Path(path).read_bytes()) for path in torrents]
        small = await client.add(sources[0], label="", folder=PurePath("full"))
        other = await client.add(sources[1], label="", folder=PurePath("other"))
        failed = await until(small, lambda t: t.state.value == "error")
        report["error"], report["finished"] = failed.error, failed.finished
        await until(other, lambda t: t.finished)
        subprocess.run(["mount", "-o", "remount,size=32m", str(root / "full")], check=True)
        await client.resume(small)
        mended = await until(small, lambda t: t.finished)
        report["after room was made"] = mended.error
        await client.close()
    print(json.dumps(report))

(root / "full").mkdir(parents=True)
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(root / "full")], check=True)
asyncio.run(main())
"""


def can_mount() -> bool:
    command = "mount -t tmpfs tmpfs /mnt"
    try:
        return subprocess.run(["unshare", "-rm", *command.split()], check=False).returncode == 0
    except FileNotFoundError:
        return False


async def test_a_full_disk_stops_what_is_on_it_and_nothing_else(swarm, tmp_path):
    if not await asyncio.to_thread(can_mount):
        missing("what makes a small disk (unshare, mount and the right to use them)")
    paths = []
    for number, pieces in enumerate((256, 64)):
        seeded = await swarm.add(f"Show - {number:02}.mkv", size=pieces * PIECE)
        paths.append(tmp_path / f"{number}.torrent")
        paths[-1].write_bytes(seeded.metainfo)
    process = await asyncio.create_subprocess_exec(
        *("unshare", "-rm", sys.executable, "-c", PROGRAM, tmp_path / "client", *paths),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()[-2000:]
    report = json.loads(out)
    assert report.pop("free") == 1 << 20
    assert "No space left on device" in report.pop("error")
    assert report == {"finished": False, "after room was made": None}
