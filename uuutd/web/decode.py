"""From what arrived to values that can be trusted to have their types.

Bodies are read with a cap and a time limit, JSON without duplicate keys and only 32
levels deep, and everything goes through the strict converter of `uuutd.strict`.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

import attrs
from aiohttp import BodyPartReader, ClientError, HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from .. import strict
from .errors import TooLarge, TooSlow, UnknownType, Unreadable
from .plain import invalid, parse_form, parse_json

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
A = TypeVar("A", bound=attrs.AttrsInstance)

MAX_BODY = 64 * 1024
MAX_TORRENT = 10 * 1024 * 1024
BODY_SECONDS = 30.0
"""How long a body may take to arrive."""
NUMBERS = range(2**31)
"""What an integer of a request may be: the columns that keep them have 32 bits."""

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_BODY = strict.converter(integers=NUMBERS)


# --- bodies ---------------------------------------------------------------------------------


class Body(Protocol[T_co]):
    """A kind of body that an address takes; *media* names the class for each content type."""

    @property
    def media(self) -> dict[str, type[Any]]:
        """Return the class that each content type is read into."""

    async def read(self, request: web.Request) -> T_co:
        """Read it; raises `Invalid` or what `uuutd.web.errors` knows."""


@attrs.frozen
class NoBody:
    """An address that wants no body, and does not look at one."""

    media: dict[str, type[Any]] = attrs.field(factory=dict, init=False)

    async def read(self, _: web.Request) -> None:
        """Read nothing."""


@attrs.frozen
class JsonBody(Generic[T]):
    """An object of JSON; a missing body counts as an empty object unless it is *required*.

    It is where an empty object would wipe out something: nobody does that by forgetting it.
    """

    kind: type[T]
    required: bool = False

    @property
    def media(self) -> dict[str, type[Any]]:
        """Return the one content type."""
        return {JSON: self.kind}

    async def read(self, request: web.Request) -> T:
        """Read the object."""
        return await _read_json(request, self.kind, self.media, required=self.required)


@attrs.frozen
class JsonOrForm(Generic[A]):
    """An object of JSON, or the same as a form; unknown fields of a form are left alone.

    OAuth 2 wants that (RFC 6749, section 3.2): its clients send more than we read.
    """

    kind: type[A]

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of the fields that are read."""
        return frozenset(attrs.fields_dict(self.kind))

    @property
    def media(self) -> dict[str, type[Any]]:
        """Return both content types."""
        return {JSON: self.kind, FORM: self.kind}

    async def read(self, request: web.Request) -> A:
        """Read the object or the form."""
        if request.content_type != FORM:
            return await _read_json(request, self.kind, self.media)
        data = await read_body(request, MAX_BODY)
        try:
            found = parse_form(data.decode("ascii"))
        except UnicodeDecodeError as error:
            raise Unreadable("The form is not well-formed.") from error
        known = {name: text for name, text in found.items() if name in self.fields}
        return strict.structure(known, self.kind, _BODY, what="The form")


@attrs.frozen(kw_only=True)
class TorrentUpload:
    """A ``.torrent`` file, the client to give it to, and what it is for if anything."""

    torrent: bytes
    client: str | None = None
    provider: str | None = None
    entry: str | None = None
    episode: int | None = None


_UPLOAD_FIELDS = tuple(field.name for field in attrs.fields(TorrentUpload))


@attrs.frozen
class JsonOrTorrent(Generic[T]):
    """An object of JSON, or a form with the file in the field ``torrent``."""

    kind: type[T]

    @property
    def media(self) -> dict[str, type[Any]]:
        """Return both content types."""
        return {JSON: self.kind, MULTIPART: TorrentUpload}

    async def read(self, request: web.Request) -> T | TorrentUpload:
        """Read the object or the file."""
        if request.content_type != MULTIPART:
            return await _read_json(request, self.kind, self.media)
        _check_length(request, MAX_TORRENT + MAX_BODY)
        await _go_on(request)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await _upload(request)
        except TimeoutError as error:
            raise _too_slow() from error
        except _BROKEN as error:
            raise Unreadable("The form is not well-formed multipart/form-data.") from error


_BROKEN = (
    ValueError,
    LookupError,
    ConnectionError,
    ClientError,
    HttpProcessingError,
    web.RequestPayloadError,
)
"""What aiohttp raises for a body that is not what its headers say, or that ends early."""


async def _upload(request: web.Request) -> TorrentUpload:
    found: dict[str, bytes] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name not in _UPLOAD_FIELDS:
            raise invalid("", f"the form takes the fields {', '.join(_UPLOAD_FIELDS)}")
        if part.name in found:
            raise invalid(part.name, "given twice")
        if part.headers.get("Content-Transfer-Encoding", "binary").lower() != "binary":
            raise UnknownType("The parts of the form must be sent as they are (RFC 7578, 4.7).")
        found[part.name] = await _part(part, MAX_TORRENT if part.name == "torrent" else MAX_BODY)
    if not found.get("torrent"):
        raise invalid("torrent", "this field is required")
    data = found.pop("torrent")
    texts = {name: _text(name, value) for name, value in found.items()}
    episode = texts.pop("episode", None)
    if episode is not None and not (episode.isascii() and episode.isdecimal()):
        raise invalid("episode", "not a whole number")
    number = None if episode is None else int(episode[:9])
    return TorrentUpload(torrent=data, episode=number, **texts)


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise invalid(name, "not UTF-8") from None


async def _part(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > limit:
            raise _too_large(limit)
    return bytes(data)


async def expect(_: web.Request) -> None:
    """Leave ``Expect: 100-continue`` to those who read the body, if anybody does."""


async def _go_on(request: web.Request) -> None:
    expects = request.headers.get("Expect", "").lower() == "100-continue"
    if expects and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # nothing of the answer itself has been sent


async def read_body(request: web.Request, limit: int) -> bytes:
    """Read a body of at most *limit* bytes, and never more of it than that into memory."""
    _check_length(request, limit)
    await _go_on(request)
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                data += chunk
                if len(data) > limit:
                    raise _too_large(limit)
    except TimeoutError as error:
        raise _too_slow() from error
    except _BROKEN as error:
        raise Unreadable("The body is not encoded as its headers say.") from error
    return bytes(data)


def _check_length(request: web.Request, limit: int) -> None:
    if request.content_length is not None and request.content_length > limit:
        raise _too_large(limit)


async def _read_json(
    request: web.Request, kind: type[T], allowed: Iterable[str], *, required: bool = False
) -> T:
    _check_type(request, allowed)
    data = await read_body(request, MAX_BODY)
    if required and not data:
        raise invalid("", "a body is required here; {} says nothing of anything")
    return strict.structure(parse_json(data) if data else {}, kind, _BODY, what="The body")


def _check_type(request: web.Request, allowed: Iterable[str]) -> None:
    """Refuse a body that is no JSON; *allowed* is what the address takes besides."""
    if not request.body_exists:  # many programs name a type even then
        return
    plain = request.headers.get("Content-Encoding", "identity").lower() == "identity"
    charset = (request.charset or "utf-8").lower()
    if request.content_type != JSON or charset not in ("utf-8", "utf8") or not plain:
        raise UnknownType(f"The body must be {' or '.join(allowed)} in UTF-8, not compressed.")


def _too_large(limit: int) -> TooLarge:
    size = f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit // 2**10} KiB"
    return TooLarge(f"The body is larger than the {size} that are read here.")


def _too_slow() -> TooSlow:
    return TooSlow(f"The body did not arrive within {BODY_SECONDS:g} seconds.")
