"""What every torrent client must do, tried with real transfers on loopback."""

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path, PurePath
from typing import Any, ClassVar, TypeVar

import pytest
import pytest_asyncio

from ...backends import TorrentClient
from ...domain import Changes, Cursor, InfoHash, Source, Torrent, TorrentFile, TorrentState
from ...errors import NotFound
from ...magnets import info_hash
from ..swarm import PIECE, SeededTorrent, Swarm
from .base import BackendContract

T = TypeVar("T")

LABEL = "uuutd"
FOLDER = PurePath("shows")
UNKNOWN = InfoHash("0123456789abcdef0123456789abcdef01234567")
MANY = 50
_HASH = re.compile(r"[0-9a-f]{40}")


class TorrentClientContract(BackendContract):
    """Subclass it, set `backend_class` and override `config`; the rest is here.

    The client has to dial peers on 127.0.0.1 and to have no torrents when a test begins.
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

    # --- adding -----------------------------------------------------------------------------

    @pytest.mark.parametrize("form", ["source", "file_source"])
    async def test_added_it_is_listed(
        self, form: str, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await swarm.add("Added - 01.mkv", size=4 * PIECE)
        digits = await self.add(client, getattr(seeded, form))
        assert _HASH.fullmatch(digits)
        assert digits == seeded.info_hash
        torrent = await self.downloaded(client, digits)
        assert torrent.name == seeded.name
        assert torrent.size == torrent.done_bytes == 4 * PIECE
        assert torrent.progress == 1.0
        assert torrent.error is None
        assert torrent.save_path is not None
        assert Path(torrent.save_path).name == str(FOLDER)

    async def test_adding_twice_is_adding_once(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await swarm.add("Twice - 01.mkv", size=2 * PIECE)
        first = await asyncio.gather(*(self.add(client, seeded.source) for _ in range(3)))
        await self.downloaded(client, seeded.info_hash)
        second = [await self.add(client, source) for source in (seeded.file_source, seeded.source)]
        assert {*first, *second} == {seeded.info_hash}
        assert [t.info_hash for t in await self.everything(client)] == [seeded.info_hash]

    async def test_the_content_arrives(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        files = {"01.mkv": 300 * PIECE + 17, "extras/cover.jpg": 1000, "02.mkv": 123_456}
        seeded = await swarm.add("[Group] Show", files=files)
        await self.add(client, seeded.file_source)
        torrent = await self.downloaded(client, seeded.info_hash)
        assert _checksums(torrent, seeded) == dict(seeded.sha256)
        listed = await client.files(seeded.info_hash)
        assert {file.path: file.size for file in listed} == dict(seeded.sizes)
        assert [file.index for file in listed] == list(range(len(files)))
        assert all(file.wanted and file.done_bytes == file.size for file in listed)

    async def test_wanted_files_alone_are_downloaded(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await _three_files(swarm)
        await self.add(client, seeded.file_source, wanted=[1])
        torrent = await self.downloaded(client, seeded.info_hash)
        listed = await client.files(seeded.info_hash)
        assert [file.wanted for file in listed] == [False, True, False]
        assert [file.done_bytes for file in listed] == [0, listed[1].size, 0]
        assert torrent.progress == 1.0
        _assert_only(torrent, seeded, listed[1].path)

    async def test_other_files_can_be_wanted_later(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await _three_files(swarm)
        await self.add(client, seeded.file_source, paused=True)
        await self.filed(client, seeded.info_hash)
        await client.set_wanted(seeded.info_hash, [0, 2])
        await client.resume(seeded.info_hash)
        torrent = await self.downloaded(client, seeded.info_hash)
        listed = await client.files(seeded.info_hash)
        assert [file.wanted for file in listed] == [True, False, True]
        assert listed[1].done_bytes == 0
        _assert_only(torrent, seeded, listed[0].path, listed[2].path)

    # --- asking -----------------------------------------------------------------------------

    async def test_unknown_hashes(self, client: TorrentClient[Any]) -> None:
        assert await client.torrents([UNKNOWN]) == []
        asked: list[Awaitable[object]] = [
            client.files(UNKNOWN),
            client.set_wanted(UNKNOWN, [0]),
            client.pause(UNKNOWN),
            client.resume(UNKNOWN),
        ]
        for call in asked:
            with pytest.raises(NotFound):
                await call
        await client.remove(UNKNOWN, delete_files=False)
        await client.remove(UNKNOWN, delete_files=True)

    async def test_exactly_what_was_asked_for(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = [await swarm.add(f"Asked - {n:02}.mkv", size=PIECE) for n in range(3)]
        for one in seeded:
            await self.add(client, one.file_source, paused=True)
            await self.seen(client, one.info_hash)
        asked = [seeded[2].info_hash, UNKNOWN, seeded[0].info_hash]
        found = await client.torrents(asked)
        assert {t.info_hash for t in found} == {seeded[0].info_hash, seeded[2].info_hash}
        assert len(found) == 2
        assert await client.torrents([]) == []

    async def test_many_torrents_in_one_call(self, client: TorrentClient[Any]) -> None:
        hashes = [info_hash(f"{n:040x}") for n in range(1, MANY + 1)]
        for digits in hashes:
            await self.add(client, Source(info_hash=digits, name=f"Show {digits}"), paused=True)

        async def ask() -> list[Torrent] | None:
            found = await client.torrents(hashes)
            return found if len(found) == MANY else None

        found = await self.until(ask, f"{MANY} torrents are listed")
        assert {torrent.info_hash for torrent in found} == set(hashes)

    # --- changing ---------------------------------------------------------------------------

    async def test_pause_and_resume(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        seeded = await swarm.add("Paused - 01.mkv", size=64 * PIECE)
        await self.add(client, seeded.file_source, paused=True)
        await self.in_state(client, seeded, TorrentState.PAUSED)
        await client.resume(seeded.info_hash)
        await self.downloaded(client, seeded.info_hash)
        await self.in_state(client, seeded, TorrentState.SEEDING)
        await client.pause(seeded.info_hash)
        await self.in_state(client, seeded, TorrentState.PAUSED)
        await client.pause(seeded.info_hash)
        await client.resume(seeded.info_hash)
        await self.in_state(client, seeded, TorrentState.SEEDING)

    @pytest.mark.parametrize("delete_files", [False, True])
    async def test_removing(
        self, delete_files: bool, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        seeded = await swarm.add("Removed", files={"01.mkv": 4 * PIECE, "sub/02.mkv": PIECE})
        await self.add(client, seeded.file_source)
        torrent = await self.downloaded(client, seeded.info_hash)
        await client.remove(seeded.info_hash, delete_files=delete_files)
        await self.gone(client, seeded.info_hash)
        if not delete_files:
            assert _checksums(torrent, seeded) == dict(seeded.sha256)
            return

        async def ask() -> bool | None:
            return None if any(path.exists() for path in _paths(torrent, seeded)) else True

        await self.until(ask, "its files are deleted")

    # --- following --------------------------------------------------------------------------

    async def test_changes(self, client: TorrentClient[Any], swarm: Swarm) -> None:
        seeded = [await swarm.add(f"Changed - {n:02}.mkv", size=PIECE) for n in range(2)]
        hashes = {one.info_hash for one in seeded}
        for one in seeded:
            await self.add(client, one.file_source, paused=True)
            await self.in_state(client, one, TorrentState.PAUSED)
        first = await client.changes(None)
        assert first.full
        assert {torrent.info_hash for torrent in first.torrents} == hashes
        quiet = await self.quiet(client, first.cursor)

        await client.resume(seeded[0].info_hash)
        moved = await self.change(client, quiet, lambda c: bool(c.torrents))
        assert {torrent.info_hash for torrent in moved.torrents} == {seeded[0].info_hash}

        await self.downloaded(client, seeded[0].info_hash)
        await client.remove(seeded[1].info_hash, delete_files=True)
        removed = await self.change(client, quiet, lambda c: seeded[1].info_hash in c.removed)
        assert seeded[1].info_hash not in {torrent.info_hash for torrent in removed.torrents}
        assert (await client.changes(Cursor("of somebody else"))).full

    async def test_torrents_survive_a_restart(
        self, client: TorrentClient[Any], swarm: Swarm
    ) -> None:
        if not self.survives_restart:
            pytest.skip("this client's torrents do not survive a restart")
        done = await swarm.add("Done - 01.mkv", size=4 * PIECE)
        await self.add(client, done.file_source)
        await self.downloaded(client, done.info_hash)
        paused = await swarm.add("Paused - 02.mkv", size=4 * PIECE)
        await self.add(client, paused.source, paused=True)
        await self.in_state(client, paused, TorrentState.PAUSED)
        again = await self.restarted(client)
        try:
            await self.downloaded(again, done.info_hash)
            await self.in_state(again, paused, TorrentState.PAUSED)
            await again.resume(paused.info_hash)
            torrent = await self.downloaded(again, paused.info_hash)
            assert _checksums(torrent, paused) == dict(paused.sha256)
        finally:
            await again.close()

    # --- helpers ----------------------------------------------------------------------------

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


async def _three_files(swarm: Swarm) -> SeededTorrent:
    """Seed three files that share no piece."""
    sizes = {"1.mkv": 4 * PIECE, "2.mkv": 8 * PIECE, "3.mkv": 2 * PIECE}
    return await swarm.add("Three", files=sizes)


def _paths(torrent: Torrent, seeded: SeededTorrent) -> list[Path]:
    assert torrent.save_path is not None
    return [Path(torrent.save_path) / path for path in seeded.sizes]


def _checksums(torrent: Torrent, seeded: SeededTorrent) -> dict[str, str]:
    found = zip(seeded.sizes, _paths(torrent, seeded), strict=True)
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found}


def _assert_only(torrent: Torrent, seeded: SeededTorrent, *wanted: str) -> None:
    """Assert that the wanted files are right and that nothing of the others is there."""
    for name, path in zip(seeded.sizes, _paths(torrent, seeded), strict=True):
        if name in wanted:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == seeded.sha256[name]
        else:
            assert not path.exists() or not path.read_bytes().strip(b"\0")
