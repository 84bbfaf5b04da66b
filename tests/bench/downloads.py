"""Rows 1, 2, 4 and 6: the download itself, beside the floor's in the same run.

The overhead is the time from sending the request to the moment at which the client has
the torrent, by the client's own clock, minus the latencies that nobody can avoid.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
import psutil

from uuutd.testing.anilist_world import Media

from . import subjects
from .subjects import Program
from .table import Line, median
from .world import ANILIST_SECONDS, EPISODE, NYAA_SECONDS, World

WARM_UP = 3
"""Runs at the beginning that do not count: connections, caches of code, statements."""
RUNS = 9
AT_ONCE = 50
AT_ONCE_RUNS = 3
SAME = 10


@attrs.frozen(kw_only=True)
class Subject:
    """A program under measurement; *me* is its user, of the floor the account itself."""

    world: World
    program: Program
    me: dict[str, str] | None

    async def fresh_list(self, number: int) -> dict[str, str]:
        """Return the headers of somebody with AniList account *number*, its list not known yet."""
        if self.me is None:
            return {"X-User": str(self.world.users[number].id)}
        await subjects.link(self.program, self.me, self.world.tokens[number])
        return self.me

    async def get(self, user: dict[str, str], show: Media) -> float:
        """Download the episode of *show*; return the seconds until the client had it."""
        sent = time.monotonic()
        status, answer = await self.program.ask(
            "POST", "watchlist/download", user, entry=str(show.id), episode=EPISODE
        )
        if status != 201:
            raise RuntimeError(f"{show.romaji}: {status} {answer}")
        return self.world.client.came[answer.get("torrent") or answer["hash"]] - sent


@asynccontextmanager
async def both(world: World, folder: Path) -> AsyncIterator[tuple[Subject, Subject]]:
    """Bring up the floor and a daemon that know nothing."""
    world.hurry()
    tables = (
        subjects.upstream_tables(world),
        subjects.qbittorrent_table(world.client.url),
    )
    async with (
        subjects.floor(folder / "floor", world) as floor,
        subjects.daemon(folder / "daemon", *tables) as daemon,
    ):
        me = await subjects.log_in(daemon, folder / "daemon", "mika")
        yield (
            Subject(world=world, program=floor, me=None),
            Subject(world=world, program=daemon, me=me),
        )


async def rehearse(world: World, folder: Path) -> None:
    """Let both ask for everything once, so that upstream's answers are worked out."""
    async with both(world, folder) as pair:
        for subject in pair:
            for number in range(len(world.users)):
                user = await subject.fresh_list(number)
                await subject.program.ask("GET", "watchlist", user)
            user = await subject.fresh_list(0)
            for show in world.shows:
                await subject.get(user, show)
            world.client.forget()


async def one(world: World, folder: Path, *, viewed: bool) -> tuple[list[float], list[float]]:
    """Measure single downloads, one after another; *viewed* the list just before or not."""
    overheads: tuple[list[float], list[float]] = ([], [])
    async with both(world, folder) as pair:
        for number in range(WARM_UP + RUNS):
            for subject, found in zip(pair, overheads, strict=True):
                world.slow_down()
                user = await subject.fresh_list(2 + number)
                if viewed:
                    await subject.program.ask("GET", "watchlist", user)
                took = await subject.get(user, world.shows[2 + number])
                path = NYAA_SECONDS if viewed else ANILIST_SECONDS + NYAA_SECONDS
                found.append(took - path)
    return overheads[0][WARM_UP:], overheads[1][WARM_UP:]


@attrs.frozen
class Burst:
    """Many downloads: the last one's overhead, and what each took of a processor, in seconds."""

    last: float
    cpu: float


async def many(world: World, folder: Path) -> tuple[Burst, Burst]:
    """Measure `AT_ONCE` downloads at once, of shows whose relatives are on file."""
    async with both(world, folder) as (floor, daemon):
        bursts = []
        for subject in (floor, daemon):
            world.hurry()
            user = await subject.fresh_list(0)
            shows = world.shows[:AT_ONCE]
            if subject is daemon:
                for show in shows:
                    await subject.program.ask(
                        "GET", f"watchlist/anilist/{show.id}/releases?episode=1", user
                    )
            user = await subject.fresh_list(1)
            world.slow_down()
            before = _cpu(subject)
            took = await asyncio.gather(*(subject.get(user, show) for show in shows))
            cpu = (_cpu(subject) - before) / AT_ONCE
            bursts.append(Burst(max(took) - ANILIST_SECONDS - NYAA_SECONDS, cpu))
        return bursts[0], bursts[1]


def _cpu(subject: Subject) -> float:
    times = psutil.Process(subject.program.pid).cpu_times()
    return times.user + times.system


async def row_1(world: World, folder: Path) -> list[Line]:
    """One download, nothing known."""
    return _single(1, "one download, nothing known", 2.0, *await one(world, folder, viewed=False))


async def row_2(world: World, folder: Path) -> list[Line]:
    """One download after the watchlist was viewed."""
    return _single(2, "one download, watchlist viewed", 2.5, *await one(world, folder, viewed=True))


async def row_4(world: World, folder: Path) -> list[Line]:
    """Fifty downloads at once; what counts is the last one."""
    runs = [await many(world, folder / str(number)) for number in range(AT_ONCE_RUNS)]
    base, mine = ([pair[which].last for pair in runs] for which in (0, 1))
    (line,) = _single(4, f"{AT_ONCE} downloads at once, the last", 2.0, base, mine)
    spent = [1000 * median(pair[which].cpu for pair in runs) for which in (1, 0)]
    note = f"{line.note}; processor {spent[0]:.0f} ms over {spent[1]:.0f} ms each"
    return [attrs.evolve(line, note=note)]


def _single(row: int, what: str, limit: float, floor: list[float], ours: list[float]) -> list[Line]:
    base, mine = median(floor), median(ours)
    note = f"{1000 * mine:.1f} ms over {1000 * base:.1f} ms, medians of {len(ours)}"
    return [Line(row=row, what=what, value=mine / base, limit=limit, unit="x", note=note)]


async def row_6(world: World, folder: Path) -> list[Line]:
    """The same episode, asked for by ten users, and ten times by one."""
    lines = []
    async with both(world, folder) as (_, daemon):
        names = (f"user{number}" for number in range(SAME))
        users = [await subjects.log_in(daemon.program, folder / "daemon", n) for n in names]
        for user, token in zip(users, world.tokens[2:], strict=False):
            await subjects.link(daemon.program, user, token)
        for what, askers, show in (
            (f"same episode, {SAME} users", users, world.shows[2 + SAME]),
            (f"same episode, one user {SAME} times", [users[0]] * SAME, world.shows[2]),
        ):
            world.slow_down()
            took = await asyncio.gather(
                *(daemon.get(user, show) for user in askers), return_exceptions=True
            )
            failed = sum(isinstance(each, BaseException) for each in took)
            asked = world.nyaa.asked
            again = len(asked) - len(set(asked))
            note = f"{len(set(asked))} different queries make one search"
            adds = world.client.adds
            lines += [
                Line(row=6, what=f"{what}: failures", value=failed, limit=0),
                Line(row=6, what=f"{what}: queries again", value=again, limit=0, note=note),
                Line(row=6, what=f"{what}: adds", value=adds, limit=1),
            ]
    return lines
