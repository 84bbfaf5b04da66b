"""The embedded client."""

import asyncio
import shutil
import weakref
from collections.abc import Collection
from pathlib import Path, PurePath

import libtorrent as lt

from uuutd.backends import Host, TorrentClient
from uuutd.domain import (
    Changes,
    Cursor,
    InfoHash,
    Limits,
    Peer,
    Source,
    Torrent,
    TorrentFile,
    Tracker,
)
from uuutd.errors import NotFound, Refused
from uuutd.tasks import spawn

from .adding import parameters, safe_folder
from .config import LibtorrentConfig
from .details import peers, tracker
from .engine import Engine
from .known import Known
from .resume import pack


class Libtorrent(TorrentClient[LibtorrentConfig]):
    """A torrent client inside of the daemon, made of libtorrent.

    Every change is on the disk before the method that makes it returns, so that neither
    a restart nor a kill loses one.
    """

    name = "libtorrent"
    title = "libtorrent (embedded)"
    Config = LibtorrentConfig

    def __init__(self, config: LibtorrentConfig, host: Host) -> None:
        super().__init__(config, host)
        self._engine = Engine(config, host)
        self._locks: weakref.WeakValueDictionary[InfoHash, asyncio.Lock] = (
            weakref.WeakValueDictionary()
        )

    async def open(self) -> None:
        """Start the session with all torrents of the last time.

        Neither a taken port nor a save path that cannot be made is a reason to fail.
        """
        await self._engine.open()
        try:
            await self.host.in_thread(self.config.save_path.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            self.host.log.warning("the save path cannot be made: %s", error)

    async def close(self) -> None:
        """Keep how everything is and end the session."""
        await self._engine.close()

    async def check(self) -> str:
        """Return libtorrent's version."""
        return "libtorrent " + ".".join(lt.__version__.split(".")[:3])

    async def add(
        self,
        source: Source,
        *,
        label: str,
        folder: PurePath,
        wanted: Collection[int] | None = None,
        paused: bool = False,
    ) -> InfoHash:
        """Make sure that the torrent is there; what is there already stays as it is.

        Raises `Invalid` if the folder leads out of the save path or the source makes no
        sense, and `NoSpace` if the torrent cannot be kept.
        """
        adding = spawn(
            self._make_sure(source, label=label, folder=folder, wanted=wanted, paused=paused),
            name=f"{self.host.instance}: add {source.info_hash}",
        )
        # Its thread cannot be stopped: once begun it ends, and whoever removes waits for that.
        return await asyncio.shield(adding)

    async def _make_sure(
        self,
        source: Source,
        *,
        label: str,
        folder: PurePath,
        wanted: Collection[int] | None,
        paused: bool,
    ) -> InfoHash:
        async with self._lock(source.info_hash):
            known = self._engine.registry.find(source.info_hash)
            if known is not None and known.handle is not None:
                return known.info_hash
            save_path = await self.host.in_thread(safe_folder, self.config.save_path, folder)
            params = await self.host.in_thread(parameters, source, save_path, wanted, paused=paused)
            known = Known(
                info_hash=source.info_hash,
                save_path=str(save_path),
                name=source.name,
                label=label,
                wanted=None if wanted is None else frozenset(wanted),
            )
            await self._add(known, params)
            return known.info_hash

    async def _add(self, known: Known, params: lt.add_torrent_params) -> None:
        """Keep the torrent, then start it: a kill in between loses nothing."""
        data = await self.host.in_thread(pack, params, known.label, known.wanted)
        await self._engine.keeper.write(known.info_hash, data)
        try:
            self._engine.start(known, params)
        except Refused:
            await self._engine.keeper.forget(known.info_hash)
            raise

    async def torrents(self, hashes: Collection[InfoHash]) -> list[Torrent]:
        """Return those of *hashes* that are there."""
        if not hashes:
            return []
        await self._engine.refresh()
        found = (self._engine.registry.find(digits) for digits in dict.fromkeys(hashes))
        return [known.shown for known in found if known is not None]

    async def changes(self, since: Cursor | None) -> Changes:
        """Return what moved since *since*."""
        await self._engine.refresh()
        return self._engine.registry.changes(since)

    async def files(self, info_hash: InfoHash) -> list[TorrentFile]:
        """Return the torrent's files without padding."""
        known = self._find(info_hash)
        layout, handle = known.layout, known.handle
        if layout is None or handle is None:
            return []
        done = await self.host.in_thread(handle.file_progress)
        return [
            TorrentFile(
                index=index,
                path=path,
                size=size,
                done_bytes=done[native] if native < len(done) else 0,
                wanted=known.wanted is None or index in known.wanted,
            )
            for index, (native, path, size) in enumerate(layout)
        ]

    async def set_wanted(self, info_hash: InfoHash, wanted: Collection[int]) -> None:
        """Download these files and no others; `Invalid` if the torrent has no such file."""
        known, handle = self._running(info_hash)
        if known.layout is not None:
            handle.prioritize_files(known.layout.priorities(wanted))
        known.wanted = frozenset(wanted)
        await self._engine.keeper.save(known)

    async def pause(self, info_hash: InfoHash) -> None:
        """Stop transfers of the torrent."""
        known, handle = self._running(info_hash)
        handle.pause()
        await self._engine.keeper.save(known)

    async def resume(self, info_hash: InfoHash) -> None:
        """Start transfers again, also after an error."""
        known, handle = self._running(info_hash)
        known.problem = known.complaint = None
        handle.clear_error()
        handle.unset_flags(lt.torrent_flags.upload_mode | lt.torrent_flags.stop_when_ready)
        handle.resume()
        self._engine.session.set_active(active=True)
        await self._engine.keeper.save(known)

    async def remove(self, info_hash: InfoHash, *, delete_files: bool) -> None:
        """Forget the torrent.  Raises `Refused` if not all of its files could be deleted."""
        async with self._lock(info_hash):
            known = self._engine.registry.find(info_hash)
            if known is not None:
                await self._engine.remove(known, delete_files=delete_files)

    async def recheck(self, info_hash: InfoHash) -> None:
        """Verify the files, also of a torrent in error; paused ones are paused again."""
        known, handle = self._running(info_hash)
        known.problem = known.complaint = None
        known.rechecking = True
        paused = await self.host.in_thread(handle.flags) & lt.torrent_flags.paused
        handle.clear_error()
        handle.force_recheck()
        if paused:
            # Checked is only what runs; and what is ready already would be stopped at once.
            handle.set_flags(lt.torrent_flags.stop_when_ready)
        handle.resume()
        self._engine.session.set_active(active=True)
        await self._engine.keeper.save(known)

    async def limit(self, info_hash: InfoHash, limits: Limits) -> None:
        """Set the torrent's limits."""
        known, handle = self._running(info_hash)
        handle.set_download_limit(limits.down or 0)
        handle.set_upload_limit(limits.up or 0)
        await self._engine.keeper.save(known)

    async def limits(self) -> Limits:
        """Return the session's limits."""
        return self._engine.limits

    async def set_limits(self, limits: Limits) -> None:
        """Set the session's limits; the configured ones count again once they are changed."""
        await self._engine.set_limits(limits)

    async def trackers(self, info_hash: InfoHash) -> list[Tracker]:
        """Return the torrent's trackers."""
        handle = self._find(info_hash).handle
        if handle is None:
            return []
        return [tracker(entry) for entry in await self.host.in_thread(handle.trackers)]

    async def peers(self, info_hash: InfoHash) -> list[Peer]:
        """Return the torrent's peers."""
        handle = self._find(info_hash).handle
        return [] if handle is None else peers(await self.host.in_thread(handle.get_peer_info))

    async def free_bytes(self, folder: PurePath) -> int | None:
        """Return the space that is free there, or where it would be made."""
        return await self.host.in_thread(_free, self.config.save_path, folder)

    def _lock(self, info_hash: InfoHash) -> asyncio.Lock:
        """Return what keeps adding and removing the same torrent apart."""
        return self._locks.setdefault(info_hash, asyncio.Lock())

    def _find(self, info_hash: InfoHash) -> Known:
        known = self._engine.registry.find(info_hash)
        if known is None:
            raise NotFound(f"there is no torrent {info_hash} here")
        return known

    def _running(self, info_hash: InfoHash) -> tuple[Known, lt.torrent_handle]:
        known = self._find(info_hash)
        if known.handle is None:
            raise Refused(
                known.problem or "the torrent is being removed",
                hint="Remove the torrent and get it again.",
            )
        return known, known.handle


def _free(root: Path, folder: PurePath) -> int | None:
    path = safe_folder(root, folder)
    try:
        there = next(each for each in (path, *path.parents) if each.exists())
        return shutil.disk_usage(there).free
    except OSError:
        return None
