"""HTTP to one daemon: time limits, tokens, and every failure as one of our errors."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar
from urllib.parse import quote

import aiohttp
import attrs
import msgspec
import yarl

from .. import __version__
from ..wire import ProblemReply, TokenReply, TokenRequest
from .errors import BadAnswer, LoginNeeded, ProblemError, RemoteError, Unreachable
from .logins import Login, Logins

T = TypeVar("T")

TIMEOUT = aiohttp.ClientTimeout(total=25, sock_connect=5)
# The daemon sends at least a comment every 15 s.
STREAM_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=40)
LARGEST_ANSWER = 64 * 1024 * 1024
GATEWAY_STATUSES = range(502, 505)


@attrs.frozen(kw_only=True)
class Answer:
    """An answer with a status below 400."""

    status: int
    etag: str | None
    body: bytes


@attrs.frozen(kw_only=True)
class Call:
    """One request: *path* is relative to the API's root and already quoted.

    *body* goes as JSON; a *file* goes as a form, with *fields* beside it.
    """

    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict)
    body: attrs.AttrsInstance | None = attrs.field(default=None, repr=False)
    file: bytes | None = attrs.field(default=None, repr=False)
    fields: Mapping[str, str] = attrs.field(factory=dict)
    headers: Mapping[str, str] = attrs.field(factory=dict)
    needs_login: bool = True


class Transport:
    """Connections to the daemon at *server*, with the login kept in *logins* or a fixed *token*."""

    def __init__(self, server: str, logins: Logins, token: str | None = None) -> None:
        self.server = server
        self._logins = logins
        self._token = token
        self._login: Login | None = None
        self._renewing = asyncio.Lock()
        self._http: aiohttp.ClientSession | None = None
        self._asked: dict[object, float] = {}

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            timeout=TIMEOUT,
            headers={"User-Agent": f"uuut/{__version__}", "Accept": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http is not None:
            await self._http.close()

    async def send(self, call: Call) -> Answer:
        """Send *call*, once more with renewed tokens if the first try says they are over."""
        with self._counted():
            async with self._answered(call, TIMEOUT) as response:
                body = await self._read(response)
            return Answer(status=response.status, etag=response.headers.get("ETag"), body=body)

    def waiting(self) -> float:
        """Return for how many seconds the call has no answer that has waited longest."""
        now = asyncio.get_running_loop().time()
        return max((now - since for since in self._asked.values()), default=0.0)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        mark = object()
        self._asked[mark] = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            del self._asked[mark]

    async def ask(self, call: Call, kind: type[T]) -> T:
        """Send *call* and read the answer as *kind*."""
        return self.decode((await self.send(call)).body, kind)

    @contextlib.asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[AsyncIterator[bytes]]:
        """Send *call* and give its answer in pieces, for as long as they come."""
        async with self._answered(call, STREAM_TIMEOUT) as response:
            yield self._pieces(response)

    def decode(self, body: bytes, kind: type[T]) -> T:
        """Read *body* as *kind*; unknown fields are left out.  Raises `BadAnswer`."""
        try:
            return msgspec.json.decode(body, type=kind)
        except (ValueError, RecursionError) as error:  # what msgspec makes of broken JSON
            raise BadAnswer(
                f"{self.server} sent something that this uuut does not understand: {error}",
                hint="Compare the versions: uuut status",
            ) from error

    async def log_in(self, request: TokenRequest, username: str) -> None:
        """Exchange *request* for tokens, and keep them as *username*'s."""
        call = Call(method="POST", path="auth/token", body=request, needs_login=False)
        reply = await self.ask(call, TokenReply)
        self._login = Login(
            username=username,
            access_token=reply.access_token,
            refresh_token=reply.refresh_token,
            expires_at=datetime.now(UTC) + timedelta(seconds=reply.expires_in),
        )
        self._logins.put(self.server, self._login)

    def forget(self) -> None:
        """Drop the kept login of this server."""
        self._login = None
        self._logins.forget(self.server)

    # --- tokens

    def _access_token(self) -> str:
        if self._token:
            return self._token
        if self._login is None:
            self._login = self._logins.get(self.server)
        if self._login is None:
            raise LoginNeeded(f"not logged in at {self.server}", hint="Log in with: uuut login")
        return self._login.access_token

    async def _renew(self, refused: str) -> None:
        """Replace the access token that was *refused*, unless somebody else has done so already."""
        async with self._renewing, self._logins.exclusive():
            login = self._login = self._logins.get(self.server)
            if login is not None and login.access_token != refused:
                return
            if login is None:
                raise LoginNeeded(f"logged out at {self.server}", hint="Log in with: uuut login")
            request = TokenRequest(grant_type="refresh_token", refresh_token=login.refresh_token)
            try:
                await self.log_in(request, login.username)
            except ProblemError as error:
                if error.problem.status != 401:
                    raise
                self.forget()
                raise LoginNeeded(
                    f"the session at {self.server} has ended", hint="Log in with: uuut login"
                ) from error

    # --- one exchange

    @contextlib.asynccontextmanager
    async def _answered(
        self, call: Call, limits: aiohttp.ClientTimeout
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        token = self._access_token() if call.needs_login else None
        async with contextlib.AsyncExitStack() as stack:
            response = await stack.enter_async_context(self._exchange(call, limits, token))
            if response.status == 401 and token is not None and token != self._token:
                await self._raise_wrong_password(response)
                await stack.aclose()
                await self._renew(token)
                token = self._access_token()
                response = await stack.enter_async_context(self._exchange(call, limits, token))
            if response.status >= 300 and response.status != 304:
                raise self._failure(response, await self._read(response))
            yield response

    async def _raise_wrong_password(self, response: aiohttp.ClientResponse) -> None:
        """Raise what a 401 says if it is not about the token: trying again would count twice."""
        failure = self._failure(response, await self._read(response))
        if isinstance(failure, ProblemError) and failure.problem.code == "bad-credentials":
            raise failure

    @contextlib.asynccontextmanager
    async def _exchange(
        self, call: Call, limits: aiohttp.ClientTimeout, token: str | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._http is None:
            raise RuntimeError("a Remote works only inside of its `async with`")
        headers = dict(call.headers)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = yarl.URL(f"{self.server}/api/v1/{call.path}", encoded=True)
        with self._translated():
            response = await self._http.request(
                call.method,
                url.update_query(call.query) if call.query else url,
                headers=headers,
                data=_payload(call),
                timeout=limits,
                allow_redirects=False,
            )
        try:
            yield response
        finally:
            response.close()

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for piece in self._pieces(response):
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise BadAnswer(f"{self.server} sent more than {LARGEST_ANSWER >> 20} MiB")
        return bytes(body)

    async def _pieces(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        while True:
            with self._translated():
                piece = await response.content.readany()
            if not piece:
                return
            yield piece

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise Unreachable(
                f"{self.server} took too long to answer", hint="Try again, or ask: uuut status"
            ) from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise Unreachable(
                f"{self.server} shows a certificate that is not trusted: {error.certificate_error}",
                hint="Check the address, and the certificate of the proxy in front of uuutd.",
            ) from error
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(
                f"{self.server} cannot be reached: {_reason(error.os_error)}",
                hint="Is uuutd running there? Another address: uuut --server URL",
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(
                f"the connection to {self.server} broke: {str(error) or type(error).__name__}",
                hint="Try again, or ask: uuut status",
            ) from error

    def _failure(self, response: aiohttp.ClientResponse, body: bytes) -> RemoteError:
        """Say what an answer means that is not a success."""
        if response.content_type == "application/problem+json":
            return ProblemError(self.decode(body, ProblemReply))
        status = f"{response.status} {response.reason or ''}".strip()
        if response.status in GATEWAY_STATUSES:
            return Unreachable(
                f"what stands in front of {self.server} answers {status}",
                hint="The daemon behind it does not answer; ask its administrator.",
            )
        where = response.headers.get("Location")
        detail = f"{self.server} answers {status}" + (f" to {where}" if where else "")
        return BadAnswer(detail, hint="Is this the address of a uuutd? See: uuut --server URL")


def quoted(*parts: str) -> str:
    """Join *parts*, which may hold anything, to a path."""
    return "/".join(quote(part, safe="") for part in parts)


def _reason(error: OSError) -> str:
    """Say in the system's words why there is no connection."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__


def _payload(call: Call) -> aiohttp.Payload | aiohttp.FormData | None:
    """Return the body to send; made anew for each try, because sending uses it up."""
    if call.file is not None:
        form = aiohttp.FormData(dict(call.fields))
        form.add_field(
            "torrent",
            call.file,
            filename="upload.torrent",
            content_type="application/x-bittorrent",
        )
        return form
    if call.body is None:
        return None
    given = attrs.asdict(call.body, filter=_is_said)
    return aiohttp.BytesPayload(msgspec.json.encode(given), content_type="application/json")


def _is_said(field: "attrs.Attribute[Any]", value: object) -> bool:
    """Whether a field is sent: null is what most of them are if they are left out."""
    return value is not None or field.default is attrs.NOTHING
