"""``get``: from a title to the torrent, or to the finished file."""

import asyncio
import functools
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..remote import Unreachable
from ..terminal.cells import bar
from ..terminal.console import Console
from ..terminal.words import arrived, duration, job_name, percent, rate, size
from ..wire import DownloadRequest, EntryReply, JobReply, StepReply, TorrentDetailReply
from .context import Context, report_failure
from .exits import FAILED, NOT_FOUND, OK, Stop, exit_code_of
from .matching import find_entry
from .watchlist import show_choice

T = TypeVar("T")

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 1.0
PATIENCE = 60.0  # seconds without an answer before the waiting ends
LINE_EVERY = 30.0  # seconds between two lines where no bar can be drawn
LINE_STEP = 0.1
BAR_CELLS = 24


async def get(context: Context) -> int:
    """Get an episode and show each step."""
    options = context.options
    entry = await find_entry(context.console, context.remote, options.title, first=options.first)
    if options.dry_run:
        choice = await context.remote.releases(entry.provider, entry.id, options.episode)
        return show_choice(context, choice)
    request = DownloadRequest(
        entry=entry.id,
        provider=entry.provider,
        episode=options.episode,
        release=await _picked(context, entry),
        force=options.force,
        client=options.client,
    )
    # Without waiting in the request the steps can be shown while they happen.
    job = await context.remote.download(request, key=uuid.uuid4().hex, wait=False)
    try:
        return await _stay(context, job)
    except asyncio.CancelledError:
        context.console.say(
            f"the job goes on: uuut jobs; stop it with: uuut jobs --cancel {job.id}"
        )
        raise


async def _picked(context: Context, entry: EntryReply) -> str | None:
    """Return the id of the release that ``--pick`` counts to."""
    number: int | None = context.options.pick
    if number is None:
        return None
    choice = await context.remote.releases(entry.provider, entry.id, context.options.episode)
    if number > len(choice.releases):
        raise Stop(NOT_FOUND, f"there are only {len(choice.releases)} releases")
    return choice.releases[number - 1].id


async def _stay(context: Context, job: JobReply) -> int:
    console = context.console
    job = await follow(context, job)
    if job.state != "done":
        if context.json:
            console.json(None, job=job, torrent=None)
        return _failed(console, job)
    torrent = None
    if context.options.wait and job.torrent:
        torrent = await _wait_for_file(context, job.torrent)
    if context.json:
        console.json(None, job=job, torrent=torrent)
    elif torrent is not None:
        console.data("/".join(filter(None, (torrent.save_path, torrent.name))))
    else:
        name = job.release.title if job.release else job.title or ""
        console.data(f"{job.torrent or ''}  {name}")
    return OK


def _failed(console: Console, job: JobReply) -> int:
    if job.problem is None:
        console.say(f"uuut: the job was {job.state}", "bad")
        return FAILED
    report_failure(console, job.problem)
    if job.problem.code != "no-release":
        console.say(f"  from the failed step: uuut jobs --retry {job.id}")
    return exit_code_of(job.problem.code)


async def follow(context: Context, job: JobReply) -> JobReply:
    """Show the steps of *job* as they happen, and return it once it has ended."""
    steps = _Steps(context.console)
    pause = FIRST_PAUSE
    while True:
        steps.show(job)
        if job.state != "running":
            return job
        await asyncio.sleep(pause)
        pause = min(pause * 1.2, LONGEST_PAUSE)
        job = await _patiently(context.console, functools.partial(context.remote.job, job.id))


class _Steps:
    """A line for each step that has ended, and below them the one that runs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: set[str] = set()

    def show(self, job: JobReply) -> None:
        for step in job.steps:
            if step.state in ("done", "failed", "cancelled") and step.name not in self._said:
                self._said.add(step.name)
                self._console.say(self._line(step), "bad" if step.state == "failed" else "plain")
        running = next((step for step in job.steps if step.state == "running"), None)
        if running is not None:
            detail = f" {running.detail}" if running.detail else ""
            sign = self._console.symbols.running
            self._console.status(f"{job_name(job)}  {running.name} {sign}{detail}")

    def _line(self, step: StepReply) -> str:
        symbols = self._console.symbols
        sign = symbols.done if step.state == "done" else symbols.failed
        took = "" if step.ms is None else f"{step.ms / 1000:.1f} s"
        return f"  {step.name:<8} {sign} {took:>6}  {step.detail or ''}".rstrip()


async def _wait_for_file(context: Context, info_hash: str) -> TorrentDetailReply:
    """Show the progress of a torrent until all of it is there."""
    meter = _Meter(context.console)
    ask = functools.partial(context.remote.torrent, info_hash)
    while True:
        torrent = await _patiently(context.console, ask)
        meter.show(torrent)
        if arrived(torrent):
            return torrent
        if torrent.state in ("error", "missing"):
            why = torrent.error or "the torrent client does not have it any more"
            raise Stop(FAILED, f"{torrent.name}: {why}", hint="See: uuut torrents, uuut status")
        await asyncio.sleep(LONGEST_PAUSE)


class _Meter:
    """A progress bar on a terminal, now and then a line elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: float | None = None
        self._when = 0.0

    def show(self, torrent: TorrentDetailReply) -> None:
        console = self._console
        parts = [f"{percent(torrent.progress):>5}", f"of {size(torrent.size)}", torrent.state]
        if torrent.down_rate:
            parts.append(rate(torrent.down_rate))
        if torrent.eta is not None:
            parts.append(f"{duration(torrent.eta)} left")
        text = "  ".join(parts)
        if console.live and not arrived(torrent):
            console.status(f"{bar(torrent.progress, BAR_CELLS, console.symbols)} {text}")
        elif self._is_due(torrent):
            self._said, self._when = torrent.progress, time.monotonic()
            console.say(text)

    def _is_due(self, torrent: TorrentDetailReply) -> bool:
        if self._said is None or torrent.progress >= 1.0 > self._said:
            return True
        moved = torrent.progress - self._said >= LINE_STEP
        return moved or time.monotonic() - self._when >= LINE_EVERY


async def _patiently(console: Console, ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again while nobody answers, for a minute: a daemon that restarts keeps its jobs."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await ask()
        except Unreachable as error:
            if time.monotonic() > deadline:
                raise
            console.status(f"{error.detail}; trying again")
            await asyncio.sleep(LONGEST_PAUSE)
