"""When the torrents' resume data are saved, and that it happens in the right order."""

import asyncio
import errno
import logging
from collections.abc import Iterable

import libtorrent as lt

from uuutd.backends.base import InThread
from uuutd.domain import InfoHash
from uuutd.errors import Error, NoSpace, Refused, TimedOut

from .known import Known
from .resume import ResumeFiles, pack
from .session import PATIENCE

_ALWAYS = lt.torrent_handle.save_info_dict
_IF_MODIFIED = _ALWAYS | lt.torrent_handle.only_if_modified


class Keeper:
    """Keeps what has to survive the daemon."""

    def __init__(self, files: ResumeFiles, in_thread: InThread, log: logging.Logger) -> None:
        self._files = files
        self._in_thread = in_thread
        self._log = log
        self._asked: dict[InfoHash, asyncio.Future[bytes | None]] = {}

    async def write(self, digits: InfoHash, data: bytes) -> None:
        """Keep *data* of a torrent; raises `NoSpace` or `Refused` if that cannot be."""
        try:
            await self._in_thread(self._files.write, digits, data)
        except OSError as error:
            kind = NoSpace if error.errno in (errno.ENOSPC, errno.EDQUOT) else Refused
            raise kind(f"the torrent's state cannot be kept: {error}") from error

    async def forget(self, digits: InfoHash) -> None:
        """Keep nothing of the torrent any more."""
        await self._in_thread(self._files.forget, digits)

    async def mark_removing(self, digits: InfoHash) -> None:
        """Note that the torrent goes with its files."""
        await self._in_thread(self._files.mark_removing, digits)

    async def save(self, known: Known, *, only_if_modified: bool = False) -> None:
        """Keep how the torrent is now.  Of one with a problem, what was kept is better."""
        async with known.saving:
            if known.handle is None or known.problem is not None:
                return
            data = await self._ask(known, known.handle, only_if_modified)
            if data is not None:
                await self.write(known.info_hash, data)

    async def save_all(self, torrents: Iterable[Known], seconds: float) -> None:
        """Keep how all torrents are now that have changed; gives up after *seconds*."""
        jobs = (self._save_quietly(known) for known in torrents)
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*jobs)
        except TimeoutError:
            self._log.warning("not all torrents' states could be kept within %g s", seconds)

    async def _save_quietly(self, known: Known) -> None:
        try:
            await self.save(known, only_if_modified=True)
        except Error as error:
            self._log.warning("%s: %s", known.info_hash, error)

    async def _ask(
        self, known: Known, handle: lt.torrent_handle, only_if_modified: bool
    ) -> bytes | None:
        answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._asked[known.info_hash] = answer
        handle.save_resume_data(_IF_MODIFIED if only_if_modified else _ALWAYS)
        try:
            async with asyncio.timeout(PATIENCE):
                return await answer
        except TimeoutError as error:
            raise TimedOut("libtorrent does not say how the torrent is") from error
        finally:
            del self._asked[known.info_hash]

    def told(
        self, known: Known, alert: lt.save_resume_data_alert | lt.save_resume_data_failed_alert
    ) -> None:
        """Take libtorrent's answer; it fails if nothing has been modified."""
        answer = self._asked.get(known.info_hash)
        if answer is None or answer.done():
            return
        if isinstance(alert, lt.save_resume_data_alert):
            answer.set_result(pack(alert.params, known.label, known.wanted))
        else:
            answer.set_result(None)
