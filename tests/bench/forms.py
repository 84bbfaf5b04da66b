"""Rows 7 and 24: fifty downloads by a direct call, and by 202 and events, side by side.

A direct call is answered when the client has the torrent.  The other form is answered at
once, and what becomes of it is told as events.  docs/decisions/0008 draws the conclusion.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import aiohttp
import attrs
import psutil

from uuutd.testing.anilist_world import Media

from . import probed, subjects
from .downloads import AT_ONCE, Subject
from .probed import Held
from .pulling import quantile
from .table import Line, median
from .world import EPISODE, NYAA_SECONDS, World

Form = Literal["direct", "events"]

RUNS = 3
LATER = 10
"""How many more come, one after another, while the others are in flight."""
LATER_EVERY = 0.15
TOLD_WITHIN = 60.0
SAMPLED_EVERY = 0.02
MIB = 2**20


@attrs.frozen(kw_only=True)
class Asked:
    """One download, in seconds since it was sent: answered, in the client, its end told."""

    answered: float
    came: float
    told: float


@attrs.frozen(kw_only=True)
class Burst:
    """Many downloads at once, and what they cost: MiB at the most, seconds of CPU for each."""

    asked: list[Asked]
    grown: float
    cpu: float
    held: Held
    later: list[float]
    """Seconds until each that came later was answered."""
    resyncs: int


class Ends:
    """Listens to a user's events, and notes when each job came to its end.

    *resyncs* counts how often it was told to read everything again, and did.
    """

    def __init__(self, subject: Subject, user: dict[str, str]) -> None:
        self._program, self._user = subject.program, user
        self._at: dict[str, asyncio.Future[tuple[float, dict[str, str]]]] = {}
        self.resyncs = 0

    def _end(self, job: str) -> asyncio.Future[tuple[float, dict[str, str]]]:
        return self._at.setdefault(job, asyncio.get_running_loop().create_future())

    async def of(self, job: str) -> tuple[float, dict[str, str]]:
        """Return when the end of a job was told, by the monotonic clock, and the job."""
        return await asyncio.wait_for(asyncio.shield(self._end(job)), TOLD_WITHIN)

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[None]:
        """Listen while the block runs."""
        forever = aiohttp.ClientTimeout(total=None)
        url = f"{self._program.url}/api/v1/events"
        async with self._program.session.get(url, headers=self._user, timeout=forever) as answer:
            await answer.content.readline()  # the welcome: from now on all is told
            listening = asyncio.ensure_future(self._listen(answer.content))
            try:
                yield
            finally:
                listening.cancel()
                await asyncio.wait([listening])

    async def _listen(self, lines: aiohttp.StreamReader) -> None:
        name = b""
        async for line in lines:
            if line.startswith(b"event: "):
                name = line[7:].strip()
            elif line.startswith(b"data: ") and name == b"job":
                self._note(json.loads(line[6:]))
            elif line.startswith(b"data: ") and name == b"resync":
                self.resyncs += 1
                _, answer = await self._program.ask("GET", "jobs", self._user)
                for job in answer["jobs"]:
                    self._note(job)

    def _note(self, job: dict[str, str]) -> None:
        end = self._end(job["id"])
        if job["state"] != "running" and not end.done():
            end.set_result((time.monotonic(), job))


@asynccontextmanager
async def ready(world: World, folder: Path) -> AsyncIterator[tuple[Subject, dict[str, str], Path]]:
    """Bring up a daemon that knows the user's list, as one who picks from it has seen it."""
    world.hurry()
    world.client.forget()
    folder.mkdir(parents=True)  # noqa: ASYNC240 - nothing else runs here
    tables = (subjects.upstream_tables(world), subjects.qbittorrent_table(world.client.url))
    probe = folder / "probe"
    async with subjects.daemon(folder, *tables, probe=probe) as daemon:
        me = await subjects.log_in(daemon, folder, "mika")
        subject = Subject(world=world, program=daemon, me=me)
        user = await subject.fresh_list(0)
        for show in world.shows[: AT_ONCE + LATER]:
            await daemon.ask("GET", f"watchlist/anilist/{show.id}/releases?episode=1", user)
        user = await subject.fresh_list(1)
        await daemon.ask("GET", "watchlist", user)
        world.slow_down()
        yield subject, user, probe


async def burst(
    world: World, folder: Path, form: Form, *, at_once: int = AT_ONCE, later: int = 0
) -> Burst:
    """Measure so many downloads at once, and *later* more that come while they are in flight."""
    async with ready(world, folder) as (subject, user, probe):
        process, ends = psutil.Process(subject.program.pid), Ends(subject, user)
        async with ends.heard() if form == "events" else contextlib.nullcontext():
            before, began, times = process.memory_info().rss, time.monotonic(), process.cpu_times()
            highest = asyncio.ensure_future(_highest(process))
            asked, took = await asyncio.gather(
                asyncio.gather(
                    *(_get(subject, user, show, form, ends) for show in world.shows[:at_once])
                ),
                _later(subject, user, world.shows[at_once : at_once + later]),
            )
            ended, spent = time.monotonic(), process.cpu_times()
            highest.cancel()
            cpu = spent.user + spent.system - times.user - times.system
            return Burst(
                asked=asked,
                grown=(await highest - before) / MIB,
                cpu=cpu / at_once,
                held=probed.read(probe, began, ended),
                later=took,
                resyncs=ends.resyncs,
            )


async def _highest(process: psutil.Process) -> int:
    """Return how much memory a process had at the most until this is cancelled."""
    highest = 0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            highest = max(highest, process.memory_info().rss)
            await asyncio.sleep(SAMPLED_EVERY)
    return highest


async def _get(
    subject: Subject, user: dict[str, str], show: Media, form: Form, ends: Ends
) -> Asked:
    sent = time.monotonic()
    job = await _post(subject, user, show, form)
    answered = time.monotonic()
    told = answered
    if form == "events":
        told, job = await ends.of(job["id"])
    if job["state"] != "done":
        raise RuntimeError(f"{show.romaji}: {job}")
    came = subject.world.client.came[job["torrent"]]
    return Asked(answered=answered - sent, came=came - sent, told=told - sent)


async def _post(subject: Subject, user: dict[str, str], show: Media, form: Form) -> dict[str, str]:
    prefer = {"Prefer": "respond-async"} if form == "events" else {}
    status, job = await subject.program.ask(
        "POST", "watchlist/download", user | prefer, entry=str(show.id), episode=EPISODE
    )
    if status != (202 if form == "events" else 201):
        raise RuntimeError(f"{show.romaji}: {status} {job}")
    found: dict[str, str] = job
    return found


async def _later(subject: Subject, user: dict[str, str], shows: tuple[Media, ...]) -> list[float]:
    """Ask for shows one after another; return the seconds until each was answered with 202."""
    took = list[float]()
    for show in shows:
        await asyncio.sleep(LATER_EVERY)
        sent = time.monotonic()
        await _post(subject, user, show, "events")
        took.append(time.monotonic() - sent)
    return took


async def row_7(world: World, folder: Path) -> list[Line]:
    """Measure both forms in turn, and what it takes to answer while many are in flight."""
    runs: dict[Form, list[Burst]] = {"direct": [], "events": []}
    later = list[float]()
    for number in range(RUNS):
        for form, found in runs.items():
            found.append(await burst(world, folder / f"{form}-{number}", form))
        flying = await burst(world, folder / f"later-{number}", "events", later=LATER)
        later += flying.later
    async with ready(world, folder / "alone") as (subject, user, _):
        alone = await _later(subject, user, world.shows[:LATER])
    at_once = [each.answered for run in runs["events"] for each in run.asked]
    what, p99 = "answered with 202", 1000 * quantile(at_once, 0.99)
    lines = [
        _line(f"{what}, {AT_ONCE} sent at once: p99", p99, "ms", _p50(at_once), limit=30),
        _line(
            f"{what} while {AT_ONCE} are in flight: p99",
            1000 * quantile(later, 0.99),
            "ms",
            _p50(later),
            limit=30,
        ),
        _line(f"{what}, one at a time: p99", 1000 * quantile(alone, 0.99), "ms", _p50(alone)),
    ]
    return lines + [line for form, found in runs.items() for line in _told(form, found)]


def _p50(seconds: list[float]) -> str:
    return f"p50 {1000 * median(seconds):.1f} ms, of {len(seconds)}"


def _line(what: str, value: float, unit: str, note: str = "", limit: float | None = None) -> Line:
    return Line(row=7, what=what, value=value, limit=limit, unit=unit, note=note)


def _told(form: Form, runs: list[Burst]) -> list[Line]:
    """Return what a form took and cost, medians of its runs."""
    what = f"{AT_ONCE} at once, {form}"
    lines = []
    for moment, name in (("answered", "answered"), ("came", "in the client"), ("told", "told")):
        each = [[getattr(asked, moment) for asked in run.asked] for run in runs]
        middle = median(map(median, each))
        note = f"half of them {middle:.2f} s; {NYAA_SECONDS} s is the latency upstream"
        lines.append(_line(f"{what}: {name}, the last", median(map(max, each)), "s", note))
    cpu, lags = median(run.cpu for run in runs), [lag for run in runs for lag in run.held.lags]
    resyncs = sum(run.resyncs for run in runs)
    longest = max((run.held for run in runs), key=lambda held: held.longest)
    block = 1000 * longest.longest
    lag = f"late p50 {1000 * median(lags):.1f}, p99 {1000 * quantile(lags, 0.99):.0f} ms"
    lines += [
        _line(f"{what}: memory, growth", median(run.grown for run in runs), "MiB"),
        _line(f"{what}: told to read all again", resyncs, "times", f"in {len(runs)} runs"),
        _line(f"{what}: processor for each", 1000 * cpu, "ms"),
        _line(f"{what}: how late the loop, at worst", 1000 * max(lags), "ms", lag),
    ]
    note = f"a step of {longest.who}"
    held = f"{what}: longest hold of the loop"
    return [*lines, Line(row=24, what=held, value=block, limit=20, unit="ms", note=note)]
