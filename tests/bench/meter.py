"""A proxy that counts what is asked of a torrent client, and times it."""

import time

import aiohttp
import attrs
from aiohttp import web

from ..flow.gate import Gate


@attrs.frozen
class Call:
    """One call of the Web API: its last two parts, when it came, and the seconds inside."""

    path: str
    at: float
    seconds: float


class Meter(Gate):
    """Passes everything on to *upstream*; *calls* holds what has been answered."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.calls: list[Call] = []

    async def _forward(
        self, request: web.Request, body: bytes
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        at = time.monotonic()
        answer = await super()._forward(request, body)
        path = "/".join(request.path.split("/")[-2:])
        self.calls.append(Call(path, at, time.monotonic() - at))
        return answer

    def inside(self, *paths: str) -> list[float]:
        """Return the seconds that each call of these took inside the client."""
        return [call.seconds for call in self.calls if call.path in paths]
