"""Clients that cost next to nothing themselves: they send the same bytes and count what comes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlsplit

import attrs

BUFFER = 8 * 1024 * 1024


@attrs.frozen
class Pulled:
    """One answer: its body, and how many seconds it took until all of it was there."""

    body: bytes
    seconds: float


class Puller:
    """One connection that is kept open."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._head = head

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str, headers: Mapping[str, str]) -> AsyncIterator[Self]:
        """Connect to the server at *url*."""
        place = urlsplit(url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=BUFFER)
        lines = [f"Host: {place.netloc}", *(f"{name}: {text}" for name, text in headers.items())]
        try:
            yield cls(reader, writer, "\r\n".join(lines).encode())
        finally:
            writer.close()

    async def pull(self, path: str) -> Pulled:
        """Ask once."""
        began = time.perf_counter()
        self._writer.write(b"GET %s HTTP/1.1\r\n%s\r\n\r\n" % (path.encode(), self._head))
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{path}: {head!r}")
        _, _, rest = head.lower().partition(b"content-length:")
        body = await self._reader.readexactly(int(rest.partition(b"\r\n")[0]))
        return Pulled(body, time.perf_counter() - began)

    async def flat_out(self, path: str, seconds: float) -> list[float]:
        """Ask again as soon as the answer is there; return what each took."""
        ends, took = time.perf_counter() + seconds, list[float]()
        while time.perf_counter() < ends:
            took.append((await self.pull(path)).seconds)
        return took

    async def every(
        self, path: Callable[[bytes], str], first: bytes, *, every: float, times: int
    ) -> list[Pulled]:
        """Ask at fixed times, whatever the answers take; *path* is made of the last answer."""
        found, last = list[Pulled](), first
        begins = time.perf_counter()
        for number in range(times):
            await asyncio.sleep(max(0.0, begins + number * every - time.perf_counter()))
            found.append(await self.pull(path(last)))
            last = found[-1].body
        return found


def quantile(values: list[float], share: float) -> float:
    """Return the value that this share of *values* does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
