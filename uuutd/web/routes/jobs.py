"""Jobs, and what happens."""

from ... import wire
from .. import events, jobs
from ..query import NO_QUERY
from ..replies import API
from ..route import route
from .common import NO_BODY, OWNER, USER

JOBS = (
    route(
        "GET",
        f"{API}/jobs",
        jobs.view,
        USER,
        "The caller's jobs",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.JobsReply,
        scope="torrents:read",
    ),
    route(
        "GET",
        f"{API}/jobs/{{id}}",
        jobs.one,
        OWNER,
        "One job",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.JobReply,
        scope="torrents:read",
    ),
    route(
        "POST",
        f"{API}/jobs/{{id}}/retry",
        jobs.retry,
        OWNER,
        "Go on from the step that failed",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.JobReply,
        statuses=(202,),
        scope="torrents:write",
    ),
    route(
        "POST",
        f"{API}/jobs/{{id}}/cancel",
        jobs.cancel,
        OWNER,
        "Cancel a job",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.JobReply,
        scope="torrents:write",
    ),
    route(
        "GET",
        f"{API}/events",
        events.stream,
        USER,
        "What happens, as Server-Sent Events",
        body=NO_BODY,
        query=NO_QUERY,
        media="text/event-stream",
        headers={"Last-Event-ID": "The id of the last event that was seen, or a `revision`."},
        scope="torrents:read",
    ),
)
