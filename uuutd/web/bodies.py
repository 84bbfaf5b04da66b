"""Large answers: written piece by piece, so that who reads slowly takes no memory here."""

import asyncio
import zlib
from collections.abc import Sequence

from aiohttp import ETag, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from .call import is_local
from .decode import JSON
from .ports import Listing

PIECE = 64 * 1024
"""Bytes that are written before the reader has to have taken most of them."""
WORTH_IT = 32 * 1024
"""Bytes from which on an answer is compressed for those who are not on this machine."""


class Pieces(Payload):
    """A body of several parts, which others may be sending, too: none of them is copied."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        super().__init__(parts, content_type=JSON)
        self._parts = parts
        self._size = sum(map(len, parts))

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the body as a text."""
        return b"".join(self._parts).decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write the body, waiting whenever the reader is behind."""
        for part in self._parts:
            view = memoryview(part)
            for start in range(0, len(part), PIECE):
                await writer.write(view[start : start + PIECE])


async def listed(request: web.Request, listing: Listing) -> web.Response:
    """Answer with a list of torrents, or with 304 if the caller has exactly that already."""
    tag = None if listing.tag is None else ETag(listing.tag, is_weak=True)
    known = {each.value for each in request.if_none_match or ()}
    if tag is not None and known & {tag.value, "*"}:
        response = web.Response(status=304)
    else:
        response = await _full(request, listing.parts)
    if tag is not None:
        response.etag = tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Accept-Encoding"
    return response


async def _full(request: web.Request, parts: Sequence[bytes]) -> web.Response:
    size = sum(map(len, parts))
    if size <= PIECE:
        parts = (b"".join(parts),)
    if size >= WORTH_IT and _wants_less(request):
        parts = (await asyncio.to_thread(_compressed, parts),)
        return web.Response(body=Pieces(parts), headers={"Content-Encoding": "gzip"})
    return web.Response(body=parts[0] if len(parts) == 1 else Pieces(parts), content_type=JSON)


def _wants_less(request: web.Request) -> bool:
    """Whether compressing pays: on this machine nothing is faster than the wire itself."""
    accepted = request.headers.get("Accept-Encoding", "").lower().replace(" ", "").split(",")
    return not is_local(request) and ("gzip" in accepted or "gzip;q=1" in accepted)


def _compressed(parts: Sequence[bytes]) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return b"".join([*map(packer.compress, parts), packer.flush()])
