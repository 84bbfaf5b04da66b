"""Whether there is room for another download where a torrent client puts it."""

import asyncio
import logging
import shutil
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from ..backends import TorrentClient
from ..config import Disk
from ..config.checks import is_loopback
from ..errors import Error, NoSpace
from ..instances import Instance, Instances
from ..tasks import Tasks

LOOKS_AT_DISK_EVERY = 10.0
"""For how many seconds it is known how much is free."""
MOMENT = 1.0
"""For how many seconds a request waits for a client to say how much is free."""
ALARM: Final = "disk-full"

log = logging.getLogger("uuutd.room")


@attrs.frozen
class _Free:
    """How many bytes are free, and how many should be at least; None if nobody knows."""

    at: float
    free: int | None
    least: int


class Room:
    """Knows how full the disks are, and lets no download begin on one that is nearly full.

    A client that does not tell is taken to have room.
    """

    def __init__(self, instances: Instances, disk: Disk, tasks: Tasks) -> None:
        self._instances = instances
        self._disk = disk
        self._tasks = tasks
        self._known: dict[str, _Free] = {}
        self._looking: dict[str, asyncio.Lock] = {}

    async def require(self, name: str) -> None:
        """Raise `uuutd.errors.NoSpace` if no download may begin in the client *name* now."""
        _check(name, await self._now(name))

    async def require_soon(self, name: str) -> None:
        """Do what `require` does if the client tells within a moment: somebody waits for that."""
        look = self._tasks.spawn(self._now(name), name=f"how full {name} is")
        await asyncio.wait([look], timeout=MOMENT)
        _check(name, look.result() if look.done() else None)

    async def look(self) -> None:
        """See how full all disks are."""
        for name in self._instances.clients:
            await self._now(name)

    async def _now(self, name: str) -> _Free | None:
        """Return how much is free, as of some seconds ago at most; None without such a client."""
        instance = self._instances.clients.get(name)
        if instance is None:
            return None
        async with self._looking.setdefault(name, asyncio.Lock()):
            known = self._known.get(name)
            now = asyncio.get_running_loop().time()
            if known is None or now - known.at >= LOOKS_AT_DISK_EVERY:
                known = self._known[name] = await self._look(instance, now)
                self._tell(instance, known)
            return known

    async def _look(self, instance: Instance[TorrentClient[Any]], now: float) -> _Free:
        least = self._disk.min_free_bytes
        try:
            if (usage := await asyncio.to_thread(_usage, instance.settings)) is not None:
                total, free = usage
                return _Free(
                    now, free, max(least, round(total * self._disk.min_free_percent / 100))
                )
            told = await instance.call("free_bytes", lambda c: c.free_bytes(PurePath()))
        except (Error, OSError) as error:
            log.debug("%s does not say how much is free: %s", instance.name, error)
            return _Free(now, None, least)
        return _Free(now, told, least)

    def _tell(self, instance: Instance[TorrentClient[Any]], known: _Free) -> None:
        instance.alarm(ALARM, _lack(instance.name, known))
        if known.free is not None:
            self._instances.metrics.disk_free.labels(instance.name).set(known.free)


def _check(name: str, known: _Free | None) -> None:
    if known is not None and (text := _lack(name, known)):
        raise NoSpace(text, hint="Make room there; downloads that wait go on by themselves.")


def _lack(name: str, known: _Free) -> str | None:
    if known.free is None or known.free >= known.least:
        return None
    return (
        f"Only {_gib(known.free)} are free where {name} puts downloads, and {_gib(known.least)} "
        "are to be kept free: no download begins."
    )


def _gib(count: int) -> str:
    return f"{count / (1 << 30):.1f} GiB"


def _usage(settings: Any) -> tuple[int, int] | None:
    """Return how large the disk is where a client of *settings* puts downloads, and what is free.

    None unless that is on this machine: for one that works inside of the daemon it is, and for
    one that is reached by loopback if the folder that it was given is here, too.
    """
    path = getattr(settings, "save_path", None)
    if isinstance(path, str):
        host = urlsplit(getattr(settings, "url", None) or "").hostname or ""
        path = Path(path) if is_loopback(host) and Path(path).is_absolute() else None
        if path is None or not path.is_dir():
            return None
    if not isinstance(path, Path):
        return None
    while not path.exists():
        path = path.parent
    disk = shutil.disk_usage(path)
    return disk.total, disk.free
