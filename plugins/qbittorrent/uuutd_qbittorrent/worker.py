"""qbittorrent-api in one thread of its own.

The library is synchronous, and not safe to share between threads while it logs in
(rmartin16/qbittorrent-api: the session is dropped and made anew in place).  So each
configured server has one thread, and calls wait in line for it.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeVar

import attrs
import qbittorrentapi as api
import requests
from qbittorrentapi.request import QbittorrentSession

from uuutd.domain import Source
from uuutd.errors import (
    BackendError,
    BadReply,
    Error,
    LoginFailed,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from uuutd.fetch import retry_after
from uuutd.magnets import magnet

T = TypeVar("T")

LARGEST = 32 << 20
"""Bytes of an answer; 2,000 torrents take 2.2 MB."""


BAN_LASTS = 3600.0
"""Seconds that a ban lasts unless qBittorrent is set up otherwise; it tells nobody."""


class TooLarge(api.APIError):
    """An answer without end."""


class CutOff(api.APIError):
    """An answer that ended before it should."""


def _read(response: requests.Response, **_: Any) -> None:
    """Read the body under a cap, also what a compressed one unfolds to."""
    body = bytearray()
    try:
        for piece in response.iter_content(1 << 16):
            body += piece
            if len(body) > LARGEST:
                response.close()
                raise TooLarge
    except requests.Timeout:
        raise
    except requests.RequestException as error:
        raise CutOff from error
    # What requests itself does when asked for the content of a streamed answer.
    response._content = bytes(body)  # noqa: SLF001
    response._content_consumed = True  # noqa: SLF001


_REQUESTS: Mapping[str, Any] = {
    # The library tries a failed request twice: two of both and its pause fit in 10 seconds.
    "timeout": (2.0, 2.5),
    "stream": True,
    "hooks": {"response": _read},
    "allow_redirects": False,
}
"""What every request is made with."""

_ADDED = ("success", "failure", "pending")


@attrs.frozen(kw_only=True)
class Answer:
    """What the server says to a torrent that it is given, and whether it takes it as a new one."""

    taken: bool
    says: str


class Client(api.Client):
    """The library's client of one server, made for one that is asked often.

    The library asks for the version of the Web API before each add, and looks through the
    environment before each request.  The version is asked for once a login; proxies and
    passwords of the environment are none of the daemon's.
    """

    def __init__(
        self,
        url: str,
        *,
        username: str | None,
        password: str | None,
        api_key: str | None,
        verify_tls: bool,
    ) -> None:
        super().__init__(
            host=url,
            username=username,
            password=password,
            api_key=api_key,
            REQUESTS_ARGS=_REQUESTS,
            HTTPADAPTER_ARGS={"max_retries": 0},  # the library itself tries twice
            VERIFY_WEBUI_CERTIFICATE=verify_tls,
            FORCE_SCHEME_FROM_HOST=True,
            SIMPLE_RESPONSES=True,
            DISABLE_LOGGING_DEBUG_OUTPUT=True,
        )
        self._web_api: str | None = None

    @property
    def _session(self) -> QbittorrentSession:
        session = super()._session
        session.trust_env = False
        return session

    def auth_log_in(self, *args: Any, **kwargs: Any) -> None:
        """Log in; it may be a new server since.  Without credentials nothing is sent.

        The library would send empty ones, which count towards a ban.
        """
        self.forget_version()
        if not (self.username or self.uses_api_key):
            raise api.LoginFailed
        super().auth_log_in(*args, **kwargs)

    def app_web_api_version(self, **kwargs: Any) -> str:
        """Return the version of the Web API as it was at the last login."""
        if self._web_api is None:
            self._web_api = super().app_web_api_version(**kwargs)
        return self._web_api

    def forget_version(self) -> None:
        """Ask for the version again when it is needed."""
        self._web_api = None

    def add(self, source: Source, *, label: str, path: str, stopped: bool) -> Answer:
        """Hand a torrent over.  One that it does not take may be there already."""
        what: dict[str, Any] = {"urls": magnet(source)}
        if source.metainfo is not None:
            # Parts of one name collapse into one: the name must be the torrent's own.
            what = {"torrent_files": {f"{source.info_hash}.torrent": source.metainfo}}
        try:
            answer = self.torrents_add(
                **what,
                save_path=path,
                tags=label,
                use_auto_torrent_management=False,
                is_stopped=stopped,
            )
        except api.Conflict409Error:
            return Answer(taken=False, says="it says that it has it already, or cannot read it")
        if isinstance(answer, str):  # before Web API 2.14
            return Answer(taken=answer == "Ok.", says=f"it answers {answer}")
        counts = {word: answer.get(f"{word}_count", 0) for word in _ADDED}
        told = ", ".join(f"{count} {word}" for word, count in counts.items())
        return Answer(taken=counts["success"] == 1, says=f"it answers: {told}")

    @property
    def uses_api_key(self) -> bool:
        """Whether an API key stands for user name and password."""
        return bool(self._api_key)

    @property
    def has_session(self) -> bool:
        """Whether the server has given us a cookie; what it is called depends on the version."""
        return self._http_session is not None and bool(self._http_session.cookies)

    def refused(self) -> LoginFailed:
        """Say what a refusal of what we log in with means."""
        if self.uses_api_key:
            return LoginFailed(
                "qBittorrent refuses the API key.",
                hint="Make a new one in its Web UI settings. Before qBittorrent 5.2 there are "
                "none: then set username and password instead of api_key.",
            )
        if not self.username:
            return LoginFailed(
                "qBittorrent asks for a login, and none is configured.",
                hint="Set username and password, or api_key; or let this address in without a "
                "login, in its Web UI settings.",
            )
        return LoginFailed(
            "qBittorrent refuses the user name and password.",
            hint="Mend them in the configuration; they are not tried again by themselves, "
            "because five bad logins get this address banned for an hour.",
        )


class Worker:
    """Runs calls against one server, and remembers when it refused our login.

    A refusal is final until `forget_refusal`: each further try would count towards a ban.
    """

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._refusal: LoginFailed | None = None

    def forget_refusal(self) -> None:
        """Let the next call log in again, to what may be another server by now."""
        self._refusal = None
        self._client.forget_version()

    async def call(self, act: Callable[[Client], T]) -> T:
        """Return what *act* makes of the client, in the worker's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run, act)

    def _run(self, act: Callable[[Client], T]) -> T:
        if (known := self._refusal) is not None:
            raise LoginFailed(known.detail, hint=known.hint, retry_after=known.retry_after)
        try:
            return act(self._client)
        except Error:
            raise
        except api.APIError as error:
            translated = translate(error, self._client)
            if isinstance(translated, LoginFailed):
                self._refusal = translated
            raise translated from error

    async def close(self) -> None:
        """Log out, so that sessions do not pile up at the server, and end the thread."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._log_out)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    def _log_out(self) -> None:
        if self._refusal is not None or not self._client.has_session:
            return
        try:
            self._client.auth_log_out()
        except api.APIError:
            return  # a server that is gone has no session of ours either


def translate(error: api.APIError, client: Client) -> BackendError:
    """Say what an error of the library means."""
    if isinstance(error, TooLarge):
        return BadReply("qBittorrent's answer has no end.")
    if isinstance(error, CutOff):
        return BadReply("qBittorrent's answer was cut off.")
    if isinstance(error, api.LoginFailed | api.Unauthorized401Error):
        return client.refused()
    if isinstance(error, api.HTTPError):
        return _from_status(error, client)
    if isinstance(error, api.APIConnectionError):
        return _from_connection(str(error))
    return BadReply(f"qBittorrent's answer makes no sense: {error}.")


def _from_status(error: api.HTTPError, client: Client) -> BackendError:
    why = str(error).strip()
    if isinstance(error, api.Forbidden403Error):
        return _forbidden(why, client)
    if error.http_status_code == HTTPStatus.TOO_MANY_REQUESTS:
        wait = retry_after(error.response.headers) if error.response is not None else None
        return RateLimited("A proxy before qBittorrent asks us to wait.", retry_after=wait)
    if isinstance(error, api.HTTP5XXError):
        return Unavailable(f"qBittorrent answers with error {error.http_status_code}.")
    return Refused(f"qBittorrent refuses this: {why or 'no reason given'}.")


def _forbidden(why: str, client: Client) -> LoginFailed:
    if "banned" in why.lower():
        return LoginFailed(
            "qBittorrent has banned this address after too many bad logins.",
            hint="Mend what logs in with a wrong password, this daemon or another program. The "
            "ban ends after an hour, unless qBittorrent is set up otherwise, or when it is "
            "restarted: then have the client checked again.",
            retry_after=BAN_LASTS,
        )
    if client.uses_api_key:
        return client.refused()
    return LoginFailed(
        f"qBittorrent does not let us in: {why or 'forbidden'}.",
        hint="Look at its Web UI settings: allowed hosts, and who may log in.",
    )


def _from_connection(why: str) -> BackendError:
    if "timed out" in why:
        return TimedOut("qBittorrent did not answer in time.")
    if "SSL Error" in why:
        return Unavailable(
            "qBittorrent's certificate is not trusted.",
            hint="Set verify_tls = false if you trust it all the same.",
        )
    return Unavailable("qBittorrent cannot be reached.", hint="Is it running at this address?")
