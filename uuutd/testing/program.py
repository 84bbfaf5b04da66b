"""A real torrent client as a program on loopback, for tests."""

import abc
import asyncio
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import aiohttp

from .ports import free_port

USERNAME = "tester"
READY_WITHIN = 30.0


class Program(abc.ABC):
    """One program with its state in *folder*; use it with ``async with``.

    The state stays when the program ends, so that `start` finds its torrents again.
    *program* is the path of one; left out, it is the one in ``PATH``.
    """

    NAME: ClassVar[str]
    """What it is called in ``PATH``."""

    def __init__(self, folder: Path, *, program: str | None = None) -> None:
        self.folder = folder
        self.password = secrets.token_urlsafe(12)
        self.port = free_port()
        self.peer_port = free_port()
        self._program = program or self.program()
        self._process: asyncio.subprocess.Process | None = None

    @classmethod
    def program(cls) -> str | None:
        """Return where the program is, None if it is not installed."""
        return shutil.which(cls.NAME)

    @property
    def url(self) -> str:
        """The address at which it takes orders."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def downloads(self) -> Path:
        """Its default download folder."""
        return self.folder / "downloads"

    @abc.abstractmethod
    def _write_settings(self) -> None:
        """Write the settings that it starts with."""

    @abc.abstractmethod
    def _arguments(self) -> Sequence[str]:
        """Return what it is started with."""

    def _environment(self) -> Mapping[str, str]:
        return os.environ

    @abc.abstractmethod
    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        """Whether it takes orders; may raise `aiohttp.ClientError` while it does not."""

    async def __aenter__(self) -> Self:
        self.downloads.mkdir(parents=True, exist_ok=True)
        self._write_settings()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the program and wait until it takes orders."""
        if self._program is None:
            raise FileNotFoundError(self.NAME)
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            *self._arguments(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment(),
        )
        async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as session:
            while not await self._is_ready(session):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.05)

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        if self._process is not None and self._process.returncode is not None:
            raise RuntimeError(f"{self.NAME} ended with {self._process.returncode}")
        try:
            return await self._answers(session)
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
