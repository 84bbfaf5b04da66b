"""Connections: how many at once, and how long they may take to ask for something."""

import asyncio
import json
import logging
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from uuutd.web.edge import Door, Edge, Limits
from uuutd.web.unparsed import LONGEST_HEADER, LONGEST_LINE

from .fakes import Database, Services, application

REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@asynccontextmanager
async def listening(**limits):
    """Serve the application once more, behind an edge with these limits."""
    runner = web.AppRunner(
        application(Services(), Database()),
        access_log=None,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_HEADER,
    )
    await runner.setup()
    edge = Edge(runner, "127.0.0.1", 0, limits=Limits(**limits))
    await edge.start()
    try:
        yield runner.addresses[0]
    finally:
        await runner.cleanup()


HOST = b"Host: localhost\r\n"
LONG = b"/" + (LONGEST_LINE + 1) * b"s"


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET /%b HTTP/1.1\r\n%b\r\n" % (LONG, HOST), 414, "request-uri-too-long"),
        (b"GET /" + 20 * LONG, 414, "request-uri-too-long"),
        (
            b"GET /health HTTP/1.1\r\n%bReferer: %b\r\n\r\n" % (HOST, LONG),
            431,
            "request-header-fields-too-large",
        ),
        (
            b"GET /health HTTP/1.1\r\n%b%b: a\r\n\r\n" % (HOST, LONG[1:]),
            431,
            "request-header-fields-too-large",
        ),
        (
            b"GET /health HTTP/1.1\r\n%b%b\r\n" % (HOST, 9000 * b"a: s\r\n"),
            431,
            "request-header-fields-too-large",
        ),
        (b"GET /health HTTP/1.1\r\nHo st: sss\r\n\r\n", 400, "bad-request"),
        (b"\x16\x03\x01sss\r\n\r\n", 400, "bad-request"),
    ],
    ids=["line", "endless-line", "value", "name", "many", "odd-header", "tls"],
)
async def test_what_cannot_be_read_is_a_problem_and_no_traceback(
    request_bytes, status, code, caplog
):
    caplog.set_level(logging.DEBUG)
    async with listening() as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(REQUEST)  # what went well before changes nothing
        await reader.readuntil(b"\r\n\r\n")
        await reader.readuntil(b"}")
        writer.write(request_bytes)
        answer = await ended(reader)
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert b"content-type: application/problem+json" in head.lower()
    assert b"x-content-type-options: nosniff" in head.lower()
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert f"X-Request-ID: {problem['request_id']}".encode() in head
    assert b"sss" not in answer
    told = [record for record in caplog.records if record.name.startswith(("uuutd", "aiohttp"))]
    assert [record.name for record in told if not record.name.endswith("access")] == ["uuutd.web"]
    assert not any(record.exc_info or "sss" in record.getMessage() for record in told)


async def test_lines_of_the_length_that_is_allowed_are_read():
    async with listening() as address:
        reader, writer = await asyncio.open_connection(*address)
        line = b"/health?" + (LONGEST_LINE - 8) * b"s"
        header = (LONGEST_LINE - 10) * b"s"
        writer.write(b"GET %b HTTP/1.1\r\n%bReferer: %b\r\n\r\n" % (line, HOST, header))
        first = await asyncio.wait_for(reader.readline(), 5)
        assert b" 414 " not in first
        assert b" 431 " not in first
        writer.close()


async def ended(reader):
    """Read to the end of a connection, however it ends."""
    async with asyncio.timeout(5):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


async def test_only_so_many_connections():
    async with listening(connections=2) as address:
        held = [await asyncio.open_connection(*address) for _ in range(2)]
        for reader, writer in held:
            writer.write(REQUEST)
            assert b" 200 " in await reader.readline()
        reader, writer = await asyncio.open_connection(*address)
        writer.write(REQUEST)
        assert await ended(reader) == b""
        writer.close()
        held[0][1].close()
        url = "http://{}:{}/health".format(*address)
        assert await until_answered(url) == 200
        held[1][1].close()


async def until_answered(url):
    """Ask until there is room again; the daemon sees a moment later that somebody left."""
    async with asyncio.timeout(5):
        while True:
            try:
                async with aiohttp.request("GET", url) as response:
                    return response.status
            except aiohttp.ClientConnectionError:
                continue


async def test_a_header_that_never_ends():
    async with listening(header_seconds=0.1) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(REQUEST[:-1])
        assert await ended(reader) == b""
        writer.close()


async def test_a_header_in_pieces_is_fine_and_the_connection_stays():
    async with listening(header_seconds=0.2) as address:
        reader, writer = await asyncio.open_connection(*address)
        for number in range(len(REQUEST)):
            writer.write(REQUEST[number : number + 1])
            await writer.drain()
        assert b" 200 " in await asyncio.wait_for(reader.readline(), 5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await reader.read()
        writer.write(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert b'"status":"ok"' in await ended(reader)
        writer.close()


async def test_half_open_connections_keep_nobody_out():
    async with listening(header_seconds=0.5) as address:
        held = [await asyncio.open_connection(*address) for _ in range(300)]
        for _, writer in held:
            writer.write(b"GET /")
        url = "http://{}:{}/health".format(*address)
        async with asyncio.timeout(1), aiohttp.request("GET", url) as response:
            assert response.status == 200
        for reader, writer in held:
            assert await ended(reader) == b""
            writer.close()


def test_each_address_has_its_share():
    door = Door(Limits(connections=10, per_address=2))
    assert [door.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert door.enter("192.0.2.2")
    assert [door.enter(f"2001:db8::{n}") for n in (1, 2, 3)] == [True, True, False]
    assert door.enter("2001:db8:0:1::1")
    assert not door.enter("::ffff:192.0.2.1")
    door.leave("192.0.2.1")
    assert door.enter("::ffff:192.0.2.1")
    assert [door.enter("127.0.0.1") for _ in range(5)] == [True] * 4 + [False]
    door.leave("127.0.0.1")
    assert door.enter("fe80::1%eth0")
