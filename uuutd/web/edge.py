"""Where connections come in: how many at once, and how long their first request may take.

aiohttp itself waits for ever for the rest of a half-sent header and takes any number of
connections; a few hundred of those would keep everybody else out.
"""

import asyncio
import ipaddress
from collections import Counter
from ssl import SSLContext
from typing import cast

import attrs
from aiohttp import web

from .unparsed import Handler

_END_OF_HEADER = b"\r\n\r\n"


@attrs.frozen(kw_only=True)
class Limits:
    """What one daemon takes.

    *connections* stays below the 1,024 files that a process may usually have open.
    *per_address* does not count on loopback, where a reverse proxy speaks for everybody;
    an IPv6 address counts as its /64.  *header_seconds* is for the first request of a
    connection; later ones end with the keep-alive time of the runner.
    """

    connections: int = 512
    per_address: int = 32
    header_seconds: float = 10.0


class Edge(web.BaseSite):
    """Listens on *host* and *port* for *runner*, within *limits*; otherwise a `TCPSite`."""

    __slots__ = ("_door", "_host", "_port")

    def __init__(
        self,
        runner: web.BaseRunner,
        host: str,
        port: int,
        *,
        limits: Limits | None = None,
        ssl_context: SSLContext | None = None,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context)
        self._host = host
        self._port = port
        self._door = Door(limits or Limits())

    @property
    def name(self) -> str:
        """The address that was asked for; port 0 stands for any."""
        scheme = "https" if self._ssl_context else "http"
        return f"{scheme}://{self._host}:{self._port}"

    async def start(self) -> None:
        """Begin to listen."""
        await super().start()
        server, door = self._runner.server, self._door
        if server is None:
            raise RuntimeError("the runner has been cleaned up")

        def connection() -> Doorkeeper:
            handler = server()
            handler.__class__ = Handler  # aiohttp has no way to be told of another one
            return Doorkeeper(handler, door)

        self._server = await asyncio.get_running_loop().create_server(
            connection, self._host, self._port, ssl=self._ssl_context
        )


class Door:
    """Counts who is inside."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._inside: Counter[str] = Counter()

    def enter(self, peer: str) -> bool:
        """Let one more connection of *peer* in, if there is room."""
        group = _group(peer)
        crowded = group != "" and self._inside[group] >= self.limits.per_address
        if crowded or self._inside.total() >= self.limits.connections:
            return False
        self._inside[group] += 1
        return True

    def leave(self, peer: str) -> None:
        """Note that a connection of *peer* that was let in is gone."""
        group = _group(peer)
        self._inside[group] -= 1
        if not self._inside[group]:
            del self._inside[group]


def _group(peer: str) -> str:
    """Return what counts as one address; "" is this machine, which has no limit of its own."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Doorkeeper(asyncio.Protocol):
    """One connection: hands everything to *inner* once it is let in."""

    def __init__(self, inner: asyncio.Protocol, door: Door) -> None:
        self._inner = inner
        self._door = door
        self._peer: str | None = None
        self._seen = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in or hang up."""
        sockets = cast(asyncio.Transport, transport)  # what `create_server` makes
        name = sockets.get_extra_info("peername")
        peer = name[0] if isinstance(name, tuple) else ""
        if not self._door.enter(peer):
            sockets.abort()
            return
        self._peer = peer
        seconds = self._door.limits.header_seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, sockets.abort)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Pass on what arrives, and look for the end of the first header."""
        if self._peer is None:
            return
        if self._timer is not None:
            self._seen += data
            if _END_OF_HEADER in self._seen:
                self._stop_timer()
            self._seen = self._seen[-len(_END_OF_HEADER) :]
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on that nothing more will arrive."""
        return self._inner.eof_received() if self._peer is not None else None

    def pause_writing(self) -> None:
        """Pass on that the other side reads too slowly."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that it goes on reading."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        if self._peer is None:
            return
        self._stop_timer()
        self._door.leave(self._peer)
        self._inner.connection_lost(exc)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
