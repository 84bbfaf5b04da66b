"""transmission-rpc in one thread of its own, with errors in our words.

The library is synchronous and has no lock.  So each configured server has one thread, and
calls wait in line for it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeVar, cast

import requests
import transmission_rpc as api
import urllib3
from transmission_rpc.constants import RpcMethod
from transmission_rpc.session import Session

from uuutd.domain import InfoHash, Limits, Secret
from uuutd.errors import (
    BackendError,
    BadReply,
    LoginFailed,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from uuutd.fetch import retry_after
from uuutd.text import clean

from .settings import Endpoint
from .states import LISTED, Row, in_units, limit

T = TypeVar("T")

LARGEST = 64 << 20
"""Bytes of an answer; 5,000 torrents take 5 MB."""
CONNECTS_WITHIN, ANSWERS_WITHIN = 2.0, 5.0
READS_WITHIN = 8.0
"""Seconds from the beginning of a call in which all of its answers have to be read."""
LOADS_WITHIN = 2
"""Seconds after its start in which Transmission has read what it has; it answers before that."""
_PIECE = 1 << 16
_SPEED_LIMITS = (
    "alt-speed-down",
    "alt-speed-enabled",
    "alt-speed-up",
    "speed-limit-down",
    "speed-limit-down-enabled",
    "speed-limit-up",
    "speed-limit-up-enabled",
)

_SILENT = logging.getLogger("uuutd_transmission.library")
_SILENT.disabled = True  # it would log whole answers, and addresses with passwords


class Client(api.Client):
    """The library's client of one server; it connects when it is first asked for something.

    *session* is the id of Transmission's present run, as far as it is known: Transmission
    makes a new one when it starts, and now and then.
    """

    def __init__(
        self, at: Endpoint, *, username: str | None, password: Secret | None, verify_tls: bool
    ) -> None:
        self._made = False
        self._ends_at = 0.0
        self._met = False
        self.session = ""
        super().__init__(
            protocol=cast("Any", at.protocol),
            host=at.host,
            port=at.port,
            path=at.path,
            logger=_SILENT,
        )
        self._made = True
        self.timeout = (CONNECTS_WITHIN, ANSWERS_WITHIN)
        http = self._http_session
        http.stream = True
        http.verify = verify_tls
        if not verify_tls:  # the administrator knows
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        http.hooks["response"].append(self._look)
        if username is not None and password is not None:
            # Not in the address, from where the library would put it into its log.
            http.auth = (username.encode(), password.reveal().encode())  # type: ignore[assignment]

    def get_session(self, timeout: Any = None) -> Session:
        """Return what Transmission says of itself; the library's constructor would ask already."""
        return super().get_session(timeout) if self._made else Session(fields={})

    def close(self) -> None:
        """Let go of the connections."""
        self._http_session.close()

    # --- how it is asked --------------------------------------------------------------------

    def _request(self, method: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._ends_at = time.monotonic() + READS_WITHIN
        try:
            return super()._request(method, *args, **kwargs)
        except api.TransmissionError as error:
            raise translate(error) from error
        except requests.RequestException as error:
            raise Unavailable("Transmission's answer was cut off.") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadReply("Transmission's answer makes no sense.") from error

    def _look(self, response: requests.Response, **_: Any) -> None:
        """Read the answer under a cap, and raise what its status means."""
        body = self._read(response)
        response._content = body  # noqa: SLF001 - as requests does with what it has read
        response._content_consumed = True  # noqa: SLF001
        self._met_as(response.headers.get("X-Transmission-Session-Id", self.session))
        if response.status_code not in (HTTPStatus.OK, HTTPStatus.CONFLICT):
            raise refusal(response, clean(body[:4096].decode("utf-8", "replace"), 4096))

    def _met_as(self, session: str) -> None:
        if session != self.session:
            self.session, self._met = session, False

    def _read(self, response: requests.Response) -> bytes:
        body = bytearray()
        try:
            for piece in response.iter_content(_PIECE):
                body += piece
                if len(body) > LARGEST:
                    raise BadReply("Transmission's answer has no end.")
                if time.monotonic() > self._ends_at:
                    raise TimedOut("Transmission's answer took too long.")
        except requests.Timeout as error:
            raise TimedOut("Transmission's answer took too long.") from error
        except requests.RequestException as error:
            raise BadReply("Transmission's answer was cut off.") from error
        finally:
            response.close()
        return bytes(body)

    # --- what it is asked -------------------------------------------------------------------

    def rows(
        self, hashes: Collection[InfoHash] | None = None, fields: Iterable[str] = LISTED
    ) -> list[Row]:
        """Return *fields* of these torrents, of all of them for None."""
        if hashes is not None and not hashes:
            return []
        ids: list[int | str] | None = None if hashes is None else list(hashes)
        found = self.get_torrents(ids, arguments=fields)
        if not self._met:
            self._wait_until_loaded()
            found = self.get_torrents(ids, arguments=fields)
        return [each.fields for each in found]

    def _wait_until_loaded(self) -> None:
        """Give a Transmission that has just started the time to read what it has."""
        stats = self.session_stats().get("current-stats") or {}
        self._met = True
        time.sleep(
            min(max(LOADS_WITHIN - stats.get("secondsActive", LOADS_WITHIN), 0), LOADS_WITHIN)
        )

    def recent(self) -> tuple[list[Row], list[int]]:
        """Return what moved within the last minute, and the numbers of what is gone since."""
        moved, removed = self.get_recently_active_torrents(arguments=LISTED)
        return [each.fields for each in moved], [int(number) for number in removed]

    def all_limits(self) -> Limits:
        """Return the limits that hold for everything together: at times the alternative ones."""
        found = self._about_session(_SPEED_LIMITS)
        if found.get("alt-speed-enabled"):
            down, up = (
                ("alt-speed-enabled", "alt-speed-down"),
                ("alt-speed-enabled", "alt-speed-up"),
            )
        else:
            down = ("speed-limit-down-enabled", "speed-limit-down")
            up = ("speed-limit-up-enabled", "speed-limit-up")
        return Limits(down=limit(found, *down), up=limit(found, *up))

    def set_all_limits(self, limits: Limits) -> None:
        """Set the limits that hold for everything together, and end the alternative ones."""
        self.set_session(
            alt_speed_enabled=False,
            speed_limit_down_enabled=limits.down is not None,
            speed_limit_down=None if limits.down is None else in_units(limits.down),
            speed_limit_up_enabled=limits.up is not None,
            speed_limit_up=None if limits.up is None else in_units(limits.up),
        )

    def default_folder(self) -> str:
        """Return the folder that downloads go to."""
        return str(self._about_session(("download-dir",))["download-dir"])

    def version(self) -> str:
        """Return its version, such as ``4.1.3``."""
        return str(self._about_session(("version",))["version"]).partition(" ")[0]

    def _about_session(self, fields: Iterable[str]) -> Row:
        # The library's own method asks for every field.
        self._request(RpcMethod.SessionGet, {"fields": [*fields, "version", "rpc-version"]})
        return cast("Row", self._Client__raw_session)  # type: ignore[attr-defined]

    def space(self, folder: str) -> int | None:
        """Return the free bytes where *folder* is; None if there is no such folder."""
        try:
            found = self._request(RpcMethod.FreeSpace, {"path": folder})
        except Refused:
            return None
        size = int(found["size-bytes"])
        return size if size >= 0 else None  # 4.1.0 says no more than that


class Worker:
    """Runs calls against one server, and remembers when it refused our login.

    A refusal is final until `forget_refusal`: each further try would count as one more
    bad login.
    """

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._refusal: LoginFailed | None = None

    def forget_refusal(self) -> None:
        """Let the next call log in again."""
        self._refusal = None

    async def call(self, act: Callable[[Client], T]) -> T:
        """Return what *act* makes of the client, in the worker's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run, act)

    def _run(self, act: Callable[[Client], T]) -> T:
        if self._refusal is not None:
            raise LoginFailed(self._refusal.detail, hint=self._refusal.hint)
        try:
            return act(self._client)
        except LoginFailed as error:
            self._refusal = error
            raise

    async def close(self) -> None:
        """Let go of the connections and end the thread."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._client.close)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)


def translate(error: api.TransmissionError) -> BackendError:
    """Say what an error of the library means."""
    if isinstance(error, api.TransmissionTimeoutError):
        return TimedOut("Transmission did not answer in time.")
    if isinstance(error, api.TransmissionConnectError):
        return _unreachable(str(error))
    if isinstance(error.response, dict) and "result" in error.response:
        return Refused(f"Transmission refuses this: {clean(str(error.response['result']), 200)}.")
    return BadReply("Transmission's answer makes no sense.", hint="Is this the address of its RPC?")


def refusal(response: requests.Response, text: str) -> BackendError:
    """Say what an answer means that is none of the RPC's; *text* is what it says to people."""
    status = response.status_code
    if status == HTTPStatus.UNAUTHORIZED:
        return LoginFailed(
            "Transmission refuses the user name and password.",
            hint="Mend them in the configuration; they are not tried again by themselves, "
            "because Transmission may lock everybody out after too many bad logins.",
        )
    if status == HTTPStatus.FORBIDDEN:
        return _forbidden(text)
    if status == HTTPStatus.MISDIRECTED_REQUEST:
        return LoginFailed(
            "Transmission does not know the host name by which it was called.",
            hint="Add the name to rpc-host-whitelist in its settings.json, or let it ask for a "
            "user name and password: then any name will do.",
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = retry_after(response.headers)
        return RateLimited("A proxy before Transmission asks us to wait.", retry_after=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"Transmission answers with error {status}.")
    return BadReply(
        f"What answers at this address, with status {status}, is not Transmission's RPC.",
        hint="Its address is like http://127.0.0.1:9091, with rpc-url behind it if that was "
        "changed.",
    )


def _forbidden(text: str) -> LoginFailed:
    """Say why it answers 403: 3.00 tells which of the two it is, 4.x does not."""
    if "IP Address" in text:
        return LoginFailed(
            "Transmission does not take orders from this machine's address.",
            hint="Add the address to rpc-whitelist in its settings.json.",
        )
    if "unsuccessful login attempts" in text:
        return LoginFailed(
            "Transmission has locked everybody out after too many bad logins.",
            hint="Mend the password, restart Transmission, then ask for a check.",
        )
    return LoginFailed(
        "Transmission does not let us in: this machine's address is not in its rpc-whitelist, or "
        "there were too many bad logins.",
        hint="Add the address to rpc-whitelist in its settings.json; after too many bad logins "
        "restart Transmission.",
    )


def _unreachable(why: str) -> Unavailable:
    if "SSLError" in why or "CERTIFICATE" in why:
        return Unavailable(
            "Transmission's certificate is not trusted.",
            hint="Set verify_tls = false if you trust it all the same.",
        )
    return Unavailable("Transmission cannot be reached.", hint="Is it running at this address?")
