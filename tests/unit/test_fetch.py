"""Safe fetching: where it may go, how much it reads, and what it says when it fails."""

import asyncio
import gzip
import ipaddress
import socket
import time
import tracemalloc
import zlib
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from aiohttp import web
from hypothesis import example, given
from hypothesis import strategies as st

from uuutd.errors import BackendError, BadReply, Refused, TimedOut, Unavailable
from uuutd.fetch import LONGEST_WAIT, get, is_public, open_sessions, place, retry_after
from uuutd.testing.misbehaving import Fault, Misbehaving
from uuutd.testing.serving import serving

HASTY = aiohttp.ClientTimeout(total=3, sock_connect=1, sock_read=0.3)


@pytest.fixture
async def http():
    async with open_sessions("test/1", patience=HASTY) as (session, _):
        yield session


@asynccontextmanager
async def site(handler):
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    async with serving(app) as url:
        yield url


# --- where it may go ------------------------------------------------------------------------

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.000.000.001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "127.0.0.1.",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "localhost",
    "LOCALHOST.",
    "0.0.0.0",
    "0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "user:password@127.0.0.1",
    "8.8.8.8@127.0.0.1",
]


@pytest.fixture
async def listeners():
    """Listen on both loopback addresses at one port; give the port and who connected."""
    connected = []

    async def note(_, writer):
        connected.append(writer.get_extra_info("sockname"))
        writer.close()

    first = await asyncio.start_server(note, "127.0.0.1", 0)
    port = first.sockets[0].getsockname()[1]
    second = await asyncio.start_server(note, "::1", port) if socket.has_dualstack_ipv6() else first
    async with first, second:
        yield port, connected


async def test_outside_never_connects_to_this_machine(listeners):
    port, connected = listeners
    async with open_sessions("test/1", patience=HASTY, ports={port}) as (_, outside):
        for spelling in SPELLINGS:
            with pytest.raises((Refused, Unavailable)):
                await get(outside, f"http://{spelling}:{port}/", limit=10)
    assert connected == []


async def test_the_listeners_would_have_seen_a_connection(listeners, http):
    port, connected = listeners
    for host in ("127.0.0.1", "[::1]"):
        with pytest.raises(Unavailable):
            await get(http, f"http://{host}:{port}/", limit=10)
    assert {address[0] for address in connected} == {"127.0.0.1", "::1"}


async def test_outside_keeps_to_the_ports_of_the_web():
    async with open_sessions("test/1", patience=HASTY) as (_, outside):
        with pytest.raises(Refused, match="not a web server on the public internet"):
            await get(outside, "http://192.88.98.1:22/", limit=10)


async def test_proxies_of_the_environment_are_ignored(listeners, monkeypatch):
    port, connected = listeners
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{port}")
    async with open_sessions("test/1", patience=HASTY) as (_, outside):
        with pytest.raises(Refused):
            await get(outside, "http://localhost/", limit=10)
    assert connected == []


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::",
        "::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "64:ff9b::a00:1",
        "64:ff9b:1::808:808",
        "2002:808:808::",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "fe80::1%eth0",
        "localhost",
        "",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@given(st.ip_addresses())
def test_public_means_global_and_unicast(address):
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4).filter(lambda address: not is_public(str(address))))
def test_a_private_address_in_disguise_is_not_public(address):
    number = int(address)
    for prefix, shift in (("::", 0), ("::ffff:0:0", 0), ("64:ff9b::", 0), ("2002::", 80)):
        disguised = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number << shift)
        assert not is_public(str(disguised))


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x/", "/etc/passwd", "magnet:?xt=x", "http://", "http://x:0x/"],
)
async def test_only_web_addresses(url, http):
    with pytest.raises(Refused, match="not a web address"):
        await get(http, url, limit=10)


# --- redirects ------------------------------------------------------------------------------


async def test_redirects_within_a_site_are_followed_three_times(http):
    async def count_down(request):
        left = int(request.path[1:])
        if left:
            raise web.HTTPFound(f"/{left - 1}")
        return web.Response(text="here")

    async with site(count_down) as url:
        answer = await get(http, f"{url}/3", limit=10)
        assert (answer.status, answer.body, answer.url.path) == (200, b"here", "/0")
        with pytest.raises(BadReply, match="more than 3 times"):
            await get(http, f"{url}/4", limit=10)


async def test_without_redirects_the_answer_is_the_redirect(http):
    async def redirect(_):
        raise web.HTTPFound("/elsewhere")

    async with site(redirect) as url:
        answer = await get(http, url, limit=100, redirects=0)
    assert (answer.status, answer.headers["Location"]) == (302, "/elsewhere")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[", "http://x:99999/"])
async def test_a_redirect_to_nowhere(location, http):
    async def redirect(_):
        return web.Response(status=302, headers={"Location": location})

    async with site(redirect) as url:
        with pytest.raises(BadReply, match="no address"):
            await get(http, url, limit=10, same_origin=False)


async def test_another_site_is_not_visited_unless_asked_for_and_never_told_our_headers(http):
    seen = []

    async def arrive(request):
        seen.append(request.headers.get("Authorization"))
        return web.Response(text="other")

    async with site(arrive) as other:

        async def redirect(_):
            raise web.HTTPFound(f"{other}/")

        async with site(redirect) as url:
            with pytest.raises(Refused, match="another site"):
                await get(http, url, limit=10)
            assert seen == []
            headers = {"Authorization": "Bearer secret"}
            answer = await get(http, url, limit=10, headers=headers, same_origin=False)
    assert answer.body == b"other"
    assert seen == [None]


# --- how much it reads ----------------------------------------------------------------------


@pytest.mark.parametrize("chunked", [True, False])
async def test_the_limit_counts_to_the_byte(chunked, http):
    async def answer(request):
        response = web.Response(body=b"x" * 1000)
        if chunked:
            response.enable_chunked_encoding()
        return response

    async with site(answer) as url:
        assert len((await get(http, url, limit=1000)).body) == 1000
        with pytest.raises(BadReply, match="more than 999 bytes"):
            await get(http, url, limit=999)


async def test_a_gzip_bomb_is_stopped_before_it_grows(http):
    bomb = gzip.compress(bytes(100 * 1024 * 1024), 9)

    async def explode(_):
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with site(explode) as url:
        tracemalloc.start()
        try:
            started = time.perf_counter()
            with pytest.raises(BadReply, match="more than"):
                await get(http, url, limit=2 * 1024 * 1024)
            took = time.perf_counter() - started
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    assert took < 1


async def test_gzip_is_unpacked_and_other_packings_are_refused(http):
    packed = {"gzip": gzip.compress(b"text"), "deflate": zlib.compress(b"text")}
    accepted = []

    async def answer(request):
        accepted.append(request.headers["Accept-Encoding"])
        name = request.path[1:]
        return web.Response(body=packed[name], headers={"Content-Encoding": name})

    async with site(answer) as url:
        assert (await get(http, f"{url}/gzip", limit=4)).body == b"text"
        with pytest.raises(BadReply, match="encoding"):
            await get(http, f"{url}/deflate", limit=4)
    assert set(accepted) == {"gzip"}


# --- what it says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind="refuse"), Unavailable),
        (Fault(kind="hang"), TimedOut),
        (Fault(kind="drop"), Unavailable),
        (Fault(kind="cut"), BadReply),
        (Fault(kind="huge"), BadReply),
        (Fault(kind="bomb"), BadReply),
    ],
    ids=str,
)
async def test_failures_have_classes_and_name_the_place_without_its_secrets(fault, error, http):
    async with Misbehaving(fault) as service:
        with pytest.raises(BackendError) as caught:
            await get(http, f"{service.url}/passkey-123?token=456", limit=1024)
    assert type(caught.value) is error
    assert service.url in str(caught.value)
    assert "123" not in str(caught.value).replace(service.url, "")
    assert "456" not in str(caught.value).replace(service.url, "")


async def test_what_is_no_http_is_a_bad_reply(http):
    async def talk(_, writer):
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(BadReply, match="does not speak HTTP"):
            await get(http, f"http://127.0.0.1:{port}/", limit=10)


async def test_an_unknown_name_is_unavailable(http):
    with pytest.raises(Unavailable, match="cannot be reached"):
        await get(http, "http://nobody.invalid/", limit=10)


async def test_cookies_are_not_kept_and_we_say_who_we_are(http):
    seen = []

    async def answer(request):
        seen.append((request.headers["User-Agent"], request.headers.get("Cookie")))
        return web.Response(headers={"Set-Cookie": "id=1; Path=/"})

    async with site(answer) as url:
        await get(http, url, limit=10)
        await get(http, url, limit=10)
    assert seen == [("test/1", None)] * 2


async def test_the_content_type_has_no_parameters(http):
    async def answer(_):
        return web.Response(text="", content_type="application/XML", charset="utf-8")

    async with site(answer) as url:
        assert (await get(http, url, limit=10)).content_type == "application/xml"


def test_place_shows_no_secrets():
    assert place("https://user:password@x.example:8443/pass?key=1#2") == "https://x.example:8443"
    assert place("nonsense") == "the address"


# --- Retry-After ----------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 90 ", 90),
        ("-5", 0),
        ("86400", LONGEST_WAIT),
        ("1e999", LONGEST_WAIT),
        (format_datetime(NOW + timedelta(seconds=30)), 30),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0),
        ("Sun, 22 Nov 2026 12:00:09 -0000", 9),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after(text, seconds):
    assert retry_after({"Retry-After": text}, now=NOW) == seconds


def test_no_retry_after():
    assert retry_after({}) is None


@given(st.text())
@example("Mon, 1 Jan 99999 00:00:00 +0000")
@example("Mon, 1 Jan 2026 00:00:00 +9999")
@example("0 1 2 3 4")
def test_any_retry_after_is_read_or_ignored(text):
    seconds = retry_after({"Retry-After": text}, now=NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT
