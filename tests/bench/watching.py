"""Rows 9 to 15 and 20: lists of torrents, and many who watch them."""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import attrs
import psutil

from uuutd.store import users
from uuutd.store.engine import open_store
from uuutd.store.tables import LinkRow, TorrentRow
from uuutd.testing.ports import free_port

from . import subjects
from .busy_client import BusyClient, info_hash
from .pulling import Pulled, Puller, quantile
from .subjects import Program
from .table import Line, median
from .world import World

LIST = "/api/v1/torrents"
SHARE = 0.02
"""The part of the torrents that moves each second."""
PEOPLE = 4
"""Users who own the same torrents."""
FLAT_OUT = 8.0
POLLED_EVERY = 2.0
POLLS = 6
WATCHERS = 50
CHANGES = 30
MIB = 2**20
_REVISION = re.compile(rb'"revision":(\d+)')


@attrs.frozen(kw_only=True)
class Scene:
    """A daemon whose users own all torrents of a busy client, and a floor with the same list."""

    daemon: Program
    floor: Program
    client: BusyClient
    people: tuple[dict[str, str], ...]


@asynccontextmanager
async def scene(world: World, folder: Path, torrents: int) -> AsyncIterator[Scene]:
    """Bring it up."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(BusyClient.running(torrents, SHARE))
        tables = (subjects.upstream_tables(world), subjects.qbittorrent_table(client.url))
        names = [f"user{number}" for number in range(PEOPLE)]
        async with subjects.daemon(folder, *tables) as daemon:
            for name in names:
                await subjects.log_in(daemon, folder, name)
        hashes = [info_hash(number) for number in range(torrents)]
        await own(folder / "data", dict.fromkeys(names, hashes))
        daemon = await stack.enter_async_context(subjects.daemon(folder, *tables))
        people = tuple([await subjects.log_in_again(daemon, name) for name in names])
        body = await whole(daemon, people[0])
        file = folder / "list.json"
        file.write_bytes(body)
        floor = await stack.enter_async_context(_floor(folder, file))
        yield Scene(daemon=daemon, floor=floor, client=client, people=people)


async def own(data: Path, owned: Mapping[str, Collection[str]]) -> None:
    """Let users own torrents that are in the client, given by their info hashes."""
    now = datetime.now(UTC) - timedelta(days=1)
    hashes = dict.fromkeys(each for mine in owned.values() for each in mine)
    async with open_store(f"sqlite://{data / 'uuutd.db'}", lock_dir=data):
        await TorrentRow.bulk_create(
            TorrentRow(
                client="qbittorrent",
                info_hash=each,
                name=f"torrent {each}",
                foreign=False,
                added_at=now,
            )
            for each in hashes
        )
        ids = dict(await TorrentRow.all().values_list("info_hash", "id"))
        for name, mine in owned.items():
            found = await users.find(name)
            assert found is not None
            await LinkRow.bulk_create(
                LinkRow(user_id=found[0].id, torrent_id=ids[each], state="live", created_at=now)
                for each in mine
            )


@asynccontextmanager
async def _floor(folder: Path, file: Path) -> AsyncIterator[Program]:
    port = free_port()
    command = (sys.executable, "-m", "tests.bench.list_floor", str(port), str(file))
    async with subjects.running(command, port, folder / "list-floor.log") as program:
        yield program


async def whole(program: Program, user: dict[str, str]) -> bytes:
    """Return a user's whole list."""
    async with Puller.to(program.url, user) as puller:
        return (await puller.pull(LIST)).body


async def pull_flat_out(
    program: Program, people: tuple[dict[str, str], ...], clients: int
) -> list[float]:
    """Let so many clients ask for the whole list, each again as soon as it has it."""
    async with AsyncExitStack() as stack:
        pullers = [
            await stack.enter_async_context(Puller.to(program.url, people[n % len(people)]))
            for n in range(clients)
        ]
        took = await asyncio.gather(*(puller.flat_out(LIST, FLAT_OUT) for puller in pullers))
    return [each for one in took for each in one]


@attrs.frozen
class Polled:
    """How long polls took, what they brought, and what they cost the server in seconds of CPU."""

    seconds: list[float]
    sizes: list[int]
    cpu: float
    lasted: float


async def poll(
    program: Program, people: tuple[dict[str, str], ...], clients: int, *, times: int = POLLS
) -> Polled:
    """Let so many clients ask for what changed, each every two seconds, not all at a time."""
    async with AsyncExitStack() as stack:
        pullers = [
            await stack.enter_async_context(Puller.to(program.url, people[n % len(people)]))
            for n in range(clients)
        ]
        firsts = [(await puller.pull(LIST)).body for puller in pullers]
        began, cpu = time.perf_counter(), _cpu(program)

        async def one(number: int) -> list[Pulled]:
            await asyncio.sleep(POLLED_EVERY * number / clients)
            return await pullers[number].every(
                since, firsts[number], every=POLLED_EVERY, times=times
            )

        found = await asyncio.gather(*map(one, range(clients)))
        spent, lasted = _cpu(program) - cpu, time.perf_counter() - began
    pulls = [each for one in found for each in one[1:]]
    return Polled([p.seconds for p in pulls], [len(p.body) for p in pulls], spent, lasted)


def since(answer: bytes) -> str:
    """Return how to ask for what changed since an answer."""
    found = _REVISION.findall(answer)
    return f"{LIST}?since={int(found[-1])}"


def _cpu(program: Program) -> float:
    times = psutil.Process(program.pid).cpu_times()
    return times.user + times.system


def _rss(program: Program) -> float:
    return psutil.Process(program.pid).memory_info().rss / MIB


async def row_9(world: World, folder: Path) -> list[Line]:
    """Fifty clients that ask for 500 torrents without a pause."""
    async with scene(world, folder, 500) as it:
        base = await pull_flat_out(it.floor, it.people, 50)
        mine = await pull_flat_out(it.daemon, it.people, 50)
    return [_ratio(9, "list of 500, 50 clients flat out: p99", 10, mine, base)]


async def row_10(world: World, folder: Path) -> list[Line]:
    """One client and 5,000 torrents: rows 10, 12, 13 and 20."""
    async with scene(world, folder, 5000) as it:
        first = it.people[:1]
        base_cpu = _cpu(it.floor)
        base = await pull_flat_out(it.floor, first, 1)
        base_cpu = (_cpu(it.floor) - base_cpu) / len(base)
        cpu = _cpu(it.daemon)
        mine = await pull_flat_out(it.daemon, first, 1)
        cpu = (_cpu(it.daemon) - cpu) / len(mine)
        polled = await poll(it.daemon, first, 1)
        size = len(await whole(it.daemon, first[0]))
        before = _rss(it.daemon)
        await pull_flat_out(it.daemon, it.people, 50)
        grown = _rss(it.daemon) - before
    p99 = 1000 * quantile(mine, 0.99)
    note = f"{1000 * cpu:.2f} ms over {1000 * base_cpu:.2f} ms"
    per_poll = median(polled.sizes) / size
    return [
        _ratio(10, "list of 5,000, one client: p99", 10, mine, base),
        Line(row=10, what="list of 5,000, one client: p99", value=p99, limit=15, unit="ms"),
        Line(
            row=12,
            what="list of 5,000: processor per request",
            value=cpu / base_cpu,
            limit=7,
            unit="x",
            note=note,
        ),
        Line(
            row=13,
            what="poll of 5,000, of the whole list",
            value=per_poll,
            limit=0.06,
            unit="x",
            note=f"{median(polled.sizes) / 1024:.0f} of {size / 1024:.0f} KiB every two seconds",
        ),
        Line(row=20, what="growth after 5,000 x 50 clients", value=grown, limit=80, unit="MiB"),
    ]


async def row_11(world: World, folder: Path) -> list[Line]:
    """Two hundred clients that poll 500 torrents, and what that costs the client: row 15, too."""
    async with scene(world, folder, 500) as it:
        calls = it.client.calls["sync/maindata"]
        polled = await poll(it.daemon, it.people, 200)
        per_second = (it.client.calls["sync/maindata"] - calls) / polled.lasted
        alone = it.client.calls["sync/maindata"]
        one = await poll(it.daemon, it.people, 1)
        per_second_alone = (it.client.calls["sync/maindata"] - alone) / one.lasted
        await asyncio.sleep(6)
        idle = it.client.calls["sync/maindata"]
        await asyncio.sleep(20)
        idle = it.client.calls["sync/maindata"] - idle
    what = "200 clients, each every 2 s, 500 torrents"
    p99, core = 1000 * quantile(polled.seconds, 0.99), 100 * polled.cpu / polled.lasted
    note = f"{per_second_alone:.2f} /s with one client"
    return [
        Line(row=11, what=f"{what}: p99", value=p99, limit=25, unit="ms"),
        Line(row=11, what=f"{what}: of a core", value=core, limit=10, unit="%"),
        Line(
            row=15,
            what="calls of the client, 200 watch",
            value=per_second,
            limit=2,
            unit="/s",
            note=note,
        ),
        Line(
            row=15,
            what="calls of the client, nobody watches",
            value=idle / 2,
            limit=1,
            unit="/10 s",
        ),
    ]


async def row_14(world: World, folder: Path) -> list[Line]:
    """From a change in the client until all who watch have been told."""
    async with scene(world, folder, 500) as it:
        delays = await changes_told(it)
    p95 = quantile(delays, 0.95)
    note = f"{CHANGES} changes, p50 {median(delays):.2f} s; the poll interval is 1 s"
    what = f"change to {WATCHERS} watchers: p95"
    return [Line(row=14, what=what, value=p95, limit=1.1, unit="s", note=note)]


async def changes_told(it: Scene) -> list[float]:
    """Change names one after another, and return how long each watcher waited for each."""
    seen: list[dict[str, float]] = [{} for _ in range(WATCHERS)]
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        tasks = []
        for number in range(WATCHERS):
            user = it.people[number % PEOPLE]
            url = f"{it.daemon.url}/api/v1/events"
            timeout = aiohttp.ClientTimeout(total=None)
            answer = await stack.enter_async_context(
                session.get(url, headers=user, timeout=timeout)
            )
            tasks.append(asyncio.ensure_future(_note(answer, seen[number])))
        await asyncio.sleep(2)
        for number in range(CHANGES):
            it.client.rename(number, f"change {number}.")
            await asyncio.sleep(0.37)  # at all moments between two looks
        await asyncio.sleep(3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [one[name] - at for name, at in it.client.marked.items() for one in seen]


async def _note(answer: aiohttp.ClientResponse, seen: dict[str, float]) -> None:
    async for line in answer.content:
        if line.startswith(b"data: "):
            now = time.monotonic()
            for torrent in json.loads(line[6:]).get("torrents", ()):
                if torrent["name"].startswith("change "):
                    seen.setdefault(torrent["name"], now)


def _ratio(row: int, what: str, limit: float, ours: list[float], floor: list[float]) -> Line:
    mine, base = quantile(ours, 0.99), quantile(floor, 0.99)
    note = f"{1000 * mine:.1f} ms over {1000 * base:.1f} ms, of {len(ours)} and {len(floor)}"
    return Line(row=row, what=what, value=mine / base, limit=limit, unit="x", note=note)
