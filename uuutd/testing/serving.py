"""Serving on loopback, for stand-ins: what they leave behind when they end is nothing."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from aiohttp import web

_TURNS = 4
"""Turns of the loop in which a connection that was accepted becomes one that aiohttp knows."""


@contextlib.asynccontextmanager
async def serving(app: web.Application, *, port: int = 0) -> AsyncIterator[str]:
    """Serve *app* on loopback and give its address without a slash at the end.

    *port* 0 is any free one.  Handlers that still run when the block ends are cancelled.
    """
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    async with listening(runner, port=port) as url:
        yield url


@contextlib.asynccontextmanager
async def listening(runner: web.BaseRunner, *, port: int = 0) -> AsyncIterator[str]:
    """Set *runner* up and serve with it on loopback, give the address, and clean it up.

    aiohttp and asyncio leave two kinds of connections open, until the garbage collector
    finds them: those with bytes that nobody reads, and those that come in the very moment
    in which the server is closed.  Here the one are cut, and the other do not arise.
    """
    await runner.setup()
    with socket.create_server(("127.0.0.1", port)) as listener:
        try:
            await web.SockSite(runner, listener).start()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            if runner.sites:  # none once it has been cleaned up
                asyncio.get_running_loop().remove_reader(listener)
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            _cut(runner)
            await runner.cleanup()


def _cut(runner: web.BaseRunner) -> None:
    for connection in () if runner.server is None else runner.server.connections:
        if connection.transport is not None:
            connection.transport.abort()
