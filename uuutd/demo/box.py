"""The demo's box: the real daemon, as a process of its own, with a configuration for it."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import attrs

from ..keys import KeyRing
from ..testing.ports import free_port
from .cast import Cast

READY_WITHIN = 30.0
STOPS_WITHIN = 25.0


class DemoFailed(Exception):
    """Something in the demo did not happen as it should; the text says what."""


@attrs.frozen(kw_only=True)
class Box:
    """A running daemon: where it answers, its folder, and where finished files land."""

    url: str
    folder: Path
    downloads: Path
    log: Path

    @property
    def setup_code_file(self) -> Path:
        """Where the daemon leaves the one-time code for the first account."""
        return self.folder / "data" / "setup-code"


@asynccontextmanager
async def box_for(cast: Cast, folder: Path) -> AsyncIterator[Box]:
    """Configure a daemon for the stand-ins of *cast*, start it, and stop it in the end."""
    port = free_port()
    box = Box(
        url=f"http://127.0.0.1:{port}",
        folder=folder,
        downloads=folder / "anime",
        log=folder / "uuutd.log",
    )
    config = _configure(box, cast, port)
    with box.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "uuutd",
            "run",
            "--config",
            str(config),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={key: value for key, value in os.environ.items() if not key.startswith("UUUTD_")},
        )
    try:
        await _until_ready(box, process)
        yield box
    finally:
        await _stop(process)


def _configure(box: Box, cast: Cast, port: int) -> Path:
    data = box.folder / "data"
    data.mkdir(mode=0o700, parents=True)
    box.downloads.mkdir()
    KeyRing.create(data / "keys.json")
    text = "\n".join(
        (
            f'listen = "127.0.0.1:{port}"',
            f"data_dir = {json.dumps(str(data))}",
            "[watchlists.anilist]",
            f'url = "{cast.anilist.url}"',
            f'site = "{cast.anilist.site}"',
            "[indexers.nyaa]",
            f'url = "{cast.nyaa.url}"',
            f"trackers = {json.dumps([cast.swarm.tracker_url])}",
            "[clients.libtorrent]",
            f"save_path = {json.dumps(str(box.downloads))}",
            'listen = "127.0.0.1:0"',
            "[numbering]",
            'table = ""',
            "[disk]",
            "min_free_percent = 0",  # it takes a few hundred kilobytes
            "min_free_bytes = 0",
            "",
        )
    )
    path = box.folder / "uuutd.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


async def _until_ready(box: Box, process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as session:
            while process.returncode is None:
                if await _is_ready(session, box.url):
                    return
                await asyncio.sleep(0.05)
    lines = box.log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
    raise DemoFailed("the daemon did not become ready:\n  " + "\n  ".join(lines))


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/ready") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOPS_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
