"""A BitTorrent tracker over HTTP, in memory (BEP 3, with the compact lists of BEP 23)."""

import ipaddress
import time
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

from aiohttp import web
from bencode2 import bencode

Peer = tuple[str, int]

INTERVAL: Final = 3
"""How often clients are asked to come, in seconds; most do so no more than once in minutes."""
SILENCE: Final = 3600.0
"""After how many seconds without an announcement a client counts as gone."""
MOST_PEERS: Final = 50


class Tracker:
    """Knows who is in which swarm.

    Seeders that are told to it with `add_seeder` are always there; everybody else comes
    by announcing, and goes by saying so or after an hour of silence.  With *seeding*
    False the seeders are kept back.  *visits* counts the announcements.  *refusal* is
    why everybody is turned away, None if nobody is.

    Transmission dials nobody on loopback, it only lets others in.  So *dial* is called with
    the info hash and the address of each Transmission that comes and misses something.
    """

    def __init__(self, dial: Callable[[bytes, Peer], None] | None = None) -> None:
        self._dial = dial
        self.seeding = True
        self.refusal: str | None = None
        self.visits = 0
        self._seeders: dict[bytes, set[Peer]] = {}
        self._visitors: dict[bytes, dict[Peer, tuple[float, int]]] = {}

    def add_seeder(self, info_hash: bytes, peer: Peer) -> None:
        """Name *peer* to all who ask for *info_hash* (20 bytes; of a v2 hash the first 20)."""
        self._seeders.setdefault(info_hash, set()).add(peer)

    def app(self) -> web.Application:
        """Return the web application that answers ``/announce``."""
        app = web.Application()
        app.router.add_get("/announce", self._announce)
        return app

    async def _announce(self, request: web.Request) -> web.Response:
        query = _query(request)
        info_hash, port = query.get("info_hash", b""), query.get("port", b"")
        if len(info_hash) != 20 or not port.isdigit():
            return _reply({b"failure reason": b"this is not an announce"})
        if self.refusal is not None:
            return _reply({b"failure reason": self.refusal.encode()})
        me = (request.remote or "127.0.0.1", int(port))
        left = query.get("left", b"0")
        return _reply(self._visit(info_hash, me, int(left) if left.isdigit() else 0, query))

    def _visit(
        self, info_hash: bytes, me: Peer, left: int, query: dict[str, bytes]
    ) -> dict[bytes, object]:
        now = time.monotonic()
        self.visits += 1
        visitors = self._visitors.setdefault(info_hash, {})
        for peer in [p for p, (seen, _) in visitors.items() if seen < now - SILENCE]:
            del visitors[peer]
        if query.get("event") == b"stopped":
            visitors.pop(me, None)
        else:
            visitors[me] = (now, left)
        self._meet(info_hash, me, left, query)
        seeders = self._seeders.get(info_hash, set()) if self.seeding else set()
        complete = {peer for peer, (_, missing) in visitors.items() if not missing} | seeders
        everybody = dict.fromkeys([*seeders, *visitors])
        everybody.pop(me, None)
        return {
            b"interval": INTERVAL,
            b"min interval": 1,
            b"complete": len(complete),
            b"incomplete": len({*visitors} - complete),
            b"peers": _compact(everybody),
        }

    def _meet(self, info_hash: bytes, me: Peer, left: int, query: dict[str, bytes]) -> None:
        waits = left and query.get("event") != b"stopped"
        if self._dial and self.seeding and waits and query.get("peer_id", b"").startswith(b"-TR"):
            self._dial(info_hash, me)


def _query(request: web.Request) -> dict[str, bytes]:
    """Return the query as bytes: an info hash is no text and must not be decoded."""
    fields = (field.partition("=") for field in request.rel_url.raw_query_string.split("&"))
    return {key: unquote_to_bytes(value) for key, _, value in fields}


def _compact(peers: Iterable[Peer]) -> bytes:
    v4 = [(ip, port) for ip, port in peers if ":" not in ip][:MOST_PEERS]
    return b"".join(ipaddress.IPv4Address(ip).packed + port.to_bytes(2, "big") for ip, port in v4)


def _reply(table: dict[bytes, object]) -> web.Response:
    return web.Response(body=bencode(dict(sorted(table.items()))), content_type="text/plain")
