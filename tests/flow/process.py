"""``uuutd run`` as a process of its own."""

import asyncio
import os
import resource
import signal
import sys
from pathlib import Path

import aiohttp

from uuutd.testing.ports import free_port

from .outside import eventually

READY_WITHIN = 20.0
STOPS_WITHIN = 20.0


class DaemonProcess:
    """``uuutd run`` with the configuration *settings* in *folder*.

    Its output goes to a file, which is part of every failure.  *program* is what Python runs.
    """

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log_file = folder / "uuutd.log"
        self.config = folder / "uuutd.toml"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.program: tuple[str, ...] = ("-m", "uuutd")
        folder.mkdir(parents=True, exist_ok=True)
        top = f'listen = "{self.url.removeprefix("http://")}"\ndata_dir = "{self.data}"\n'
        self.config.write_text(top + settings, encoding="utf-8")
        self.config.chmod(0o600)
        self.process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        """Everything that it wrote so far."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    async def start(self, *, wait: bool = True) -> None:
        """Start it and wait until it is ready."""
        await self.spawn()
        if wait:
            await self.ready()

    async def spawn(self) -> asyncio.subprocess.Process:
        with self.log_file.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, *self.program, "run", "--config", str(self.config)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={key: text for key, text in os.environ.items() if not key.startswith("UUUTD_")},
            )
        return self.process

    def another(self) -> "DaemonProcess":
        """Return a second daemon on the same data, at another address."""
        second = DaemonProcess(self.folder / "second", "")
        text = self.config.read_text("utf-8")
        here, there = (each.url.removeprefix("http://") for each in (self, second))
        second.config.write_text(text.replace(here, there), "utf-8")
        return second

    async def ready(self, *, within: float = READY_WITHIN) -> None:
        """Wait until it says that it is ready."""
        async with aiohttp.ClientSession() as session:

            async def look() -> bool:
                assert self.running, f"the daemon ended:\n{self.log[-4000:]}"
                return (await status(session, f"{self.url}/ready")) == 200

            try:
                await eventually(look, seconds=within)
            except AssertionError as error:
                error.add_note(self.log[-4000:])
                raise

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def terminate(self, *, within: float = STOPS_WITHIN) -> int:
        """End it as a service manager does, and return its exit code."""
        return await self._end(signal.SIGTERM, within)

    async def _end(self, how: signal.Signals, within: float = 5.0) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), within)

    def limit_files(self, size: int | None) -> None:
        """Let it write nothing beyond the first *size* bytes of a file; None lifts that.

        The kernel refuses such a write as it does one to a disk that is full.
        """
        assert self.process is not None
        _, most = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        soft = most if size is None else size
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (soft, most))

    async def restart(self) -> None:
        """Stop it properly and start it again."""
        assert await self.terminate() == 0, self.log[-4000:]
        await self.start()


async def status(session: aiohttp.ClientSession, url: str) -> int | None:
    """Return the status of an answer, None if there is none."""
    try:
        async with session.get(url) as answer:
            return answer.status
    except aiohttp.ClientError:
        return None
