"""Downloads, and the jobs that do the work."""

import re
from typing import Any

from aiohttp import web

from ..errors import Conflict
from ..wire import DownloadRequest, FailureReply, JobReply
from .call import Call
from .plain import invalid
from .problems import from_failure
from .query import NoParameters
from .replies import job_reply, json_reply

ANSWER_WITHIN = 20.0
"""How long a download may keep its caller waiting, in seconds; the job goes on after that."""

_KEY = re.compile(r"[!-~]{1,128}", re.ASCII)


async def download(call: Call[DownloadRequest, NoParameters]) -> web.Response:
    """Get an episode: 201 once the client has it, 202 while that lasts."""
    jobs, key = call.services.jobs, _idempotency_key(call.request)
    job_id = await jobs.download(call.user, call.body, idempotency_key=key)
    return await answer_when_done(call, job_id)


async def answer_when_done(call: Call[Any, Any], job_id: str) -> web.Response:
    """Answer with a job: 201 once the client has its torrent, 202 while that lasts."""
    jobs = call.services.jobs
    if _wants_async(call.request):
        job = await jobs.get(call.user, job_id)
        return job_reply(job, 202, {"Preference-Applied": "respond-async"})
    await jobs.wait(job_id, ANSWER_WITHIN)
    return _outcome(await jobs.get(call.user, job_id), call.request)


def _outcome(job: JobReply, request: web.Request) -> web.Response:
    if job.state == "failed":
        said = job.problem or FailureReply(
            code="error", title="The job failed", detail="The job does not say why."
        )
        return from_failure(said, request, job=job.id)
    if job.state == "cancelled":
        raise Conflict("The job was cancelled.", hint="Ask for the episode again to start anew.")
    return job_reply(job, 201 if job.state == "done" else 202)


def _wants_async(request: web.Request) -> bool:
    """Whether ``Prefer: respond-async`` is among the preferences (RFC 7240)."""
    words = ",".join(request.headers.getall("Prefer", [])).lower().split(",")
    return any(word.partition(";")[0].strip() == "respond-async" for word in words)


def _idempotency_key(request: web.Request) -> str | None:
    keys = request.headers.getall("Idempotency-Key", [])
    if not keys:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        raise invalid("Idempotency-Key", "expected 1 to 128 visible ASCII characters, once")
    return keys[0]


async def view(call: Call[None, NoParameters]) -> web.Response:
    """Show the user's jobs."""
    return json_reply(await call.services.jobs.list(call.user))


async def one(call: Call[None, NoParameters]) -> web.Response:
    """Show a job."""
    return json_reply(await call.services.jobs.get(call.user, call.path("id")))


async def retry(call: Call[None, NoParameters]) -> web.Response:
    """Let a failed job go on from the step that failed."""
    return job_reply(await call.services.jobs.retry(call.user, call.path("id")), 202)


async def cancel(call: Call[None, NoParameters]) -> web.Response:
    """Cancel a job."""
    return json_reply(await call.services.jobs.cancel(call.user, call.path("id")))
