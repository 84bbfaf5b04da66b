"""``get``: from a title to the torrent, or to the finished file."""

import asyncio
import contextlib
import functools
import uuid
from collections.abc import Iterator

from ..terminal.console import Console
from ..terminal.words import job_name, waits_for
from ..wire import DownloadRequest, EntryReply, JobReply, StepReply
from .arrival import LONGEST_PAUSE, patiently, wait_for_file
from .choice import show_choice
from .context import Context, report_failure
from .exits import FAILED, NOT_FOUND, OK, Stop, exit_code_of
from .matching import find_entry

FIRST_PAUSE = 0.2
SHOWN_HASH = 8


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
    return await stay(context, job)


async def _picked(context: Context, entry: EntryReply) -> str | None:
    """Return the id of the release that ``--pick`` counts to."""
    number: int | None = context.options.pick
    if number is None:
        return None
    choice = await context.remote.releases(entry.provider, entry.id, context.options.episode)
    if number > len(choice.releases):
        raise Stop(NOT_FOUND, f"there are only {len(choice.releases)} releases")
    return choice.releases[number - 1].id


async def stay(context: Context, job: JobReply) -> int:
    """Show the steps of a job, with ``--wait`` also its download, and how it ended."""
    console = context.console
    with _leaving(
        console, f"the job goes on: uuut jobs; stop it with: uuut jobs --cancel {job.id}"
    ):
        job = await follow(context, job)
    if job.state != "done":
        if context.json:
            console.json(None, job=job, torrent=None)
        return _failed(console, job)
    torrent = None
    if context.options.wait and job.torrent:
        with _leaving(
            console,
            "the download goes on: uuut torrents; stop it with: "
            f"uuut pause {job.torrent[:SHOWN_HASH]} or uuut rm {job.torrent[:SHOWN_HASH]}",
        ):
            torrent = await wait_for_file(context, job)
    if context.json:
        console.json(None, job=job, torrent=torrent)
    elif torrent is not None:
        console.data("/".join(filter(None, (torrent.save_path, torrent.name))))
    else:
        name = job.release.title if job.release else job.title or ""
        console.data(f"{job.torrent or ''}  {name}")
    return OK


@contextlib.contextmanager
def _leaving(console: Console, what_goes_on: str) -> Iterator[None]:
    """Say what goes on when somebody leaves meanwhile."""
    try:
        yield
    except asyncio.CancelledError:
        console.say(what_goes_on)
        raise


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
        job = await patiently(context.console, functools.partial(context.remote.job, job.id))


class _Steps:
    """A line for each step that has ended or waits, and below them the one that runs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: set[str] = set()
        self._hindrance = ""

    def show(self, job: JobReply) -> None:
        for step in job.steps:
            if step.state in ("done", "failed", "cancelled") and step.name not in self._said:
                self._said.add(step.name)
                self._console.say(self._line(step), "bad" if step.state == "failed" else "plain")
        running = next((step for step in job.steps if step.state == "running"), None)
        if running is not None:
            self._say_what_hinders(job, running)
            detail = f" {running.detail}" if running.detail else ""
            sign = self._console.symbols.running
            self._console.status(f"{job_name(job)}  {running.name} {sign}{detail}")

    def _say_what_hinders(self, job: JobReply, step: StepReply) -> None:
        """Say once why the job waits, and again when the reason is another."""
        hindrance = job.problem.detail if job.problem else ""
        if hindrance and hindrance != self._hindrance:
            sign = self._console.symbols.running
            self._console.say(f"  {step.name:<8} {sign} {waits_for(job)}", "bad")
        self._hindrance = hindrance

    def _line(self, step: StepReply) -> str:
        symbols = self._console.symbols
        sign = symbols.done if step.state == "done" else symbols.failed
        took = "" if step.ms is None else f"{step.ms / 1000:.1f} s"
        return f"  {step.name:<8} {sign} {took:>6}  {step.detail or ''}".rstrip()
