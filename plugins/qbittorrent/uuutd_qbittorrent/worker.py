"""qbittorrent-api in one thread of its own.

The library is synchronous, and not safe to share between threads while it logs in
(rmartin16/qbittorrent-api: the session is dropped and made anew in place).  So each
configured server has one thread, and calls wait in line for it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import qbittorrentapi as api

from uuutd.errors import BackendError, BadReply, Error, LoginFailed, Refused, TimedOut, Unavailable

T = TypeVar("T")

CONNECT_SECONDS = 2.0
READ_SECONDS = 2.5
"""The library tries a failed request twice; two of both and its pause fit in 10 seconds."""


class Worker:
    """Runs calls against one server, and remembers when it refused our login.

    A refusal is final until `forget_refusal`: each further try would count towards a ban.
    """

    def __init__(self, client: api.Client, name: str) -> None:
        self._client = client
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._refusal: LoginFailed | None = None

    def forget_refusal(self) -> None:
        """Let the next call log in again."""
        self._refusal = None

    async def call(self, act: Callable[[api.Client], T]) -> T:
        """Return what *act* makes of the client, in the worker's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run, act)

    def _run(self, act: Callable[[api.Client], T]) -> T:
        if self._refusal is not None:
            raise LoginFailed(self._refusal.detail, hint=self._refusal.hint)
        try:
            return act(self._client)
        except Error:
            raise
        except api.APIError as error:
            translated = translate(error)
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
        if self._refusal is not None or not self._client._SID:  # noqa: SLF001 - no public way to ask
            return
        try:
            self._client.auth_log_out()
        except api.APIError:
            return  # a server that is gone has no session of ours either


def translate(error: api.APIError) -> BackendError:
    """Say what an error of the library means."""
    if isinstance(error, api.LoginFailed | api.Unauthorized401Error):
        return LoginFailed(
            "qBittorrent refuses the user name and password, or the API key.",
            hint="Mend them in the configuration; they are not tried again by themselves, "
            "because five bad logins get this address banned for an hour.",
        )
    if isinstance(error, api.Forbidden403Error):
        if "banned" in str(error).lower():
            return LoginFailed(
                "qBittorrent has banned this address after too many bad logins.",
                hint="Wait for its ban to end (an hour by default) or restart qBittorrent.",
            )
        return LoginFailed(
            f"qBittorrent does not let us in: {str(error).strip() or 'forbidden'}.",
            hint="Look at its Web UI settings: allowed hosts, and who may log in.",
        )
    if isinstance(error, api.HTTP5XXError):
        return Unavailable(f"qBittorrent answers with error {error.http_status_code}.")
    if isinstance(error, api.HTTP4XXError):
        return Refused(f"qBittorrent refuses this: {str(error).strip() or 'no reason given'}.")
    if isinstance(error, api.APIConnectionError):
        text = str(error)
        if "Timeout Error" in text:
            return TimedOut("qBittorrent did not answer in time.")
        if "SSL Error" in text:
            return Unavailable(
                "qBittorrent's certificate is not trusted.",
                hint="Set verify_tls = false if you trust it all the same.",
            )
        return Unavailable("qBittorrent cannot be reached.", hint="Is it running at this address?")
    return BadReply(f"qBittorrent's answer makes no sense: {error}.")
