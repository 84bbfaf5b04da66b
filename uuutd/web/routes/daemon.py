"""The daemon itself."""

from ... import wire
from .. import backends, health, openapi
from ..call import Policy
from ..decode import JSON
from ..query import NO_QUERY
from ..replies import API
from ..route import route
from .common import ADMIN, ANONYMOUS, NO_BODY, USER

DAEMON = (
    route(
        "GET",
        f"{API}/about",
        health.about,
        ANONYMOUS,
        "What to know before a login",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.AboutReply,
    ),
    route(
        "GET",
        f"{API}/backends",
        backends.view,
        USER,
        "The backends and how they are",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.BackendsReply,
        scope="any",
    ),
    route(
        "POST",
        f"{API}/backends/{{kind}}/{{name}}/check",
        backends.check,
        ADMIN,
        "Try a backend again",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.BackendReply,
        scope="admin",
    ),
    route(
        "POST",
        f"{API}/backends/client/{{name}}/confirm-missing",
        backends.confirm_missing,
        ADMIN,
        "Say that the torrents which a client lost are gone for good",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.BackendReply,
        scope="admin",
    ),
    route(
        "GET",
        "/health",
        health.health,
        ANONYMOUS,
        "Alive",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.HealthReply,
    ),
    route(
        "GET",
        "/ready",
        health.ready,
        ANONYMOUS,
        "Ready for work",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.ReadyReply,
        statuses=(200, 503),
    ),
    route(
        "GET",
        "/metrics",
        health.metrics,
        Policy.METRICS,
        "Metrics for Prometheus",
        body=NO_BODY,
        query=NO_QUERY,
        media="text/plain",
        scope="admin",
    ),
    route(
        "GET",
        "/openapi.json",
        openapi.serve,
        ANONYMOUS,
        "This description",
        body=NO_BODY,
        query=NO_QUERY,
        media=JSON,
    ),
)
