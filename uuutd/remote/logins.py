"""Where the tokens of each server are kept: one file, readable by its owner alone."""

import asyncio
import contextlib
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import msgspec
import platformdirs

from .errors import DamagedLogins, RemoteError

DEFAULT_SERVER = "http://127.0.0.1:8484"
LOCK_PATIENCE = 30.0  # seconds; longer than any exchange of tokens may take
LOCK_PAUSE = 0.05


@attrs.frozen(kw_only=True)
class Login:
    """The tokens of one session at one server."""

    username: str
    access_token: str = attrs.field(repr=False)
    refresh_token: str = attrs.field(repr=False)
    expires_at: datetime | None = None


@attrs.frozen(kw_only=True)
class _Content:
    """The whole file; *default* is the server of the last login."""

    schema: int = 1
    default: str | None = None
    servers: Mapping[str, Login] = attrs.field(factory=dict)


def server_url(text: str) -> str:
    """Return the base URL that *text* means: ``box:8484`` is ``http://box:8484``.

    Raises `RemoteError` if it is no address, or one that carries a password.
    """
    text = text.strip().rstrip("/")
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise RemoteError(f"{text!r} is not an address: {error}") from error
    spaced = any(char.isspace() for char in url)
    if spaced or parts.scheme not in ("http", "https") or not parts.hostname:
        raise RemoteError(
            f"{text!r} is not an address of a daemon",
            hint=f"An address looks like {DEFAULT_SERVER}.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise RemoteError(
            f"the address of {parts.hostname} must hold neither a login nor a query",
            hint="Log in with: uuut login",
        )
    return url


def config_dir(environ: Mapping[str, str]) -> Path:
    """Return the directory of the user's own settings; ``UUUT_CONFIG_DIR`` overrides it."""
    override = environ.get("UUUT_CONFIG_DIR")
    return Path(override) if override else Path(platformdirs.user_config_dir("uuut"))


class Logins:
    """The logins in *directory*, shared by every client of this user on this machine."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "session.json"

    def default(self) -> str | None:
        """Return the server of the last login."""
        return self._read().default

    def get(self, server: str) -> Login | None:
        """Return the login at *server*, None if there is none."""
        return self._read().servers.get(server)

    def put(self, server: str, login: Login) -> None:
        """Keep *login*, and make *server* the default."""
        servers = {**self._read().servers, server: login}
        self._write(_Content(default=server, servers=servers))

    def forget(self, server: str) -> None:
        """Drop the login at *server*; the default stays, so that the next login goes there."""
        content = self._read()
        if server in content.servers:
            servers = {name: login for name, login in content.servers.items() if name != server}
            self._write(attrs.evolve(content, servers=servers))

    def set_aside(self) -> Path | None:
        """Rename the file if it is damaged, and return its new name; None if it is not."""
        try:
            self._read()
        except DamagedLogins:
            aside = self.path.with_name(f"{self.path.name}.damaged")
            try:
                self.path.replace(aside)
            except OSError as error:
                raise RemoteError(f"cannot rename {self.path}: {error.strerror}") from error
            return aside
        return None

    @contextlib.asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """Keep other clients of this user from renewing tokens meanwhile.

        A refresh token works once: two clients that send the same one would end the session.
        """
        self._make_directory()
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await self._lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    async def _lock(self, descriptor: int) -> None:
        deadline = asyncio.get_running_loop().time() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if asyncio.get_running_loop().time() > deadline:
                    raise RemoteError(
                        f"another uuut has held {self.path} for {LOCK_PATIENCE:.0f} s",
                        hint="Close the other one, then try again.",
                    ) from None
                await asyncio.sleep(LOCK_PAUSE)
            else:
                return

    def _make_directory(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise RemoteError(f"cannot make {self.path.parent}: {error.strerror}") from error

    def _read(self) -> _Content:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=_Content)
        except FileNotFoundError:
            return _Content()
        except OSError as error:
            raise RemoteError(f"cannot read {self.path}: {error.strerror}") from error
        except (ValueError, RecursionError) as error:  # what msgspec makes of broken JSON
            raise DamagedLogins(
                f"{self.path} is damaged: {error}",
                hint="Log in again, which sets it aside: uuut login",
            ) from error

    def _write(self, content: _Content) -> None:
        self._make_directory()
        try:
            # mkstemp makes the file 0600, and replace keeps that.
            descriptor, name = tempfile.mkstemp(prefix=".session-", dir=self.path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(msgspec.json.format(msgspec.json.encode(content)))
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise RemoteError(f"cannot write {self.path}: {error.strerror}") from error
