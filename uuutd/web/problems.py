"""Errors into problem documents (RFC 9457).

This is the one place that knows which HTTP status an error has, and the one place of
the web face that catches what nobody expected.
"""

import logging
import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import attrs
import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from .. import errors
from ..errors import Error
from ..services.replies import failure
from ..wire import FailureReply, ProblemItem, ProblemReply
from .errors import TooLarge, TooSlow, UnknownType, Unreadable, WrongHost
from .keys import REQUEST_ID

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 10
"""What ``Retry-After`` says when nobody knows how long it will take."""
MAX_PROBLEMS = 50

STATUS: Mapping[type[Error], int] = {
    Error: 500,
    Unreadable: 400,
    errors.NotLoggedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    TooSlow: 408,
    errors.Conflict: 409,
    errors.NotLinked: 409,
    TooLarge: 413,
    UnknownType: 415,
    WrongHost: 421,
    errors.Invalid: 422,
    errors.Throttled: 429,
    errors.BackendError: 502,
    errors.Busy: 503,
    errors.RateLimited: 503,
    errors.Unavailable: 503,
    errors.TimedOut: 504,
    errors.NoSpace: 507,
}

INTERNAL = FailureReply(
    code="internal",
    title="Internal error",
    detail="Something unexpected happened. The daemon's log says what, under this request's id.",
)
"""What is said of an exception that nobody expected; nothing of it leaves the daemon."""


def status_of(kind: type[Error]) -> int:
    """Return the HTTP status of a class of errors: that of its nearest relative in `STATUS`."""
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def status_of_code(code: str) -> int:
    """Return the HTTP status of an error that is only known by its code."""
    return next((status_of(kind) for kind in _family(Error) if kind.code == code), 500)


def _family(kind: type[Error]) -> Iterator[type[Error]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


def from_error(error: Error, request: web.Request) -> web.Response:
    """Answer with an error of ours."""
    if isinstance(error, errors.JobFailed):
        return from_failure(error.failure, request, job=error.job)
    said = failure(error)
    if not said.detail:
        said = attrs.evolve(said, detail=f"{error.title}.")
    problems = error.problems if isinstance(error, errors.Invalid) else ()
    headers = {"WWW-Authenticate": 'Bearer realm="uuutd"'}
    return _answer(
        said,
        status_of(type(error)),
        request,
        problems=tuple(ProblemItem(path=p.path, detail=p.detail) for p in problems[:MAX_PROBLEMS]),
        headers=headers if isinstance(error, errors.NotLoggedIn) else {},
    )


def from_failure(said: FailureReply, request: web.Request, *, job: str) -> web.Response:
    """Answer with what went wrong in a job, which can be tried again."""
    return _answer(said, status_of_code(said.code), request, job=job)


def from_http(error: web.HTTPException, request: web.Request) -> web.Response:
    """Answer with what aiohttp says by itself: no such address, no such method."""
    if error.status < 400:
        return _answer(INTERNAL, 500, request)
    status = HTTPStatus(error.status)
    said = FailureReply(
        code=status.phrase.lower().replace(" ", "-"),
        title=status.phrase,
        detail=f"{request.method} {request.rel_url.raw_path[:200]}: {status.description}.",
    )
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return _answer(said, error.status, request, headers=headers)


def from_parser(status: HTTPStatus, detail: str, request: web.BaseRequest) -> web.Response:
    """Answer what could not be read as a request at all."""
    code = status.phrase.lower().replace(" ", "-")
    said = FailureReply(code=code, title=status.phrase, detail=detail)
    return _answer(said, status, request)


def _answer(
    said: FailureReply,
    status: int,
    request: web.BaseRequest,
    *,
    job: str | None = None,
    problems: tuple[ProblemItem, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    document = ProblemReply(
        type=f"urn:uuutd:problem:{said.code}",
        status=status,
        request_id=request.get(REQUEST_ID),
        job=job,
        problems=problems or None,
        **attrs.asdict(said, recurse=False),
    )
    there = {name: value for name, value in _items(document) if value is not None}
    response = web.Response(
        body=msgspec.json.encode(there),
        status=status,
        content_type=PROBLEM_JSON,
        headers=headers,
    )
    if status in (429, 503):
        wait = RETRY_SECONDS if said.retry_after is None else math.ceil(said.retry_after)
        response.headers["Retry-After"] = str(max(1, wait))
    return response


def _items(document: ProblemReply) -> Iterator[tuple[str, object]]:
    return ((field.name, getattr(document, field.name)) for field in attrs.fields(ProblemReply))


@web.middleware
async def problems_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever is raised into a problem document."""
    try:
        return await handler(request)
    except Error as error:
        return from_error(error, request)
    except web.HTTPException as error:
        return from_http(error, request)
    except Exception:
        if request.writer.output_size:  # half an answer is out: aiohttp logs, and hangs up
            raise
        log.exception("request %s failed unexpectedly", request.get(REQUEST_ID))
        return _answer(INTERNAL, 500, request)
