"""A real Transmission on loopback, for tests.

No DHT, no local discovery, no port mapping and no blocklist; 4.x asks for the machine's
public address at its start, whatever the settings say.  Settings as read in 3.00 to 4.1.

Transmission never dials peers on 127.0.0.1, it only lets them in: `uuutd.testing.swarm`
dials it.  It looks every 10 seconds from whom to fetch, so a transfer takes that long.
"""

import asyncio
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import aiohttp

from .ports import free_port

USERNAME = "tester"
READY_WITHIN = 30.0


class TransmissionServer:
    """One ``transmission-daemon`` with its state in *folder*; use it with ``async with``.

    The state stays when the program ends, so that `start` finds its torrents again.
    *program* is the path of one; left out, it is the one in ``PATH``.  *settings* are laid
    over ours, in the words of its ``settings.json``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        program: str | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self.folder = folder
        self.password = secrets.token_urlsafe(12)
        self.port = free_port()
        self.peer_port = free_port()
        self._program = program or self.program()
        self._settings = settings or {}
        self._process: asyncio.subprocess.Process | None = None

    @staticmethod
    def program() -> str | None:
        """Return where ``transmission-daemon`` is, None if it is not installed."""
        return shutil.which("transmission-daemon")

    @property
    def url(self) -> str:
        """The address of its RPC."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def downloads(self) -> Path:
        """Its default download folder."""
        return self.folder / "downloads"

    async def __aenter__(self) -> Self:
        self._write_settings()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _write_settings(self) -> None:
        self.downloads.mkdir(parents=True, exist_ok=True)
        settings = {
            "anti-brute-force-enabled": False,
            "bind-address-ipv4": "127.0.0.1",
            "bind-address-ipv6": "::1",
            "blocklist-enabled": False,
            "dht-enabled": False,
            "download-dir": str(self.downloads),
            "download-queue-enabled": False,
            "incomplete-dir-enabled": False,
            "lpd-enabled": False,
            "peer-port": self.peer_port,
            "peer-port-random-on-start": False,
            "pex-enabled": False,
            "port-forwarding-enabled": False,
            "rename-partial-files": False,
            "rpc-authentication-required": True,
            "rpc-bind-address": "127.0.0.1",
            "rpc-enabled": True,
            "rpc-host-whitelist-enabled": True,
            "rpc-password": self.password,
            "rpc-port": self.port,
            "rpc-username": USERNAME,
            "rpc-whitelist": "127.0.0.1",
            "rpc-whitelist-enabled": True,
            "start-added-torrents": True,
            "utp-enabled": False,
            "watch-dir-enabled": False,
            **self._settings,
        }
        (self.folder / "config").mkdir(exist_ok=True)
        path = self.folder / "config" / "settings.json"
        path.write_text(json.dumps(settings), encoding="utf-8")

    async def start(self) -> None:
        """Start the program and wait until its RPC answers."""
        if self._program is None:
            raise FileNotFoundError("transmission-daemon")
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            "--foreground",
            "--config-dir",
            str(self.folder / "config"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self.folder)},
        )
        async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as session:
            while not await self._answers(session):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.05)

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        if self._process is not None and self._process.returncode is not None:
            raise RuntimeError(f"transmission-daemon ended with {self._process.returncode}")
        try:
            async with session.get(f"{self.url}/transmission/rpc"):
                return True
        except aiohttp.ClientError:
            return False

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
