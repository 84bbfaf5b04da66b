"""HTTP towards the world: two sessions, capped reading, and our own errors.

`open_sessions` makes the two sessions that every backend gets in its `Host`.
`get` is all that most plugins need; those that send more than a GET put
`plain_errors` around their request and read its answer with `read_capped`.
"""

import contextlib
import ipaddress
import math
import socket
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
import attrs
from yarl import URL

from .errors import BadReply, Refused, TimedOut, Unavailable

PATIENCE: Final = aiohttp.ClientTimeout(total=11, sock_connect=5, sock_read=10)
"""The time limits of one request, in seconds."""
WEB_PORTS: Final = frozenset({80, 443})
LONGEST_WAIT: Final = 15 * 60.0
"""The longest wait that a service can talk us into, in seconds."""

_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # protocol assignments, with Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: leads to whatever IPv4 address it spells
        "3fff::/20",  # documentation
    )
)


# --- addresses ------------------------------------------------------------------------------


def is_public(address: str) -> bool:
    """Say whether *address* is a unicast address of the public internet.

    False for everything else that can be written as an address, and for what is none.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)))
        if ip not in _GLOBAL_UNICAST:
            return False
    if any(ip in network for network in _NOT_PUBLIC if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast


class _Forbidden(OSError):
    """An address that is not public, or a port that is not the web's."""


class _PublicSockets:
    """Makes the sockets of the *outside* session.

    The check stands here, and not in a resolver, because this is the last place before
    the connection and the only one that sees every address: names, literals and all
    their spellings have become plain addresses by now.
    """

    def __init__(self, ports: Collection[int]) -> None:
        self._ports = frozenset(ports)

    def __call__(self, addr_info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, (address, port, *_) = addr_info
        if not is_public(address) or port not in self._ports:
            # One text for all addresses of a name: the connector reports different ones as a mix.
            raise _Forbidden("not a web server on the public internet")
        return socket.socket(family, kind, protocol)


# --- sessions -------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def open_sessions(
    user_agent: str,
    *,
    patience: aiohttp.ClientTimeout = PATIENCE,
    ports: Collection[int] = WEB_PORTS,
) -> AsyncIterator[tuple[aiohttp.ClientSession, aiohttp.ClientSession]]:
    """Open the sessions *http* and *outside*, in this order.

    *http* goes wherever it is told to.  *outside* connects to public addresses only,
    and there to *ports*.  Neither keeps cookies, reads proxies from the environment or
    accepts a compression other than gzip.
    """
    async with (
        _session(user_agent, patience, aiohttp.TCPConnector()) as http,
        _session(
            user_agent, patience, aiohttp.TCPConnector(socket_factory=_PublicSockets(ports))
        ) as outside,
    ):
        yield http, outside


def _session(
    user_agent: str, patience: aiohttp.ClientTimeout, connector: aiohttp.TCPConnector
) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        timeout=patience,
        headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


# --- reading --------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Fetched:
    """An answer, read whole; *url* is where it came from in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)
    url: URL = attrs.field(repr=False)

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty if there is none."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


async def get(
    session: aiohttp.ClientSession,
    url: str | URL,
    *,
    limit: int,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    redirects: int = 3,
    same_origin: bool = True,
) -> Fetched:
    """Fetch *url* and return the answer, whatever its status, if its body keeps to *limit* bytes.

    Up to *redirects* redirects are followed, with *same_origin* only those that stay at
    the scheme, host and port asked; with 0 a redirect is returned as it came.  Never
    from https to http, and *headers* are not shown to another origin.

    Raises `Unavailable`, `TimedOut`, `BadReply` or `Refused`.
    """
    target = _web_url(url).update_query(params or {})
    for hop in range(redirects + 1):
        with plain_errors(target):
            async with session.get(target, headers=headers, allow_redirects=False) as response:
                location = response.headers.get("Location")
                if redirects == 0 or response.status not in _REDIRECTS or location is None:
                    body = await read_capped(response, limit)
                    return Fetched(
                        status=response.status, headers=response.headers, body=body, url=target
                    )
        if hop < redirects:
            after = _redirected(target, location, same_origin=same_origin)
            headers = headers if after.origin() == target.origin() else None
            target = after
    raise BadReply(f"{place(url)} redirects us more than {redirects} times")


def _web_url(url: str | URL) -> URL:
    try:
        parsed = URL(url)
        parsed.origin()  # raises for a relative URL and for ports out of range
    except ValueError as error:
        raise Refused(f"not a web address: {error}") from None
    if parsed.scheme not in ("http", "https"):
        raise Refused(f"not a web address: it begins with {parsed.scheme!r}")
    return parsed


def _redirected(before: URL, location: str, *, same_origin: bool) -> URL:
    try:
        after = _web_url(before.join(URL(location)))
    except (ValueError, Refused):
        raise BadReply(f"{place(before)} redirects us to something that is no address") from None
    if same_origin and after.origin() != before.origin():
        raise Refused(f"{place(before)} redirects us to another site, {place(after)}")
    if before.scheme == "https" and after.scheme != "https":
        raise Refused(f"{place(before)} redirects us from https to http")
    return after


async def read_capped(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read the body; raise `BadReply` as soon as it has more than *limit* bytes, unpacked."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    announced = None if encoding == "gzip" else response.content_length
    if encoding not in ("gzip", "identity", ""):
        response.close()
        raise BadReply(f"{place(response.url)} answers in an encoding we did not ask for")
    body = bytearray()
    if announced is None or announced <= limit:
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    response.close()
    raise BadReply(f"{place(response.url)} sends more than {limit} bytes")


def place(url: str | URL) -> str:
    """Return scheme, host and port of *url*: what may stand in an error or a log.

    Everything after them, and what stands before an ``@``, may be secret.
    """
    try:
        return str(URL(url).origin())
    except ValueError:
        return "the address"


@contextlib.contextmanager
def plain_errors(url: str | URL) -> Iterator[None]:
    """Turn what aiohttp raises inside the block into our errors, which name the place of *url*."""
    where = place(url)
    try:
        yield
    except TimeoutError as error:
        raise TimedOut(f"{where} did not answer in time") from error
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, _Forbidden):
            raise Refused(f"{where} is {error.os_error}") from error
        raise Unavailable(f"{where} cannot be reached: {_why(error.os_error)}") from error
    except aiohttp.ClientPayloadError as error:
        raise BadReply(f"{where} broke off its answer, or packed it badly") from error
    except aiohttp.ClientResponseError as error:
        raise BadReply(f"{where} does not speak HTTP properly: {error.message}") from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, UnicodeError) as error:
        raise Refused(f"{where} is not a web address") from error
    except aiohttp.ClientError as error:
        raise Unavailable(f"{where} dropped the connection") from error


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return how many seconds a ``Retry-After`` header asks us to wait.

    At most `LONGEST_WAIT`, at least 0; None if there is no such header or it makes no sense.
    """
    text = headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (when - (now or datetime.now(UTC))).total_seconds()
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
