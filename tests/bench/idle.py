"""Rows 18, 19 and 21: what the daemon costs while nobody asks, and how soon it answers."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import psutil

from uuutd.domain import Account, Entry, EntryId, InfoHash, ListStatus, Secret, Titles, Work, WorkId
from uuutd.keys import KeyRing
from uuutd.store import accounts, choices, intents, users
from uuutd.store.engine import open_store
from uuutd.store.records import Intent, IntentState

from . import subjects
from .downloads import Subject
from .subjects import Program
from .table import Line, median
from .world import World

SETTLES = 15.0
"""Seconds after the last request in which a daemon may still do what that one left to do."""
WATCHED = 120.0
"""Seconds that idleness is watched, two rounds of what happens each minute."""
STARTS = 7
PEOPLE = 10
LISTED = 50
OWNED = 100
"""How much the populated database holds: users, the shows of each, the torrents of each."""
MIB = 2**20


@attrs.frozen
class Idle:
    """What a process does by itself: MiB, percent of one core, wake-ups a second."""

    rss: float
    cpu: float
    wakeups: float


async def watch(pid: int) -> Idle:
    """Watch a process that nobody asks anything."""
    await asyncio.sleep(SETTLES)
    process = psutil.Process(pid)
    cpu, wakeups = _cpu(process), _wakeups(pid)
    await asyncio.sleep(WATCHED)
    return Idle(
        rss=process.memory_info().rss / MIB,
        cpu=100 * (_cpu(process) - cpu) / WATCHED,
        wakeups=(_wakeups(pid) - wakeups) / WATCHED,
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _wakeups(pid: int) -> int:
    """Return how often any thread of the process has gone to sleep, and so been woken."""
    count = 0
    for path in Path(f"/proc/{pid}/task").glob("*/status"):
        status = dict(line.split(":", 1) for line in path.read_text().splitlines())
        count += int(status["voluntary_ctxt_switches"])
    return count


async def row_18(world: World, folder: Path) -> list[Line]:
    """Idle beside a qBittorrent, after a user has viewed a list and downloaded an episode."""
    tables = (subjects.upstream_tables(world), subjects.qbittorrent_table(world.client.url))
    async with subjects.daemon(folder, *tables) as daemon:
        await _use(world, daemon, folder)
        idle = await watch(daemon.pid)
    return [
        Line(row=18, what="idle, qBittorrent: memory", value=idle.rss, limit=68, unit="MiB"),
        Line(row=18, what="idle, qBittorrent: processor", value=idle.cpu, limit=0.1, unit="%"),
        Line(row=18, what="idle, qBittorrent: wake-ups", value=idle.wakeups, limit=1.5, unit="/s"),
    ]


async def row_19(world: World, folder: Path) -> list[Line]:
    """Idle with the embedded client."""
    tables = (subjects.upstream_tables(world), subjects.libtorrent_table(folder / "files"))
    async with subjects.daemon(folder, *tables) as daemon:
        user = await subjects.log_in(daemon, folder, "mika")
        await subjects.link(daemon, user, world.tokens[0])
        await daemon.ask("GET", "watchlist", user)
        idle = await watch(daemon.pid)
    note = f"{idle.cpu:.2f} % of a core, {idle.wakeups:.1f} wake-ups/s"
    what = "idle, SQLite and libtorrent: memory"
    return [Line(row=19, what=what, value=idle.rss, limit=85, unit="MiB", note=note)]


async def _use(world: World, daemon: Program, folder: Path) -> None:
    world.hurry()
    world.client.forget()
    subject = Subject(world=world, program=daemon, me=await subjects.log_in(daemon, folder, "mika"))
    user = await subject.fresh_list(0)
    await daemon.ask("GET", "watchlist", user)
    await subject.get(user, world.shows[0])


async def row_21(world: World, folder: Path) -> list[Line]:
    """From starting the process to the first 200, with a populated database."""
    world.hurry()
    tables = (subjects.upstream_tables(world), subjects.qbittorrent_table(world.client.url))
    async with subjects.daemon(folder, *tables):
        pass  # makes the keys and the tables
    await populate(folder / "data")
    took = []
    for _ in range(STARTS):
        async with subjects.daemon(folder, *tables) as daemon:
            took.append(daemon.started_in)
    note = f"{PEOPLE} users, {PEOPLE * OWNED} torrents, median of {STARTS}"
    return [
        Line(row=21, what="start to first 200", value=median(took), limit=0.8, unit="s", note=note)
    ]


async def populate(data: Path) -> None:
    """Fill a database with people, their lists and their torrents."""
    keys, now = KeyRing.load(data / "keys.json"), datetime.now(UTC)
    listed = tuple(_entry(number) for number in range(LISTED))
    async with open_store(f"sqlite://{data / 'uuutd.db'}", lock_dir=data):
        for person in range(PEOPLE):
            user = await users.add(f"user{person}", "!", role="user", now=now)
            account = Account(
                id=str(person), name=user.name, credentials={"token": Secret("x" * 900)}
            )
            await accounts.link(user.id, "anilist", account, box=keys.box, now=now)
            old = now - timedelta(days=1)
            await accounts.save_entries(user.id, "anilist", listed, old, account_id=account.id)
            for number in range(OWNED):
                draft = _intent(user.id, person * OWNED + number, now)
                intent, _ = await intents.begin(draft)
                recorded = await choices.record_choice(intent, name="A Show", present=False)
                assert recorded is not None
                await choices.finish(recorded[0])


def _entry(number: int) -> Entry:
    work = Work(
        id=EntryId(str(number)),
        titles=Titles(romaji=f"Show {number}", english=f"The Show {number}"),
        episodes=12,
    )
    return Entry(work=work, status=ListStatus.CURRENT, progress=3)


def _intent(user_id: int, number: int, now: datetime) -> Intent:
    return Intent(
        id=f"{number:032x}",
        user_id=user_id,
        kind="get",
        state=IntentState.NEW,
        key=f"{user_id}:work:{number}",
        work=WorkId("work"),
        provider="anilist",
        entry=EntryId("1"),
        title="Show 1",
        episode=number,
        client="qbittorrent",
        info_hash=InfoHash(f"{number:040x}"),
        created_at=now,
        updated_at=now,
    )
