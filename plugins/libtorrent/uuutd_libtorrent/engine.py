"""The session with its torrents: what happens by itself, without anybody asking."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import attrs
import libtorrent as lt

from uuutd.backends import Host
from uuutd.domain import InfoHash, Limits, TorrentState
from uuutd.errors import Refused, Unavailable
from uuutd.tasks import Tasks
from uuutd.text import clean

from .adding import want
from .config import LibtorrentConfig
from .keeper import Keeper
from .known import Known, Registry, spellings
from .layout import Layout
from .limits import KeptLimits
from .resume import ResumeFiles, Saved, lost_file
from .session import PATIENCE, Session
from .states import torrent_now

AUTOSAVE: Final = 300.0
"""Seconds between two savings of what has changed, while anything does."""
CLOSING: Final = 5.0
"""Seconds for the last saving."""

_WAITING = frozenset({TorrentState.DOWNLOADING, TorrentState.STALLED})
_RESTING = frozenset({TorrentState.PAUSED, TorrentState.ERROR})


class Engine:
    """Runs the session, follows what libtorrent tells and keeps it."""

    def __init__(self, config: LibtorrentConfig, host: Host) -> None:
        self._config = config
        self._host = host
        self._files = ResumeFiles(host.data_dir / "resume", host.log)
        self._kept_limits = KeptLimits(host.data_dir / "limits.json", config, host.log)
        self._tasks = Tasks()
        self._removals: dict[InfoHash, asyncio.Future[str | None]] = {}
        self._active = asyncio.Event()
        self._session: Session | None = None
        self.limits = Limits()
        self.registry = Registry()
        self.keeper = Keeper(self._files, host.in_thread, host.log)

    @property
    def session(self) -> Session:
        """The running session."""
        if self._session is None:
            raise Unavailable("the embedded torrent client is not open")
        return self._session

    # --- life -------------------------------------------------------------------------------

    async def open(self) -> None:
        """Start the session with all torrents of the last time."""
        saved = await self._host.in_thread(self._files.load)
        self.limits = await self._host.in_thread(self._kept_limits.load)
        config = attrs.evolve(
            self._config,
            download_rate=self.limits.down or 0,
            upload_rate=self.limits.up or 0,
        )
        self._session = Session(config, self._on_alert, self._host.log)
        for one in saved:
            await self._restore(one)
        self._pace()
        self._tasks.spawn(self._autosave(), name=f"{self._host.instance}: autosave")

    async def set_limits(self, limits: Limits) -> None:
        """Set the session's limits, and keep them.  Raises `Refused` if that cannot be."""
        try:
            await self._host.in_thread(self._kept_limits.write, limits)
        except OSError as error:
            raise Refused(f"the limits cannot be kept: {error}") from error
        self.limits = limits
        self.session.limit(limits)

    async def close(self) -> None:
        """Keep how everything is and end the session."""
        session, self._session = self._session, None
        await self._tasks.aclose()
        if session is not None:
            await self.keeper.save_all(self.registry, CLOSING)
            await session.close()

    async def _restore(self, saved: Saved) -> None:
        known = Known(info_hash=saved.info_hash, save_path="", wanted=saved.wanted)
        if saved.params is None:
            known.problem = f"what was kept of this torrent is damaged: {saved.damaged}"
            self._take(known)
            return
        known.label, known.name = saved.label, clean(saved.params.name, 255)
        known.save_path = saved.params.save_path
        if lost := await self._host.in_thread(lost_file, saved.params):
            known.problem = f"{lost} is gone from the disk; resume downloads it again"
        if known.problem is not None or saved.removing:
            saved.params.flags |= lt.torrent_flags.paused
        if saved.params.ti is None:
            want(saved.params, saved.wanted)
        try:
            self.start(known, saved.params)
        except Refused as error:
            known.problem = error.detail
            self._take(known)
        if saved.removing:
            await self._finish_removing(known)

    async def _finish_removing(self, known: Known) -> None:
        try:
            await self.remove(known, delete_files=True)
        except Refused as error:
            self._host.log.warning("%s: %s", known.info_hash, error)

    async def _autosave(self) -> None:
        while True:
            await self._active.wait()
            await asyncio.sleep(AUTOSAVE)
            await self.keeper.save_all(self.registry, AUTOSAVE)

    def _pace(self) -> None:
        """Let libtorrent sleep longer while nothing is to be done."""
        active = any(
            known.shown.leechers or known.shown.seeders
            if known.shown.state is TorrentState.SEEDING
            else known.shown.state not in _RESTING
            for known in self.registry
        )
        if active:
            self._active.set()
        else:
            self._active.clear()
        self.session.set_active(active)

    # --- torrents ---------------------------------------------------------------------------

    def start(self, known: Known, params: lt.add_torrent_params) -> None:
        """Add the torrent to the session; raises `Refused` if libtorrent does not take it."""
        try:
            # Not in a thread: its first alerts must not come before it is in the registry.
            handle = self.session.raw.add_torrent(params)
        except RuntimeError as error:
            raise Refused(f"libtorrent does not take the torrent: {clean(str(error))}") from error
        known.handle = handle
        if params.ti is not None:
            known.learn_layout(Layout.of(params.ti))
        self.registry.learn(known, spellings(handle.info_hashes()))
        self._take(known)
        self._pace()

    async def remove(self, known: Known, *, delete_files: bool) -> None:
        """Remove the torrent for good, and if so asked its files.

        A kill on the way leaves either everything or a note to go on with removing.
        """
        async with known.saving:
            handle, known.handle = known.handle, None
            if handle is not None and delete_files:
                await self.keeper.mark_removing(known.info_hash)
            else:
                await self.keeper.forget(known.info_hash)
        complaint = None
        if handle is not None:
            complaint = await self._drop(known, handle, delete_files=delete_files)
            await self.keeper.forget(known.info_hash)
        self.registry.discard(known)
        self._pace()
        if complaint is not None:
            raise Refused(f"the torrent is removed, but not all of its files: {complaint}")

    async def _drop(
        self, known: Known, handle: lt.torrent_handle, *, delete_files: bool
    ) -> str | None:
        """Take the torrent out of the session; return what went wrong with deleting its files."""
        gone: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._removals[known.info_hash] = gone
        self.session.raw.remove_torrent(handle, lt.session.delete_files if delete_files else 0)
        try:
            async with asyncio.timeout(PATIENCE):
                return await gone
        except TimeoutError:
            return "libtorrent takes long" if delete_files else None
        finally:
            del self._removals[known.info_hash]

    async def refresh(self) -> None:
        """Bring the registry up to date with the session."""
        await self.session.updates()
        for known in self.registry:
            if known.shown.state in _WAITING:
                self._show(known)
        self._pace()

    def _take(self, known: Known) -> None:
        known.moved_at = asyncio.get_running_loop().time()
        self.registry.insert(known)
        self._show(known)

    def _show(self, known: Known) -> None:
        self.registry.show(known, torrent_now(known, asyncio.get_running_loop().time()))

    # --- what libtorrent tells --------------------------------------------------------------

    def _on_alert(self, alert: lt.alert) -> None:
        if isinstance(alert, lt.state_update_alert):
            for status in alert.status:
                self._moved(status)
        elif isinstance(
            alert,
            lt.torrent_removed_alert | lt.torrent_deleted_alert | lt.torrent_delete_failed_alert,
        ):
            self._removed(alert)
        elif isinstance(alert, lt.torrent_alert):
            known = self.registry.named(alert.handle.info_hashes())
            if known is not None:
                self._told(known, alert)

    def _moved(self, status: lt.torrent_status) -> None:
        known = self.registry.named(status.info_hashes)
        if known is None or known.handle is None:
            return
        known.status = status
        if status.download_payload_rate or known.shown.state not in _WAITING:
            known.moved_at = asyncio.get_running_loop().time()
        self._show(known)

    def _removed(
        self,
        alert: lt.torrent_removed_alert | lt.torrent_deleted_alert | lt.torrent_delete_failed_alert,
    ) -> None:
        known = self.registry.named(alert.info_hashes)
        gone = None if known is None else self._removals.get(known.info_hash)
        if gone is None or gone.done():
            return
        failed = isinstance(alert, lt.torrent_delete_failed_alert) and alert.error.value()
        gone.set_result(clean(alert.message()) if failed else None)

    def _told(self, known: Known, alert: lt.torrent_alert) -> None:
        if isinstance(alert, lt.save_resume_data_alert | lt.save_resume_data_failed_alert):
            self.keeper.told(known, alert)
        elif isinstance(alert, lt.metadata_received_alert):
            self._spawn(self._read_metadata(known), f"metadata of {known.info_hash}")
        elif isinstance(alert, lt.torrent_checked_alert) and known.rechecking:
            known.rechecking = False
            self.session.reconsider_peers()
        elif isinstance(alert, lt.torrent_finished_alert):
            known.flushed = False
        elif isinstance(alert, lt.cache_flushed_alert) and not known.flushed:
            known.flushed = True
            self._show(known)
            self._spawn(self.keeper.save(known, only_if_modified=True), f"saving {known.info_hash}")
        elif isinstance(alert, lt.file_error_alert):
            known.complaint = clean(f"{alert.filename()}: {alert.error.message()}")
            self._host.log.warning("%s: %s", known.info_hash, known.complaint)

    async def _read_metadata(self, known: Known) -> None:
        """Learn what a magnet's torrent is made of; now the wanted files are known for sure."""
        handle = known.handle
        info = None if handle is None else await self._host.in_thread(handle.torrent_file)
        if handle is None or info is None:
            return
        layout = Layout.of(info)
        known.learn_layout(layout)
        self.registry.learn(known, spellings(handle.info_hashes()))
        if known.wanted is not None:
            handle.prioritize_files(layout.priorities(known.wanted))
        await self.keeper.save(known)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Start *work*, unless everything is about to be kept and closed anyway."""
        if self._session is None:
            work.close()
        else:
            self._tasks.spawn(work, name=name)
