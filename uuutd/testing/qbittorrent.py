"""A real qBittorrent on loopback, for tests.

It talks to nobody beyond 127.0.0.1: no DHT, no local discovery, no port mapping, no
look-up of countries.  Settings as read in qBittorrent 4.5 to 5.3.
"""

import asyncio
import base64
import hashlib
import secrets
import shutil
from pathlib import Path
from typing import Self

import aiohttp

from .ports import free_port

USERNAME = "tester"
READY_WITHIN = 30.0
_PBKDF2_ROUNDS = 100_000


class QBittorrentServer:
    """One ``qbittorrent-nox`` with its profile in *folder*; use it with ``async with``.

    The profile stays when the program ends, so that `start` finds its torrents again.
    *program* is the path of one; left out, it is the one in ``PATH``.  *settings* are lines
    that are added to the part ``[Preferences]``.
    """

    def __init__(self, folder: Path, *, program: str | None = None, settings: str = "") -> None:
        self.folder = folder
        self._program = program or self.program()
        self._settings = settings
        self.password = secrets.token_urlsafe(12)
        self.port = free_port()
        self.peer_port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    @staticmethod
    def program() -> str | None:
        """Return where ``qbittorrent-nox`` is, None if it is not installed."""
        return shutil.which("qbittorrent-nox")

    @property
    def url(self) -> str:
        """The address of its Web UI."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def downloads(self) -> Path:
        """Its default save path."""
        return self.folder / "downloads"

    async def __aenter__(self) -> Self:
        self._write_settings()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _write_settings(self) -> None:
        self.downloads.mkdir(parents=True, exist_ok=True)
        config = self.folder / "qBittorrent" / "config" / "qBittorrent.conf"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(
            f"""[BitTorrent]
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\Interface=lo
Session\\InterfaceName=lo
Session\\InterfaceAddress=127.0.0.1
Session\\Port={self.peer_port}
Session\\BTProtocol=TCP
Session\\MultiConnectionsPerIp=true
Session\\QueueingSystemEnabled=false
Session\\SSRFMitigation=false
Session\\DefaultSavePath={self.downloads}

[LegalNotice]
Accepted=true

[Network]
PortForwardingEnabled=false

[Preferences]
Connection\\ResolvePeerCountries=false
WebUI\\Address=127.0.0.1
WebUI\\Port={self.port}
WebUI\\UseUPnP=false
WebUI\\LocalHostAuth=true
WebUI\\Username={USERNAME}
WebUI\\Password_PBKDF2="@ByteArray({_hashed(self.password)})"
{self._settings}
""",
            encoding="utf-8",
        )

    async def start(self) -> None:
        """Start the program and wait until its Web UI answers."""
        if self._program is None:
            raise FileNotFoundError("qbittorrent-nox")
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            f"--profile={self.folder}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as session:
            while not await self._answers(session):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.05)

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        if self._process is not None and self._process.returncode is not None:
            raise RuntimeError(f"qbittorrent-nox ended with {self._process.returncode}")
        try:
            async with session.get(f"{self.url}/api/v2/app/version") as answer:
                return answer.status in (200, 403)
        except aiohttp.ClientError:
            return False

    async def versions(self) -> tuple[str, str]:
        """Return the versions of the program and of its Web API."""
        jar = aiohttp.CookieJar(unsafe=True)  # its host is an address
        async with aiohttp.ClientSession(cookie_jar=jar, raise_for_status=True) as session:
            login = {"username": USERNAME, "password": self.password}
            await session.post(f"{self.url}/api/v2/auth/login", data=login)
            answers = [
                await session.get(f"{self.url}/api/v2/app/{what}")
                for what in ("version", "webapiVersion")
            ]
            program, api = [await answer.text() for answer in answers]
        return program.removeprefix("v"), api

    async def stop(self) -> None:
        """End the program as an administrator would."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 15)
            except TimeoutError:
                await self.kill()

    async def kill(self) -> None:
        """End the program at once, as a power cut would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _PBKDF2_ROUNDS)
    return f"{base64.b64encode(salt).decode()}:{base64.b64encode(key).decode()}"
