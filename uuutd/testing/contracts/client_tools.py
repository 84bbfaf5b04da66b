"""What the contract of torrent clients is tried with: something to download, and patience."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path, PurePath
from typing import Any, ClassVar, TypeVar

import pytest
import pytest_asyncio

from ...backends import TorrentClient
from ...domain import Changes, Cursor, InfoHash, Source, Torrent, TorrentFile, TorrentState
from ...errors import NotFound
from ..swarm import SeededTorrent, Swarm
from .base import BackendContract

T = TypeVar("T")

LABEL = "uuutd"
FOLDER = PurePath("shows")
UNKNOWN = InfoHash("0123456789abcdef0123456789abcdef01234567")


class TorrentClientTools(BackendContract):
    """The client and the swarm, and how the tests wait for them.

    *patience* is for everything that takes a transfer, *poll* is how often the client is
    asked meanwhile; both in seconds.
    """

    patience: ClassVar[float] = 20.0
    poll: ClassVar[float] = 0.05
    survives_restart: ClassVar[bool] = True

    @pytest_asyncio.fixture
    async def swarm(self, tmp_path: Path) -> AsyncIterator[Swarm]:
        """Have something to download."""
        async with Swarm(tmp_path / "swarm") as swarm:
            yield swarm

    @pytest_asyncio.fixture
    async def client(self, backend: TorrentClient[Any]) -> TorrentClient[Any]:
        """Return the client, open."""
        return backend

    async def restarted(self, client: TorrentClient[Any]) -> TorrentClient[Any]:
        """Close the client and return another one with the same settings and folder, open.

        A client that is a program of its own may be restarted here as well.
        """
        await client.close()
        again = type(client)(client.config, client.host)
        await again.open()
        return again

    # --- waiting ----------------------------------------------------------------------------

    async def until(self, ask: Callable[[], Awaitable[T | None]], what: str) -> T:
        """Ask until the answer is not None, and return it."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            if (answer := await ask()) is not None:
                return answer
            await asyncio.sleep(self.poll)
        pytest.fail(f"waited {self.patience} s in vain until {what}")

    async def seen(
        self,
        client: TorrentClient[Any],
        digits: InfoHash,
        when: Callable[[Torrent], bool] = lambda _: True,
        what: str = "it is listed",
    ) -> Torrent:
        """Wait until the torrent is listed and *when* holds, and return it."""
        last: list[Torrent] = []

        async def ask() -> Torrent | None:
            last[:] = await client.torrents([digits])
            for torrent in last:
                assert 0.0 <= torrent.progress <= 1.0
                assert torrent.info_hash == digits
            return next(filter(when, last), None)

        try:
            return await self.until(ask, what)
        except pytest.fail.Exception:
            pytest.fail(f"waited {self.patience} s in vain until {what}; last seen: {last}")

    async def downloaded(self, client: TorrentClient[Any], digits: InfoHash) -> Torrent:
        """Wait until everything wanted is there."""
        return await self.seen(client, digits, lambda t: t.finished, "it is downloaded")

    async def gone(self, client: TorrentClient[Any], digits: InfoHash) -> None:
        """Wait until the client does not list the torrent."""

        async def ask() -> bool | None:
            return None if await client.torrents([digits]) else True

        await self.until(ask, "it is gone")

    async def filed(self, client: TorrentClient[Any], digits: InfoHash) -> list[TorrentFile]:
        """Wait until the client lists the torrent's files."""

        async def ask() -> list[TorrentFile] | None:
            try:
                return await client.files(digits) or None
            except NotFound:
                return None

        return await self.until(ask, "its files are listed")

    @staticmethod
    async def add(
        client: TorrentClient[Any],
        source: Source,
        *,
        wanted: Collection[int] | None = None,
        paused: bool = False,
    ) -> InfoHash:
        """Add the torrent as the daemon does."""
        return await client.add(source, label=LABEL, folder=FOLDER, wanted=wanted, paused=paused)

    async def in_state(
        self, client: TorrentClient[Any], seeded: SeededTorrent, state: TorrentState
    ) -> Torrent:
        """Wait until the torrent is in *state*."""
        return await self.seen(
            client, seeded.info_hash, lambda t: t.state is state, f"it is {state.value}"
        )

    async def everything(self, client: TorrentClient[Any]) -> tuple[Torrent, ...]:
        """Return all that the client has."""
        changes = await client.changes(None)
        assert changes.full
        return changes.torrents

    async def quiet(self, client: TorrentClient[Any], cursor: Cursor) -> Cursor:
        """Wait until nothing moves any more, and return where that is."""
        still = 0

        async def ask() -> Cursor | None:
            nonlocal cursor, still
            changes = await client.changes(cursor)
            assert not changes.full
            cursor = changes.cursor
            still = 0 if changes.torrents or changes.removed else still + 1
            return cursor if still == 3 else None

        return await self.until(ask, "nothing moves")

    async def change(
        self, client: TorrentClient[Any], since: Cursor, when: Callable[[Changes], bool]
    ) -> Changes:
        """Wait until *when* holds for what the client tells next, and return that."""

        async def ask() -> Changes | None:
            nonlocal since
            changes = await client.changes(since)
            assert not changes.full
            since = changes.cursor
            return changes if when(changes) else None

        return await self.until(ask, "the change is told")


def paths(torrent: Torrent, seeded: SeededTorrent) -> list[Path]:
    """Return where the torrent's files are."""
    assert torrent.save_path is not None
    return [Path(torrent.save_path) / path for path in seeded.sizes]


def checksums(torrent: Torrent, seeded: SeededTorrent) -> dict[str, str]:
    """Return the checksums of the torrent's files as they are on the disk."""
    found = zip(seeded.sizes, paths(torrent, seeded), strict=True)
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found}
