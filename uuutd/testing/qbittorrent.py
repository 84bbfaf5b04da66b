"""A real qBittorrent on loopback, for tests.

It talks to nobody beyond 127.0.0.1: no DHT, no local discovery, no port mapping, no
look-up of countries.  Settings as read in qBittorrent 4.5 to 5.3.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from .program import USERNAME, Program

_PBKDF2_ROUNDS = 100_000


class QBittorrentServer(Program):
    """One ``qbittorrent-nox`` with its profile in *folder*.

    *settings* are lines that are added to the part ``[Preferences]``.
    """

    NAME = "qbittorrent-nox"

    def __init__(self, folder: Path, *, program: str | None = None, settings: str = "") -> None:
        super().__init__(folder, program=program)
        self._settings = settings

    def _arguments(self) -> Sequence[str]:
        return [f"--profile={self.folder}"]

    def _write_settings(self) -> None:
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

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        async with session.get(f"{self.url}/api/v2/app/version") as answer:
            return answer.status in (200, 403)

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


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _PBKDF2_ROUNDS)
    return f"{base64.b64encode(salt).decode()}:{base64.b64encode(key).decode()}"
