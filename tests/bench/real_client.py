"""Row 26: twenty users at a real qBittorrent, with 50 and with 500 torrents.

Fifty torrents download all the time, from a swarm on loopback; all others are seeded.  Each
user looks at the list every two seconds, as the terminal client does, and acts in between.
"""

import asyncio
import hashlib
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import attrs

from uuutd.testing.program import USERNAME
from uuutd.testing.qbittorrent import QBittorrentServer
from uuutd.testing.swarm import Swarm

from . import subjects
from .meter import Meter
from .pulling import quantile
from .subjects import Program
from .table import Line
from .watching import LIST, own, since
from .world import EPISODE, LISTED, NYAA_SECONDS, World

TORRENTS = (50, 500)
MOVING = 50
MOVING_SIZE = 6 << 20
UPLOAD_RATE = 4 << 20
"""How fast the swarm gives, in bytes per second: slow enough for all to last."""
SEED_SIZE = 16 << 10
PEOPLE = 20
EVERY = 2.0
LOOKS = 5
"""How often each looks at first, while nobody acts."""
ROUNDS = 15
UPLOADED_AT_ONCE = 50
_API = "api/v2"


@attrs.define
class Took:
    """Seconds that each request took, by what it was for."""

    by: dict[str, list[float]] = attrs.field(factory=dict)

    async def time(self, what: str, act: Awaitable[Any]) -> Any:
        """Await *act* and note how long it took."""
        began = time.monotonic()
        answer = await act
        self.by.setdefault(what, []).append(time.monotonic() - began)
        return answer


@attrs.frozen(kw_only=True)
class Person:
    """A user of the daemon, and the torrents of theirs with which they do something."""

    number: int
    headers: dict[str, str]
    mine: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Scene:
    """A daemon with its users before a real qBittorrent, which is asked through a meter."""

    world: World
    daemon: Program
    meter: Meter
    people: tuple[Person, ...]


@asynccontextmanager
async def scene(world: World, folder: Path, torrents: int, people: int) -> AsyncIterator[Scene]:
    """Bring it up; the torrents are dealt out among the users."""
    async with AsyncExitStack() as stack:
        swarm = await stack.enter_async_context(Swarm(folder / "swarm", upload_rate=UPLOAD_RATE))
        server = await stack.enter_async_context(QBittorrentServer(folder / "qbittorrent"))
        hashes = await fill(server, swarm, torrents)
        meter = await stack.enter_async_context(Meter.before(server.url))
        table = subjects.qbittorrent_table(
            meter.url,
            username=USERNAME,
            password=server.password,
            save_path=str(server.downloads),
        )
        tables = (subjects.upstream_tables(world), table)
        names = [f"user{number}" for number in range(people)]
        async with subjects.daemon(folder, *tables) as daemon:
            for name, token in zip(names, world.tokens, strict=False):
                user = await subjects.log_in(daemon, folder, name)
                await subjects.link(daemon, user, token)
        owned = {name: hashes[number::people] for number, name in enumerate(names)}
        await own(folder / "data", owned)
        daemon = await stack.enter_async_context(subjects.daemon(folder, *tables))
        found = [
            Person(
                number=number,
                headers=await subjects.log_in_again(daemon, name),
                mine=tuple(owned[name]),
            )
            for number, name in enumerate(names)
        ]
        yield Scene(world=world, daemon=daemon, meter=meter, people=tuple(found))


async def fill(server: QBittorrentServer, swarm: Swarm, torrents: int) -> list[str]:
    """Put torrents into the client: those that move first, then seeds; return their hashes."""
    jar = aiohttp.CookieJar(unsafe=True)  # its host is an address
    async with aiohttp.ClientSession(cookie_jar=jar, raise_for_status=True) as session:
        login = {"username": USERNAME, "password": server.password}
        await session.post(f"{server.url}/{_API}/auth/login", data=login)
        moving = [
            await swarm.add(f"[Group] Moving {number:02}.mkv", size=MOVING_SIZE)
            for number in range(min(MOVING, torrents))
        ]
        await _upload(session, server, [each.metainfo for each in moving])
        seeds = [_seed(server.downloads, number) for number in range(torrents - len(moving))]
        for start in range(0, len(seeds), UPLOADED_AT_ONCE):
            files = [data for _, data in seeds[start : start + UPLOADED_AT_ONCE]]
            await _upload(session, server, files, skip_checking="true")
        hashes = [each.info_hash for each in moving] + [each for each, _ in seeds]
        async with asyncio.timeout(60):
            while await _count(session, server) < torrents:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.2)
    return [str(each) for each in hashes]


async def _upload(
    session: aiohttp.ClientSession, server: QBittorrentServer, files: list[bytes], **fields: str
) -> None:
    form = aiohttp.FormData({"tags": "uuut", "savepath": str(server.downloads), **fields})
    for number, data in enumerate(files):
        form.add_field("torrents", data, filename=f"{number}.torrent")
    async with session.post(f"{server.url}/{_API}/torrents/add", data=form) as answer:
        await answer.read()


async def _count(session: aiohttp.ClientSession, server: QBittorrentServer) -> int:
    async with session.get(f"{server.url}/{_API}/torrents/info") as answer:
        return len(await answer.json())


def _seed(folder: Path, number: int) -> tuple[str, bytes]:
    """Write the content of a torrent of one piece; return its info hash and its file."""
    name = f"[Group{number % 40:02}] A Seeded Show {number // 12} - {number % 12 + 1:02}.mkv"
    content = (name.encode() * SEED_SIZE)[:SEED_SIZE]
    (folder / name).write_bytes(content)
    piece = hashlib.sha1(content, usedforsecurity=False).digest()
    info = b"d6:lengthi%de4:name%d:%s12:piece lengthi%de6:pieces20:%se" % (
        len(content),
        len(name.encode()),
        name.encode(),
        SEED_SIZE,
        piece,
    )
    return hashlib.sha1(info, usedforsecurity=False).hexdigest(), b"d4:info" + info + b"e"


# --- what the users do --------------------------------------------------------------------


async def look(it: Scene, person: Person, took: Took, rounds: int) -> None:
    """Look every two seconds, and do nothing else."""
    await asyncio.sleep(EVERY * person.number / len(it.people))
    begins, path = time.monotonic(), LIST
    for number in range(rounds):
        await asyncio.sleep(max(0.0, begins + number * EVERY - time.monotonic()))
        body = await took.time("look", _list(it.daemon, path, person))
        path = since(body) if number % 5 else LIST


async def use(it: Scene, person: Person, took: Took, rounds: int) -> None:
    """Look every two seconds, and in between do one thing after another, once get an episode."""
    await asyncio.sleep(EVERY * person.number / len(it.people))
    begins = time.monotonic()
    path = LIST
    acts = (_pause, _resume, _view, _limit)
    for number in range(rounds):
        await asyncio.sleep(max(0.0, begins + number * EVERY - time.monotonic()))
        body = await took.time("list", _list(it.daemon, path, person))
        path = since(body) if number % 5 else LIST
        await asyncio.sleep(EVERY / 2)
        if number == person.number % rounds:
            await took.time("get", _get(it, person))
        else:
            await acts[number % len(acts)](it.daemon, person, took)


async def _list(daemon: Program, path: str, person: Person) -> bytes:
    async with daemon.session.get(f"{daemon.url}{path}", headers=person.headers) as answer:
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
        return await answer.read()


async def _send(daemon: Program, person: Person, method: str, path: str, **body: object) -> None:
    status, answer = await daemon.ask(method, path, person.headers, **body)
    if status not in (200, 201, 204):
        raise RuntimeError(f"{path}: {status} {answer}")


def _act(
    what: str, method: str, path: str, **body: object
) -> Callable[[Program, Person, Took], Awaitable[None]]:
    async def act(daemon: Program, person: Person, took: Took) -> None:
        address = f"torrents/{person.mine[0]}{path}"
        await took.time(what, _send(daemon, person, method, address, **body))

    return act


_pause = _act("pause", "POST", "/pause")
_resume = _act("resume", "POST", "/resume")
_view = _act("details", "GET", "")
_limit = _act("limit", "PATCH", "/limits", down=5_000_000, up=None)


async def _get(it: Scene, person: Person) -> None:
    """Get an episode that nobody else gets."""
    show = it.world.shows[LISTED - 1 + person.number]  # the last one on the list of each
    path = "watchlist/download"
    await _send(it.daemon, person, "POST", path, entry=str(show.id), episode=EPISODE)


# --- the row ------------------------------------------------------------------------------


async def row_26(world: World, folder: Path) -> list[Line]:
    """Measure both sizes, if qBittorrent is there."""
    if QBittorrentServer.program() is None:
        sys.stderr.write("row 26 is left out: qbittorrent-nox is not installed\n")
        return []
    return [
        line
        for torrents in TORRENTS
        for line in await measure(world, folder / str(torrents), torrents)
    ]


async def measure(
    world: World, folder: Path, torrents: int, people: int = PEOPLE, rounds: int = ROUNDS
) -> list[Line]:
    """Let users act before so many torrents; return what it took and what the client was asked."""
    world.hurry()
    async with scene(world, folder, torrents, people) as it:
        for person in it.people:
            await _list(it.daemon, LIST, person)
            await _list(it.daemon, "/api/v1/watchlist", person)
        world.slow_down()
        took = Took()
        await asyncio.gather(*(look(it, person, took, LOOKS) for person in it.people))
        it.meter.calls.clear()
        began = time.monotonic()
        await asyncio.gather(*(use(it, person, took, rounds) for person in it.people))
        lasted = time.monotonic() - began
    return _lines(f"qBittorrent, {torrents} torrents", took, it.meter, lasted)


_INSIDE = {
    "pause": ("torrents/pause", "torrents/stop"),
    "resume": ("torrents/resume", "torrents/start"),
}
"""What the client calls our actions, before version 5 and since."""


def _lines(what: str, took: Took, meter: Meter, lasted: float) -> list[Line]:
    lines = [
        _line(f"{what}: {name}, p99", 1000 * quantile(seconds, 0.99), "ms", _p50(seconds), limit=25)
        for name, seconds in (
            ("list while nobody acts", took.by["look"]),
            (f"list while {PEOPLE} users act", took.by["list"]),
        )
    ]
    acts = ("pause", "resume", "limit", "details", "get")
    lines += [_action(what, name, took.by[name], meter) for name in acts]
    looks = meter.inside("sync/maindata")
    calls = Counter(call.path for call in meter.calls)
    most = ", ".join(f"{path} {count / lasted:.1f}" for path, count in calls.most_common(3))
    note = f"{1000 * quantile(looks, 0.5):.0f} ms each at the median"
    return [
        *lines,
        _line(f"{what}: looks", len(looks) / lasted, "/s", limit=2),
        _line(f"{what}: time spent with looks", 100 * sum(looks) / lasted, "%", note, limit=10),
        _line(f"{what}: all calls", len(meter.calls) / lasted, "/s", most),
    ]


def _action(what: str, name: str, seconds: list[float], meter: Meter) -> Line:
    """Return how long an action took, and how much of that the client needed by itself."""
    note = _p50(seconds)
    if name == "get":
        note += f", of which {1000 * NYAA_SECONDS:.0f} are the indexer's latency"
    elif inside := meter.inside(*_INSIDE.get(name, ())):
        note += f"; inside the client {_p50(inside)}"
    return _line(f"{what}: {name}, p99", 1000 * quantile(seconds, 0.99), "ms", note)


def _p50(seconds: list[float]) -> str:
    return f"p50 {1000 * quantile(seconds, 0.5):.1f} ms, of {len(seconds)}"


def _line(what: str, value: float, unit: str, note: str = "", limit: float | None = None) -> Line:
    return Line(row=26, what=what, value=value, limit=limit, unit=unit, note=note)
