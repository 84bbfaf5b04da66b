"""Problem documents: one for everything that goes wrong, with all that is known."""

import inspect

import aiohttp
import msgspec
import pytest

from uuutd import errors, wire
from uuutd.errors import Error
from uuutd.web import problems
from uuutd.web.problems import PROBLEM_JSON, status_of, status_of_code

DOWNLOAD = "/api/v1/watchlist/download"


async def problem(response):
    """Read a problem document, and check what all of them have."""
    assert response.content_type == PROBLEM_JSON
    said = msgspec.json.decode(await response.read(), type=wire.ProblemReply)
    assert said.status == response.status
    assert said.type == f"urn:uuutd:problem:{said.code}"
    assert said.title
    assert said.detail
    assert said.request_id == response.headers["X-Request-ID"]
    return said


EXPECTED = [
    (errors.NotFound("x"), 404, "not-found"),
    (errors.NoRelease("x"), 404, "no-release"),
    (errors.NotLinked("x"), 409, "not-linked"),
    (errors.Conflict("x"), 409, "conflict"),
    (errors.UsernameTaken("x"), 409, "username-taken"),
    (errors.Foreign("x"), 409, "foreign"),
    (errors.LinkReadOnly("x"), 409, "link-read-only"),
    (errors.LinkExpired("x"), 409, "link-expired"),
    (errors.NotAired("x"), 409, "not-aired"),
    (errors.QuotaReached("x"), 409, "quota-reached"),
    (errors.AddsThrottled("x", retry_after=61), 429, "adds-throttled"),
    (errors.ReleaseRejected("x"), 409, "release-rejected"),
    (errors.Invalid("x"), 422, "invalid"),
    (errors.NotLoggedIn("x"), 401, "not-logged-in"),
    (errors.BadCredentials("x"), 401, "bad-credentials"),
    (errors.NotAllowed("x"), 403, "not-allowed"),
    (errors.WrongScope("x"), 403, "scope"),
    (errors.LoginAgain("x"), 403, "login-again"),
    (errors.SignupClosed("x"), 403, "signup-closed"),
    (errors.Throttled("x", retry_after=1.5), 429, "throttled"),
    (errors.Busy("x", retry_after=0), 503, "busy"),
    (errors.NoSpace("x"), 507, "no-space"),
    (errors.BackendError("x"), 502, "backend"),
    (errors.Unavailable("x"), 503, "unavailable"),
    (errors.RateLimited("x", retry_after=61), 503, "rate-limited"),
    (errors.TimedOut("x"), 504, "timed-out"),
    (errors.LoginFailed("x"), 502, "login-failed"),
    (errors.BadReply("x"), 502, "bad-reply"),
    (errors.Refused("x"), 502, "refused"),
    (errors.ClientLost("x"), 502, "client-lost"),
    (errors.ConfigError("x", []), 500, "config"),
]


@pytest.mark.parametrize(("error", "status", "code"), EXPECTED, ids=[row[2] for row in EXPECTED])
async def test_each_error_has_its_status(face, error, status, code):
    face.services.jobs.error = error
    async with face.ask("POST", DOWNLOAD, by="ann", json={"entry": "101"}) as response:
        said = await problem(response)
    assert (said.status, said.code) == (status, code)
    assert ("Retry-After" in response.headers) == (status in (429, 503))
    assert status_of_code(code) == status


def test_no_error_is_left_out():
    known = {
        kind.code
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, Error) and kind not in (Error, errors.JobFailed)
    }
    assert known == {code for _, _, code in EXPECTED}


@pytest.mark.parametrize(
    ("error", "header"),
    [
        (errors.Throttled("x", retry_after=1.5), "2"),
        (errors.Busy("x", retry_after=0), "1"),
        (errors.RateLimited("x", retry_after=61), "61"),
        (errors.Unavailable("x"), "10"),
    ],
)
async def test_retry_after_is_in_whole_seconds(face, error, header):
    face.services.jobs.error = error
    async with face.ask("POST", DOWNLOAD, by="ann", json={"entry": "101"}) as response:
        said = await problem(response)
    assert response.headers["Retry-After"] == header
    assert said.retry_after == error.retry_after


async def test_all_that_is_known_is_said(face):
    face.services.jobs.error = errors.Unavailable(
        "nyaa does not answer", backend="nyaa", retry_after=30, hint="Try later.", step="search"
    )
    async with face.ask("POST", DOWNLOAD, by="ann", json={"entry": "101"}) as response:
        said = await problem(response)
        names = set(await response.json(content_type=None))
    assert (said.backend, said.hint, said.step) == ("nyaa", "Try later.", "search")
    assert names == {
        "type", "title", "status", "detail", "code", "step", "backend", "hint",
        "retry_after", "request_id",
    }  # fmt: skip


async def test_a_failed_job_is_answered_with_what_failed_in_it(face):
    failure = wire.FailureReply(
        code="timed-out", title="t", detail="nyaa took too long", step="search", backend="nyaa"
    )
    face.services.jobs.error = errors.JobFailed("x", job="j1", failure=failure)
    async with face.ask("POST", DOWNLOAD, by="ann", json={"entry": "101"}) as response:
        said = await problem(response)
    assert (said.status, said.code, said.job) == (504, "timed-out", "j1")
    assert (said.step, said.backend, said.detail) == ("search", "nyaa", "nyaa took too long")


async def test_a_subclass_of_a_plugin_has_the_status_of_its_family():
    class Odd(errors.TimedOut):
        code = "odd"

    assert status_of(Odd) == 504
    assert status_of_code("odd") == 504
    assert status_of_code("never heard of") == 500


async def test_an_unexpected_error_says_nothing_of_itself(face, caplog):
    face.services.jobs.error = ZeroDivisionError("the password is hunter2")
    async with face.ask("POST", DOWNLOAD, by="ann", json={"entry": "101"}) as response:
        text = await response.text()
        said = await problem(response)
    assert said.status == 500
    assert said.code == "internal"
    assert "hunter2" not in text
    assert "Traceback" not in text
    (record,) = [r for r in caplog.records if r.name == problems.__name__]
    assert said.request_id in record.getMessage()
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/", 404, "not-found"),
        ("GET", "/api/v1/torrents/xyz", 404, "not-found"),
        ("GET", "/api/v1/torrents/" + "A" * 40, 404, "not-found"),
        ("GET", "/api/v1/torrents/" + "a" * 40 + "%0A", 404, "not-found"),
        ("GET", "/api/v1/jobs/a%2Fb", 404, "not-found"),
        ("GET", "/api/v1/watchlist/anilist/%00", 404, "not-found"),
        ("POST", "/api/v1/backends/pump/nyaa/check", 404, "not-found"),
        ("PUT", "/api/v1/torrents", 405, "method-not-allowed"),
        ("GET", "/api/v1/watchlist/download", 405, "method-not-allowed"),
        ("OPTIONS", "/api/v1/torrents", 405, "method-not-allowed"),
        ("POST", "/health", 405, "method-not-allowed"),
        ("PROPFIND", "/health", 405, "method-not-allowed"),
    ],
)
async def test_what_aiohttp_refuses_is_a_problem_too(face, method, path, status, code):
    import yarl

    url = yarl.URL(face.url + path, encoded=True)
    headers = {"Authorization": "Bearer token-ada", "Accept": "text/html"}
    async with face.session.request(method, url, headers=headers) as response:
        said = await problem(response)
    assert (said.status, said.code) == (status, code)
    if status == 405:
        assert method not in response.headers["Allow"]


async def test_each_request_has_an_id_of_our_own(face):
    seen = set()
    for _ in range(3):
        async with face.ask("GET", "/health", headers={"X-Request-ID": "mine"}) as response:
            seen.add(response.headers["X-Request-ID"])
    assert len(seen) == 3
    assert "mine" not in seen


async def test_a_path_in_a_problem_is_not_repeated_without_end(face):
    async with aiohttp.ClientSession() as session, session.get(f"{face.url}/{'x' * 5000}") as got:
        assert len((await problem(got)).detail) < 400
