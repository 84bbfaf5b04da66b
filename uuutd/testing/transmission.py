"""A real Transmission on loopback, for tests.

No DHT, no local discovery, no port mapping and no blocklist; 4.x asks for the machine's
public address at its start, whatever the settings say.  Settings as read in 3.00 to 4.1.

Transmission never dials peers on 127.0.0.1, it only lets them in: `uuutd.testing.swarm`
dials it.  It looks every 10 seconds from whom to fetch, so a transfer takes that long.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp

from .program import USERNAME, Program


class TransmissionServer(Program):
    """One ``transmission-daemon`` with its state in *folder*.

    *settings* are laid over ours, in the words of its ``settings.json``.
    """

    NAME = "transmission-daemon"

    def __init__(
        self,
        folder: Path,
        *,
        program: str | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(folder, program=program)
        self._settings = settings or {}

    def _arguments(self) -> Sequence[str]:
        return ["--foreground", "--config-dir", str(self.folder / "config")]

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, "HOME": str(self.folder)}

    def _write_settings(self) -> None:
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

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        async with session.get(f"{self.url}/transmission/rpc"):
            return True
