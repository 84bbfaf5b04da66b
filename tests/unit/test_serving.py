"""What stand-ins leave behind when they end: nothing."""

import asyncio
import contextlib
import gc
import socket
import warnings

import pytest
from aiohttp import web

from uuutd.testing.serving import serving


@pytest.fixture
def dial():
    """Give a function that connects to an address, and does not read what comes."""
    with contextlib.ExitStack() as stack:

        def connect(url):
            host, _, port = url.removeprefix("http://").partition(":")
            return stack.enter_context(socket.create_connection((host, int(port))))

        yield connect


def left_open(main):
    """Return what the garbage collector says of a loop that has run *main* and ended."""
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        asyncio.run(main())
        gc.collect()
    return [str(each.message) for each in told]


def test_a_connection_that_nobody_reads_from(dial):
    async def main():
        written = asyncio.Event()

        async def endless(request):
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                asyncio.get_running_loop().call_later(0.05, written.set)
                await response.write(bytes(1 << 20))

        app = web.Application()
        app.router.add_get("/", endless)
        async with serving(app) as url:
            dial(url).sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await written.wait()

    assert left_open(main) == []


@pytest.mark.parametrize("turns", range(5))
def test_a_connection_of_the_last_moment(dial, turns):
    async def main():
        async with serving(web.Application()) as url:
            dial(url)
            for _ in range(turns):
                await asyncio.sleep(0)

    assert left_open(main) == []
