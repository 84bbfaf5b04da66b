"""``jobs status``."""

import re
from datetime import UTC, datetime

from .. import __version__
from ..remote import LoginNeeded
from ..terminal.console import Cell, Column, Console
from ..terminal.words import Tone, duration, job_name, moment, waits_for
from ..wire import BackendReply, JobReply, StepReply
from .context import Context, report, report_failure
from .exits import NOT_FOUND, OK, Stop, exit_code_of
from .get import follow

JOB_COLUMNS = (
    Column("JOB"),
    Column("WHEN"),
    Column("WHAT", flexible=True),
    Column("STATE"),
    Column("STEPS", flexible=True),
)
BACKEND_COLUMNS = (
    Column("BACKEND"),
    Column("KIND"),
    Column("STATE"),
    Column("VERSION"),
    Column("PROBLEM", flexible=True),
)
JOB_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
TONES: dict[str, Tone] = {"done": "good", "ready": "good", "failed": "bad", "running": "busy"}


async def jobs(context: Context) -> int:
    """Print the jobs, or change one."""
    console, options = context.console, context.options
    if options.retry is not None:
        again = await context.remote.retry(_job_id(options.retry))
        return _ended(context, await follow(context, again))
    if options.cancel is not None:
        return _ended(context, await context.remote.cancel(_job_id(options.cancel)))
    reply = await context.remote.jobs()
    if context.json:
        console.json(reply)
    elif reply.jobs:
        now = datetime.now(UTC)
        console.table(JOB_COLUMNS, [_job_row(console, job, now) for job in reply.jobs])
    else:
        console.say("no jobs yet")
    return OK


def _job_id(text: str) -> str:
    """Return *text* if it can be the id of a job."""
    if not JOB_ID.fullmatch(text):
        raise Stop(NOT_FOUND, f"there is no such job: {text!r}", hint="See: uuut jobs")
    return text


def _job_row(console: Console, job: JobReply, now: datetime) -> tuple[Cell, ...]:
    steps = " ".join(_step(console, step) for step in job.steps if step.state != "waiting")
    if job.problem is not None:
        steps += f": {waits_for(job) or job.problem.detail}"
    return (
        Cell(job.id),
        Cell(moment(job.created_at, now)),
        Cell(job_name(job)),
        Cell(job.state, TONES.get(job.state, "plain")),
        Cell(steps),
    )


def _step(console: Console, step: StepReply) -> str:
    symbols = console.symbols
    signs = {"done": symbols.done, "running": symbols.running}
    return f"{step.name} {signs.get(step.state, symbols.failed)}"


def _ended(context: Context, job: JobReply) -> int:
    """Print how *job* stands after it was changed."""
    if context.json:
        context.console.json(job)
    else:
        context.console.say(f"{job_name(job)}: {job.state}", TONES.get(job.state, "plain"))
    if job.state != "failed" or job.problem is None:
        return OK
    report_failure(context.console, job.problem)
    return exit_code_of(job.problem.code)


async def status(context: Context) -> int:
    """Print how the daemon is, and its backends for those who are logged in."""
    console, server = context.console, context.remote.server
    if client := getattr(context.options, "confirm_missing", None):
        confirmed = await context.remote.confirm_missing(client)
        console.say(f"{confirmed.name}: what it misses is recorded as missing now")
    about = await context.remote.about()
    backends: tuple[BackendReply, ...] | None = None
    login_error: LoginNeeded | None = None
    try:
        backends = (await context.remote.backends()).backends
    except LoginNeeded as error:
        login_error = error
    if context.json:
        console.json(None, server=server, client=__version__, about=about, backends=backends)
    else:
        console.data(f"uuutd {about.version} at {server}, uuut {__version__}")
        if backends:
            console.table(BACKEND_COLUMNS, [_backend_row(backend) for backend in backends])
        for alarm in (alarm for backend in backends or () for alarm in backend.alarms):
            console.say(f"{alarm.code}: {alarm.text}", "bad")
    if about.setup_needed:
        console.say("nobody has an account yet: uuut login --signup --setup-code")
    if login_error is not None:
        report(console, login_error)
    return OK


def _backend_row(backend: BackendReply) -> tuple[Cell, ...]:
    problem = backend.problem or ""
    if backend.retry_at is not None:
        left = (backend.retry_at - datetime.now(UTC)).total_seconds()
        problem = f"{problem} (next try in {duration(left)})".strip()
    return (
        Cell(backend.name),
        Cell(backend.kind),
        Cell(backend.state, TONES.get(backend.state, "bad")),
        Cell(backend.version or ""),
        Cell(problem),
    )
