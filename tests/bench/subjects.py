"""The two programs that are measured, as processes of their own: the daemon and the floor."""

import asyncio
import contextlib
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import attrs

from uuutd.keys import KeyRing
from uuutd.testing.ports import free_port

from .world import World

READY_WITHIN = 30.0
STOPS_WITHIN = 25.0
PASSWORD = "a lantern over the sea"

_NEWCOMERS = itertools.count()


@attrs.frozen(kw_only=True)
class Program:
    """A running program: where it answers, and how long it took until it did, in seconds."""

    url: str
    pid: int
    started_in: float
    session: aiohttp.ClientSession

    async def ask(
        self, method: str, path: str, headers: dict[str, str], **body: Any
    ) -> tuple[int, Any]:
        """Send a request; return the status and what stands in the answer."""
        url = f"{self.url}/api/v1/{path}"
        async with self.session.request(method, url, json=body or None, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)


@asynccontextmanager
async def daemon(folder: Path, *tables: str, probe: Path | None = None) -> AsyncIterator[Program]:
    """Run a daemon with its data in *folder*, made as needed, and with *tables* configured.

    What holds up its event loop is written to *probe*, see `tests.bench.probed`.
    """
    data = folder / "data"
    if not data.exists():
        data.mkdir(mode=0o700, parents=True)
        KeyRing.create(data / "keys.json")
    port = free_port()
    config = folder / "uuutd.toml"
    head = f'listen = "127.0.0.1:{port}"\ndata_dir = {json.dumps(str(data))}\n'
    head += '[auth]\nsignup = "open"\n[numbering]\ntable = ""\n'
    head += "[disk]\nmin_free_bytes = 0\nmin_free_percent = 0\n"
    config.write_text("\n".join((head, *tables)), encoding="utf-8")
    config.chmod(0o600)
    module = ("uuutd",) if probe is None else ("tests.bench.probed", str(probe))
    command = (sys.executable, "-m", *module, "run", "--config", str(config))
    async with running(command, port, folder / "uuutd.log") as program:
        yield program


@asynccontextmanager
async def floor(folder: Path, world: World) -> AsyncIterator[Program]:
    """Run the floor, with its database in *folder*."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 - nothing else runs here
    port = free_port()
    settings = {
        "port": port,
        "database": str(folder / "floor.db"),
        "anilist": world.anilist.url,
        "nyaa": world.nyaa.url,
        "site": world.site,
        "client": world.client.url,
    }
    command = (sys.executable, "-m", "tests.bench.floor", json.dumps(settings))
    async with running(command, port, folder / "floor.log") as program:
        yield program


@asynccontextmanager
async def running(command: tuple[str, ...], port: int, log: Path) -> AsyncIterator[Program]:
    """Run a program that answers at *port*."""
    async with AsyncExitStack() as stack:
        file = stack.enter_context(log.open("wb"))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=_environment(),
        )
        stack.push_async_callback(_stop, process)
        url = f"http://127.0.0.1:{port}"
        await _until_ready(session, f"{url}/health", process, log)
        yield Program(
            url=url, pid=process.pid, started_in=time.monotonic() - began, session=session
        )


def _environment() -> dict[str, str]:
    """Return the environment without our settings; bytecode is kept, as where it is installed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("UUUTD_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


async def _until_ready(
    session: aiohttp.ClientSession, url: str, process: asyncio.subprocess.Process, log: Path
) -> None:
    async with asyncio.timeout(READY_WITHIN):
        while process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.01)
    said = log.read_text(errors="replace")  # noqa: ASYNC240 - nothing else runs here
    raise RuntimeError(f"{url} ended before it answered:\n{said}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOPS_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()


# --- the daemon's configuration and users ---------------------------------------------------


def upstream_tables(world: World) -> str:
    """Return the tables of both upstreams, with their pacing lifted as far as it can be."""
    return (
        f'[watchlists.anilist]\nurl = "{world.anilist.url}"\nrate = 1000\n'
        f'[indexers.nyaa]\nurl = "{world.nyaa.url}"\n'
        "burst = 1000\nrate = 1000.0\nin_flight = 1000\n"
    )


def qbittorrent_table(
    url: str,
    *,
    username: str = "bench",
    password: str = PASSWORD,
    save_path: str = "/srv/anime",
) -> str:
    """Return the table of a qBittorrent."""
    return (
        f'[clients.qbittorrent]\nurl = "{url}"\nusername = "{username}"\n'
        f'password = "{password}"\nsave_path = {json.dumps(save_path)}\n'
    )


def libtorrent_table(folder: Path) -> str:
    """Return the table of the embedded client: no DHT, no discovery, nothing but loopback."""
    return (
        f"[clients.libtorrent]\nsave_path = {json.dumps(str(folder))}\n"
        'listen = "127.0.0.1:0"\ndht = false\n'
    )


async def log_in(program: Program, folder: Path, name: str) -> dict[str, str]:
    """Make a user of the daemon, the first one with its set-up code; return their headers."""
    code = folder / "data" / "setup-code"
    extra = {"setup_code": code.read_text().strip()} if code.exists() else {}
    # Few may sign up from one address in an hour: each comes from one of their own.
    connector = aiohttp.TCPConnector(local_addr=(f"127.1.{next(_NEWCOMERS)}.1", 0))
    async with aiohttp.ClientSession(connector=connector) as session:
        there = attrs.evolve(program, session=session)
        await _must(there, "auth/signup", {}, username=name, password=PASSWORD, **extra)
    return await log_in_again(program, name)


async def log_in_again(program: Program, name: str) -> dict[str, str]:
    """Log a user in; return their headers."""
    asked = {"grant_type": "password", "username": name, "password": PASSWORD}
    answer = await _must(program, "auth/token", {}, **asked)
    return {"Authorization": f"Bearer {answer['access_token']}"}


async def link(program: Program, user: dict[str, str], token: str) -> None:
    """Tie a user of the daemon to the AniList account of *token*: no list of it is known then."""
    await _must(program, "auth/anilist/link", user, fields={"answer": token})


async def _must(program: Program, path: str, headers: dict[str, str], **body: Any) -> Any:
    status, answer = await program.ask("POST", path, headers, **body)
    if status not in (200, 201):
        raise RuntimeError(f"{path}: {status} {answer}")
    return answer
