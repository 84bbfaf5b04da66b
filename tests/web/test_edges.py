"""Hosts, headers, methods, log lines and counters."""

import asyncio
import logging

import pytest

from uuutd.web.routes import ROUTES

from .fakes import HASH, JOB
from .test_problems import problem


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8484", "127.0.0.1:1", "127.9.9.9", "[::1]", "[::1]:8484",
     "uuut.example", "Uuut.Example.:443", "[2001:db8::1]:8484"],
)  # fmt: skip
async def test_a_host_that_is_meant(face, host):
    async with face.ask("GET", "/health", headers={"Host": host}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "uuut.example.evil", "10.0.0.1", "192.168.1.5:8484",
     "[2001:db8::2]", "", "127.0.0.1.nip.example", "localhost@evil.example"],
)  # fmt: skip
async def test_a_host_that_is_not(face, host):
    async with face.ask("GET", "/api/v1/about", headers={"Host": host}) as response:
        said = await problem(response)
    assert (said.status, said.code) == (421, "wrong-host")
    assert "allowed_hosts" in said.hint


async def raw(face, request):
    reader, writer = await asyncio.open_connection(*face.runner.addresses[0])
    writer.write(request)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return answer


async def test_the_address_of_the_request_line_counts_for_more_than_the_header(face):
    answer = await raw(
        face,
        b"GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize("headers", [b"", b"Host: localhost\r\nHost: evil.example\r\n"])
async def test_a_request_with_no_host_or_two(face, headers):
    answer = await raw(face, b"GET /health HTTP/1.1\r\n" + headers + b"Connection: close\r\n\r\n")
    assert answer.split()[1] in (b"400", b"421")


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/health", "localhost"),
        ("/nothing", "localhost"),
        ("/api/v1/jobs", "localhost"),
        ("/health", "evil.example"),
        ("/metrics", "localhost"),
    ],
)
async def test_every_answer_has_the_security_headers(face, path, host):
    async with face.ask("GET", path, headers={"Host": host}) as response:
        headers = response.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Server"] == "uuutd"
    assert "Strict-Transport-Security" not in headers
    assert "Set-Cookie" not in headers


async def test_streams_have_them_too(face):
    async with face.ask("GET", "/api/v1/events", by="ann") as response:
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/health", "/api/v1/about", "/openapi.json", "/api/v1/torrents"])
async def test_head_is_get_without_its_body(face, path):
    async with face.ask("GET", path, by="ann") as response:
        length = len(await response.read())
    async with face.ask("HEAD", path, by="ann") as response:
        assert response.status == 200
        assert await response.read() == b""
        if path != "/api/v1/about":
            assert response.content_length == length


async def test_head_needs_the_same_login(face):
    async with face.ask("HEAD", "/api/v1/torrents") as response:
        assert response.status == 401


# --- the log --------------------------------------------------------------------------------


async def test_one_line_for_each_request(face, caplog):
    caplog.set_level(logging.INFO, "uuutd.access")
    headers = {"User-Agent": "evil\u009b31m\u202e agent"}
    path = f"/api/v1/torrents/{HASH}?delete_files=true"
    async with face.ask("DELETE", path, by="ann", headers=headers) as response:
        request_id = response.headers["X-Request-ID"]
    (record,) = [r for r in caplog.records if r.name == "uuutd.access"]
    assert record.method == "DELETE"
    assert record.route == "/api/v1/torrents/{hash}"
    assert record.path == f"/api/v1/torrents/{HASH}"
    assert record.status == 202
    assert record.user_id == 1
    assert record.remote == "127.0.0.1"
    assert record.duration_ms >= 0
    assert record.request_id == request_id
    assert record.agent.isascii()
    assert record.agent.isprintable()


async def test_nothing_secret_is_logged(face, caplog):
    caplog.set_level(logging.DEBUG)
    async with face.ask("GET", "/api/v1/releases?q=canary-query", by="ann") as response:
        assert response.status == 200
    form = {"grant_type": "password", "username": "ann", "password": "canary-password"}
    async with face.ask("POST", "/api/v1/auth/token?x=canary-query", data=form) as response:
        assert response.status == 422
    async with face.ask("GET", "/api/v1/jobs", headers={"Authorization": "Bearer canary"}) as got:
        assert got.status == 401
    text = "\n".join(f"{r.getMessage()} {vars(r)}" for r in caplog.records)
    assert "canary" not in text
    assert "token-ann" not in text


# --- the counters ---------------------------------------------------------------------------


async def metrics(face, accept=""):
    async with face.ask("GET", "/metrics", headers={"Accept": accept}) as response:
        assert response.status == 200
        return response.headers["Content-Type"], await response.text()


async def test_requests_are_counted_by_template(face):
    for by in ("ann", "ben"):
        async with face.ask("GET", f"/api/v1/jobs/{JOB}", by=by) as response:
            await response.read()
    _, text = await metrics(face)
    route = 'route="/api/v1/jobs/{id}"'
    assert f'uuutd_http_requests_total{{class="2xx",method="GET",{route}}} 1.0' in text
    assert f'uuutd_http_requests_total{{class="4xx",method="GET",{route}}} 1.0' in text
    assert f"uuutd_http_request_seconds_count{{{route}}} 2.0" in text


async def test_nobody_makes_series(face):
    for number in range(200):
        async with face.ask("GET", f"/x{number}", headers={"Host": f"h{number}"}) as response:
            await response.read()
        async with face.ask("GET", f"/api/v1/jobs/{number}", by="ann") as response:
            await response.read()
    async with face.ask("PROPFIND", "/x") as response:
        await response.read()
    _, text = await metrics(face)
    assert 'route="unknown"' in text
    assert 'method="other"' in text
    assert len([line for line in text.splitlines() if "http_requests_total{" in line]) < 10


async def test_streams_do_not_count_as_slow(face):
    async with face.ask("GET", "/api/v1/events", by="ann"):
        pass
    await face.services.events.subscribe(1, None).__aenter__()
    _, text = await metrics(face)
    assert 'uuutd_http_request_seconds_count{route="/api/v1/events"}' not in text


async def test_metrics_come_in_the_format_that_is_asked_for(face):
    assert (await metrics(face))[0].startswith("text/plain")
    kind, text = await metrics(face, "application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")


def test_labels_are_bounded_by_the_table():
    assert len(ROUTES) < 100
