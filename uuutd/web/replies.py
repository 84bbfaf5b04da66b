"""Values into answers."""

import hashlib
from collections.abc import Mapping

import msgspec
from aiohttp import ETag, web

from ..wire import JobReply
from .decode import JSON

API = "/api/v1"

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def json_reply(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer with *value*, one of `uuutd.wire`."""
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type=JSON, headers=headers)


def job_reply(job: JobReply, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with a job and where to look at it again."""
    place = {"Location": f"{API}/jobs/{job.id}"}
    return json_reply(job, status, {**place, **(headers or {})})


def no_content() -> web.Response:
    """Answer that it is done, and that there is nothing to say."""
    return web.Response(status=204)


def unless_known(request: web.Request, value: object) -> web.Response:
    """Answer with *value*, or with 304 if the caller has exactly that already."""
    body = msgspec.json.encode(value)
    tag = ETag(hashlib.sha256(body).hexdigest()[:32])
    known = {each.value for each in request.if_none_match or ()}
    if known & {tag.value, "*"}:
        response = web.Response(status=304)
    else:
        response = web.Response(body=body, content_type=JSON)
    response.etag = tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    return response
