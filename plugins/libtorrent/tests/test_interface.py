"""Bound to one network interface, nothing goes out by another one, also when it is gone.

Tried with real interfaces, in network namespaces of the test's own: the client's has two
ways to the same seeder, and one of them is the configured interface.
"""

import asyncio
import json
import subprocess
import sys

from uuutd.testing.programs import missing
from uuutd.testing.swarm import PIECE

SEEDER = """
import subprocess, sys
import libtorrent as lt

def run(*words):
    subprocess.run(words, check=True)

print("here", flush=True)
sys.stdin.readline()
for device, address in (("vpn1", "10.9.0.2/24"), ("other1", "10.8.0.2/24")):
    run("ip", "addr", "add", address, "dev", device)
    run("ip", "link", "set", device, "up")
run("ip", "addr", "add", "10.9.0.3/24", "dev", "vpn1")
session = lt.session({
    "listen_interfaces": "0.0.0.0:7000", "enable_dht": False, "enable_lsd": False,
    "enable_upnp": False, "enable_natpmp": False, "upload_rate_limit": 400_000,
    "ignore_limits_on_local_network": False, "min_reconnect_time": 1,
    "alert_mask": lt.alert_category.peer | lt.alert_category.connect,
})
params = lt.load_torrent_file(sys.argv[1])
params.save_path, params.trackers = sys.argv[2], []
params.flags |= lt.torrent_flags.seed_mode
params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
session.add_torrent(params)
seen = set()
print("seeding", flush=True)
while sys.stdin.readline():
    for alert in session.pop_alerts():
        if isinstance(alert, lt.incoming_connection_alert):
            seen.add(alert.endpoint[0])
    print(" ".join(sorted(seen)), flush=True)
"""

CLIENT = """
import asyncio, json, socket, subprocess, sys
from pathlib import Path, PurePath
from uuutd.metainfo import source_from
from uuutd.testing.hosts import test_host
from uuutd_libtorrent import Libtorrent, LibtorrentConfig

data, torrent, content, seeder_program = sys.argv[1:]

def run(*words):
    subprocess.run(words, check=True)

def ask(seeder, text):
    seeder.stdin.write(text + "\\n")
    seeder.stdin.flush()
    return seeder.stdout.readline().split()

def connect_two_ways(seeder):
    run("ip", "link", "set", "lo", "up")
    ways = (("vpn0", "vpn1", "10.9.0.1/24"), ("other0", "other1", "10.8.0.1/24"))
    for ours, theirs, address in ways:
        run("ip", "link", "add", ours, "type", "veth", "peer", "name", theirs)
        run("ip", "link", "set", theirs, "netns", str(seeder.pid))
        run("ip", "addr", "add", address, "dev", ours)
        run("ip", "link", "set", ours, "up")

async def main(seeder):
    report = {}
    config = LibtorrentConfig(
        save_path=data + "/anime", listen="0.0.0.0:0", interface="vpn0", dht=False
    )
    async with test_host(Path(data)) as host:
        client = Libtorrent(config, host)
        await client.open()
        digits = await client.add(
            source_from(Path(torrent).read_bytes()), label="", folder=PurePath("shows")
        )
        handle = client._engine.registry.find(digits).handle

        async def until(truth, *hosts):
            async with asyncio.timeout(60):
                while not truth((await client.torrents([digits]))[0]):
                    for host in hosts:
                        handle.connect_peer((host, 7000))
                    await asyncio.sleep(0.5)

        await until(lambda t: t.done_bytes > 0, "10.9.0.2", "10.8.0.2")
        report["by it"] = ask(seeder, "who")
        run("ip", "link", "set", "vpn0", "down")
        await asyncio.sleep(3)  # what was on its way is there
        before = (await client.torrents([digits]))[0].done_bytes
        for _ in range(6):  # nothing may happen, and nothing tells of that
            handle.connect_peer(("10.8.0.2", 7000))
            await asyncio.sleep(0.5)
        report["without it"] = ask(seeder, "who")
        report["received without it"] = (await client.torrents([digits]))[0].done_bytes - before
        run("ip", "link", "set", "vpn0", "up")
        # The address that failed is tried again in minutes only: another one serves as well.
        await until(lambda t: t.finished, "10.9.0.3")
        report["in the end"] = ask(seeder, "who")
        socket.create_connection(("10.8.0.2", 7000), 5).close()
        await asyncio.sleep(0.5)
        report["by anybody else"] = ask(seeder, "who")
        await client.close()
    print(json.dumps(report))

command = ["unshare", "-n", sys.executable, "-c", seeder_program, torrent, content]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as seeder:
    try:
        assert seeder.stdout.readline() == "here\\n"
        connect_two_ways(seeder)
        assert ask(seeder, "go") == ["seeding"]
        asyncio.run(main(seeder))
    finally:
        seeder.kill()
"""


def can_make_interfaces() -> bool:
    command = "ip link add here type veth peer name there"
    try:
        return subprocess.run(["unshare", "-rn", *command.split()], check=False).returncode == 0
    except FileNotFoundError:
        return False


async def test_it_stops_when_its_interface_goes_and_goes_on_when_it_is_back(swarm, tmp_path):
    if not await asyncio.to_thread(can_make_interfaces):
        missing("what makes network namespaces (unshare, ip and the right to use them)")
    seeded = await swarm.add("Show - 01.mkv", size=160 * PIECE)
    torrent = tmp_path / "a.torrent"
    torrent.write_bytes(seeded.metainfo)
    content = next((tmp_path / "swarm").glob("*/Show - 01.mkv")).parent
    process = await asyncio.create_subprocess_exec(
        *("unshare", "-rn", sys.executable, "-c", CLIENT),
        *map(str, (tmp_path / "client", torrent, content, SEEDER)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()[-2000:]
    assert json.loads(out) == {
        "by it": ["10.9.0.1"],
        "without it": ["10.9.0.1"],
        "received without it": 0,
        "in the end": ["10.9.0.1"],
        "by anybody else": ["10.8.0.1", "10.9.0.1"],
    }
    assert (tmp_path / "client" / "anime" / "shows" / seeded.name).exists()
