"""What every torrent client must do, tried with real transfers on loopback."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from ...backends import TorrentClient
from ...domain import Cursor, Source, Torrent, TorrentState
from ...errors import NotFound
from ...magnets import info_hash
from ..swarm import PIECE, SeededTorrent, Swarm
from .client_control import ControlContract
from .client_tools import FOLDER, UNKNOWN, checksums, paths

MANY = 50
_HASH = re.compile(r"[0-9a-f]{40}")


class TorrentClientContract(ControlContract):
    """Subclass it, set `backend_class` and override `config`; the rest is here.

    The client has to dial peers on 127.0.0.1 and to have no torrents when a test begins.
    *patience*, *poll* and *survives_restart* are those of `TorrentClientTools`.
    """

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
        assert torrent.content in (None, str(Path(torrent.save_path, seeded.name)))

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
        assert checksums(torrent, seeded) == dict(seeded.sha256)
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
            assert checksums(torrent, seeded) == dict(seeded.sha256)
            return

        async def ask() -> bool | None:
            return None if any(path.exists() for path in paths(torrent, seeded)) else True

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
            assert checksums(torrent, paused) == dict(paused.sha256)
        finally:
            await again.close()


async def _three_files(swarm: Swarm) -> SeededTorrent:
    """Seed three files that share no piece."""
    sizes = {"1.mkv": 4 * PIECE, "2.mkv": 8 * PIECE, "3.mkv": 2 * PIECE}
    return await swarm.add("Three", files=sizes)


def _assert_only(torrent: Torrent, seeded: SeededTorrent, *wanted: str) -> None:
    """Assert that the wanted files are right and that nothing of the others is there."""
    for name, path in zip(seeded.sizes, paths(torrent, seeded), strict=True):
        if name in wanted:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == seeded.sha256[name]
        else:
            assert not path.exists() or not path.read_bytes().strip(b"\0")
