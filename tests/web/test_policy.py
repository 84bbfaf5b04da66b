"""Every address, walked through as everybody who could come along."""

import attrs
import msgspec
import pytest
from aiohttp import FormData, web

from uuutd.web.call import Policy
from uuutd.web.problems import PROBLEM_JSON
from uuutd.web.route import check_routes
from uuutd.web.routes import ROUTES

from .fakes import ENTRIES, HASH, JOB, READS, TOKEN, WRITES, application


@attrs.frozen
class Example:
    """A request that succeeds for whom it is meant; ``$entry`` stands for the caller's show."""

    path: str
    json: dict | None = None
    params: dict | None = None


A = "/api/v1"
EXAMPLES = {
    f"POST {A}/auth/signup": Example(
        f"{A}/auth/signup", {"username": "zoe", "password": "long enough", "invite": "i"}
    ),
    f"POST {A}/auth/token": Example(
        f"{A}/auth/token", {"grant_type": "password", "username": "ann", "password": "x"}
    ),
    f"POST {A}/auth/logout": Example(f"{A}/auth/logout", {"everywhere": True}),
    f"GET {A}/auth/me": Example(f"{A}/auth/me"),
    f"POST {A}/auth/password": Example(f"{A}/auth/password", {"current": "a", "new": "b"}),
    f"GET {A}/auth/sessions": Example(f"{A}/auth/sessions"),
    f"DELETE {A}/auth/sessions/{{id}}": Example(f"{A}/auth/sessions/s1"),
    f"GET {A}/auth/tokens": Example(f"{A}/auth/tokens"),
    f"POST {A}/auth/tokens": Example(
        f"{A}/auth/tokens", {"name": "script", "scopes": ["torrents:read"]}
    ),
    f"DELETE {A}/auth/tokens/{{id}}": Example(f"{A}/auth/tokens/{TOKEN}"),
    f"GET {A}/auth/{{provider}}/link": Example(f"{A}/auth/anilist/link"),
    f"POST {A}/auth/{{provider}}/link": Example(
        f"{A}/auth/anilist/link", {"fields": {"answer": "t"}}
    ),
    f"DELETE {A}/auth/{{provider}}/link": Example(f"{A}/auth/anilist/link"),
    f"GET {A}/watchlist": Example(f"{A}/watchlist"),
    f"POST {A}/watchlist/progress": Example(
        f"{A}/watchlist/progress", {"entry": "$entry", "episode": 7}
    ),
    f"POST {A}/watchlist/download": Example(f"{A}/watchlist/download", {"entry": "$entry"}),
    f"GET {A}/watchlist/{{provider}}/{{id}}": Example(f"{A}/watchlist/anilist/101"),
    f"GET {A}/watchlist/{{provider}}/{{id}}/releases": Example(
        f"{A}/watchlist/anilist/101/releases", params={"episode": "7"}
    ),
    f"GET {A}/watchlist/{{provider}}/{{id}}/numbering": Example(
        f"{A}/watchlist/anilist/101/numbering", params={"episode": "7"}
    ),
    f"GET {A}/watchlist/{{provider}}/{{id}}/upgrade": Example(
        f"{A}/watchlist/anilist/101/upgrade", params={"episode": "7"}
    ),
    f"POST {A}/watchlist/{{provider}}/{{id}}/upgrade": Example(
        f"{A}/watchlist/anilist/101/upgrade", params={"episode": "7"}
    ),
    f"GET {A}/preferences": Example(f"{A}/preferences"),
    f"PUT {A}/preferences": Example(f"{A}/preferences", {"audio": "dub"}),
    f"DELETE {A}/preferences": Example(f"{A}/preferences"),
    f"GET {A}/watchlist/{{provider}}/{{id}}/preferences": Example(
        f"{A}/watchlist/anilist/101/preferences"
    ),
    f"PUT {A}/watchlist/{{provider}}/{{id}}/preferences": Example(
        f"{A}/watchlist/anilist/101/preferences", {"counts_from": 13}
    ),
    f"DELETE {A}/watchlist/{{provider}}/{{id}}/preferences": Example(
        f"{A}/watchlist/anilist/101/preferences"
    ),
    f"GET {A}/watchlist/{{provider}}/{{id}}/why": Example(
        f"{A}/watchlist/anilist/101/why", params={"episode": "7", "replay": "true"}
    ),
    f"GET {A}/releases": Example(f"{A}/releases", params={"q": "a show"}),
    f"GET {A}/torrents": Example(f"{A}/torrents"),
    f"POST {A}/torrents": Example(f"{A}/torrents", {"source": "b" * 40}),
    f"GET {A}/torrents/all": Example(f"{A}/torrents/all"),
    f"GET {A}/torrents/{{hash}}": Example(f"{A}/torrents/{HASH}"),
    f"POST {A}/torrents/{{hash}}/pause": Example(f"{A}/torrents/{HASH}/pause"),
    f"POST {A}/torrents/{{hash}}/resume": Example(f"{A}/torrents/{HASH}/resume"),
    f"PATCH {A}/torrents/{{hash}}/files": Example(f"{A}/torrents/{HASH}/files", {"wanted": [0]}),
    f"POST {A}/torrents/{{hash}}/recheck": Example(f"{A}/torrents/{HASH}/recheck"),
    f"PATCH {A}/torrents/{{hash}}/limits": Example(
        f"{A}/torrents/{HASH}/limits", {"down": 1 << 20, "up": None}
    ),
    f"PATCH {A}/torrents/{{hash}}/labels": Example(
        f"{A}/torrents/{HASH}/labels", {"labels": ["later"]}
    ),
    f"GET {A}/backends/client/{{name}}/limits": Example(f"{A}/backends/client/libtorrent/limits"),
    f"PATCH {A}/backends/client/{{name}}/limits": Example(
        f"{A}/backends/client/libtorrent/limits", {"down": None, "up": 1 << 20}
    ),
    f"POST {A}/admin/torrents/{{client}}/{{hash}}/adopt": Example(
        f"{A}/admin/torrents/libtorrent/{HASH}/adopt"
    ),
    f"GET {A}/admin/users": Example(f"{A}/admin/users"),
    f"POST {A}/admin/users": Example(f"{A}/admin/users", {"username": "zoe"}),
    f"GET {A}/admin/users/{{user}}": Example(f"{A}/admin/users/1"),
    f"PATCH {A}/admin/users/{{user}}": Example(f"{A}/admin/users/1", {"disabled": True}),
    f"DELETE {A}/admin/users/{{user}}": Example(f"{A}/admin/users/1", params={"torrents": "keep"}),
    f"POST {A}/admin/users/{{user}}/reset": Example(f"{A}/admin/users/1/reset"),
    f"POST {A}/auth/reset": Example(f"{A}/auth/reset", {"code": "c", "password": "long enough"}),
    f"GET {A}/admin/invites": Example(f"{A}/admin/invites"),
    f"POST {A}/admin/invites": Example(f"{A}/admin/invites", {"role": "user", "hours": 24}),
    f"DELETE {A}/admin/invites/{{invite}}": Example(f"{A}/admin/invites/4"),
    f"GET {A}/admin/audit": Example(f"{A}/admin/audit", params={"event": "login"}),
    f"DELETE {A}/torrents/{{hash}}": Example(
        f"{A}/torrents/{HASH}", params={"delete_files": "true"}
    ),
    f"GET {A}/jobs": Example(f"{A}/jobs"),
    f"GET {A}/jobs/{{id}}": Example(f"{A}/jobs/{JOB}"),
    f"POST {A}/jobs/{{id}}/retry": Example(f"{A}/jobs/{JOB}/retry"),
    f"POST {A}/jobs/{{id}}/cancel": Example(f"{A}/jobs/{JOB}/cancel"),
    f"GET {A}/events": Example(f"{A}/events"),
    f"GET {A}/about": Example(f"{A}/about"),
    f"GET {A}/backends": Example(f"{A}/backends"),
    f"POST {A}/backends/{{kind}}/{{name}}/check": Example(f"{A}/backends/client/libtorrent/check"),
    f"POST {A}/backends/client/{{name}}/confirm-missing": Example(
        f"{A}/backends/client/libtorrent/confirm-missing"
    ),
    "GET /health": Example("/health"),
    "GET /ready": Example("/ready"),
    "GET /metrics": Example("/metrics"),
    "GET /openapi.json": Example("/openapi.json"),
}

LOGINS = ("ann", "ben", "cay", "ada", "ann-stale", "ada-stale")
PROGRAMS = {
    "reads": READS,
    "writes": WRITES,
    "steward": {"admin"},
    "all": {*READS, *WRITES, "admin"},
}
ANYBODY = (
    *(None, "nobody", *LOGINS),
    *(f"{name}-{kind}" for name in ("ann", "ben", "cay", "ada") for kind in PROGRAMS),
)
"""Ann owns what the examples name, and Cay the torrent with her.  Ada is an administrator.

Nobody's token is not good: it is over, made up, or its user is disabled; for the web face
these are one.  A stale login is older than some minutes; the others are personal tokens.
"""


def demanded(route, who):
    """Return the status that the policy demands, and the code of the problem."""
    good = route.statuses[0], None
    if route.policy in (Policy.ANONYMOUS, Policy.METRICS):
        return good
    if who in (None, "nobody"):
        return 401, "not-logged-in"
    name, _, kind = who.partition("-")
    if route.policy is Policy.ADMIN and name != "ada":
        return 403, "not-allowed"
    if kind in PROGRAMS and route.scope != "any" and route.scope not in PROGRAMS[kind]:
        return 403, "scope"
    if route.fresh and kind:
        return 403, "login-again"
    if (
        route.policy is Policy.OWNER
        and name != "ann"
        and not (name == "cay" and "{hash}" in route.path)
    ):
        return 404, "not-found"
    return good


def example(route):
    return EXAMPLES[f"{route.method} {route.path}"]


def body_for(shown, who):
    entry = ENTRIES.get(who, "101")
    return {k: entry if v == "$entry" else v for k, v in shown.json.items()} if shown.json else None


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
async def test_each_caller_gets_what_the_policy_demands(face, route):
    shown = example(route)
    for who in ANYBODY:
        name = (who or "").partition("-")[0]
        request = face.ask(
            route.method, shown.path, by=who, json=body_for(shown, name), params=shown.params
        )
        status, code = demanded(route, who)
        async with request as response:
            assert response.status == status, who
            if response.status >= 400:
                assert response.content_type == PROBLEM_JSON
                problem = await response.json(content_type=None)
                assert problem["code"] == code
                if code == "scope":
                    assert (route.scope or "No personal token") in problem["detail"]
            elif route.reply is not None:
                body = await response.read()
                assert msgspec.json.decode(body, type=route.reply) is not None
                assert response.content_type == "application/json"
            elif route.media is not None:
                assert response.content_type == route.media
            else:
                assert await response.read() == b""


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.policy is not Policy.ANONYMOUS], ids=lambda r: r.path
)
async def test_nothing_but_the_bearer_header_logs_in(face, route):
    shown = example(route)
    for headers in (
        {"Cookie": "access_token=token-ada; session=token-ada"},
        {"X-Api-Key": "token-ada"},
        {"Authorization": "Basic token-ada"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Remote-User": "ada", "X-Forwarded-For": "127.0.0.1"},
    ):
        sent = {**headers, "Host": "uuut.example"}
        async with face.ask(
            route.method, shown.path, headers=sent, json=body_for(shown, "ada")
        ) as response:
            assert response.status == 401
            assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_login_counts_before_what_is_asked_for(face):
    """Without a login nobody learns whether a body would have been good."""
    async with face.ask("POST", f"{A}/watchlist/download", data=b"{") as response:
        assert response.status == 401


@pytest.mark.parametrize(
    ("headers", "by", "status"),
    [
        ({}, None, 200),
        ({"Host": "uuut.example"}, None, 401),
        ({"Host": "uuut.example"}, "ann", 403),
        ({"Host": "uuut.example"}, "ada", 200),
        ({"X-Forwarded-For": "127.0.0.1"}, None, 401),
        ({"Forwarded": "for=127.0.0.1"}, None, 401),
        ({"Via": "1.1 proxy"}, None, 401),
    ],
)
async def test_metrics_are_for_this_machine_and_for_administrators(face, headers, by, status):
    async with face.ask("GET", "/metrics", by=by, headers=headers) as response:
        assert response.status == status


async def test_a_busy_database_is_not_a_bad_login(face):
    face.services.auth.busy = True
    async with face.ask("GET", f"{A}/jobs", by="ann") as response:
        assert response.status == 503
        assert response.headers["Retry-After"] == "3"
        assert (await response.json(content_type=None))["code"] == "busy"


NOBODYS = {"{hash}": "c" * 40, "{id}": "999"}


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.policy is Policy.OWNER], ids=lambda r: f"{r.method} {r.path}"
)
async def test_not_yours_and_not_there_are_one_answer(face, route):
    """Somebody else's thing and one that nobody has: the same but for the request's id."""
    shown = example(route)
    parts = zip(route.path.split("/"), shown.path.split("/"), strict=True)
    nowhere = "/".join(NOBODYS.get(form, given) for form, given in parts)
    assert nowhere != shown.path
    heard = []
    for path in (shown.path, nowhere):
        request = face.ask(
            route.method, path, by="ben", json=body_for(shown, "ben"), params=shown.params
        )
        async with request as response:
            problem = await response.json(content_type=None)
            headers = {k.lower(): v for k, v in response.headers.items()}
            assert problem.pop("request_id") == headers.pop("x-request-id")
            headers.pop("date")
            heard.append((response.status, problem, headers))
    assert heard[0] == heard[1]
    assert heard[0][0] == 404


BODIES = [
    (route, kind)
    for route in ROUTES
    for media, kind in route.body.media.items()
    if media == "application/json"
]
RIGHTS = ("is_admin", "admin", "role", "id", "user", "user_id", "owner", "gen", "disabled", "quota")
"""What nobody may say of themselves."""


@pytest.mark.parametrize(("route", "kind"), BODIES, ids=lambda v: getattr(v, "path", ""))
async def test_a_field_that_is_not_asked_for_is_refused(face, route, kind):
    shown, who = example(route), "ada" if route.policy is Policy.ADMIN else "ann"
    known = set(attrs.fields_dict(kind))
    for name in (*RIGHTS, "zzz", "__class__", "ID", ""):
        if name in known:
            continue
        for value in (True, "admin", None):
            body = {**(body_for(shown, who) or {}), name: value}
            async with face.ask(
                route.method, shown.path, by=who, json=body, params=shown.params
            ) as response:
                assert response.status == 422, (name, value)
                problem = await response.json(content_type=None)
                assert [each["path"] for each in problem["problems"]] == [name]


def test_only_administrators_say_who_may_do_what():
    assert len(BODIES) > 15
    for route, kind in BODIES:
        if route.policy is not Policy.ADMIN:
            assert not set(attrs.fields_dict(kind)) & set(RIGHTS), route.path


def test_no_personal_token_opens_the_account_itself():
    """What would let a token make itself last for ever, or throw its user out."""
    for route in ROUTES:
        if route.path.startswith(f"{A}/auth/") and route.policy is not Policy.ANONYMOUS:
            reads = route.path in (f"{A}/auth/me", f"{A}/auth/{{provider}}/link")
            assert route.method == "GET" if route.scope else not (reads and route.method == "GET")


def test_a_scope_that_only_reads_changes_nothing():
    for route in ROUTES:
        if route.scope in ("any", "watchlist:read", "torrents:read"):
            assert route.method == "GET", route.path
        if route.scope in ("watchlist:write", "torrents:write"):
            assert route.method != "GET", route.path
        if route.policy is Policy.ADMIN:
            assert route.scope in ("admin", None), route.path
        if route.policy is Policy.METRICS:
            assert route.scope == "admin"


def test_every_row_has_an_example_and_no_example_is_left_over():
    assert {f"{r.method} {r.path}" for r in ROUTES} == set(EXAMPLES)


async def test_an_address_past_the_table_keeps_the_daemon_from_starting(face):
    async def secret(_):
        return web.Response()

    app = web.Application()
    for each in face.app.router.routes():
        if each.method != "HEAD":
            app.router.add_route(each.method, each.resource.canonical, secret)
    check_routes(app, ROUTES)
    app.router.add_get("/api/v1/secret", secret)
    with pytest.raises(RuntimeError, match=r"GET /api/v1/secret is served"):
        check_routes(app, ROUTES)
    with pytest.raises(RuntimeError, match=r"GET /health stands in ROUTES"):
        check_routes(web.Application(), [r for r in ROUTES if r.path == "/health"])


async def test_the_application_checks_its_addresses_when_it_starts(face):
    async def secret(_):
        return web.Response()

    app = application(face.services, face.database)
    app.router.add_post("/back/door", secret)
    with pytest.raises(RuntimeError, match="POST /back/door"):
        await web.AppRunner(app).setup()


async def test_a_form_and_a_file_are_taken_where_the_table_says_so(face):
    form = FormData({"grant_type": "password", "username": "ann", "password": "x"})
    async with face.ask("POST", f"{A}/auth/token", data=form) as response:
        assert response.status == 200
    file = FormData()
    file.add_field("torrent", b"d4:infoe", filename="a.torrent")
    async with face.ask("POST", f"{A}/torrents", by="ann", data=file) as response:
        assert response.status == 201
