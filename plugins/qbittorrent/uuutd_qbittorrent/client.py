"""The torrent client."""

import asyncio
import re
from collections.abc import Callable, Collection
from functools import partial
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar, cast

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
from uuutd.errors import BadReply, Invalid, NotFound, Refused

from .details import limits_of, peer, tracker, whole
from .mirror import Mirror
from .settings import QBittorrentConfig
from .states import Row, canonical, torrent, torrent_file

if TYPE_CHECKING:
    from types import ModuleType

    from .worker import Client, Worker

T = TypeVar("T")

SETTLES_WITHIN = 3.0
"""Seconds in which what was added shows and what was removed is gone: up to 1.5 as measured."""

LOOKS_WITHIN = 1.0
"""Seconds in which qBittorrent has looked at its disk after a start."""

_VERSION = re.compile(r"v?\d+\.\d+[\w.]*")


class QBittorrent(TorrentClient[QBittorrentConfig]):
    """A qBittorrent, spoken to through its Web API."""

    name = "qbittorrent"
    title = "qBittorrent"
    Config = QBittorrentConfig

    def __init__(self, config: QBittorrentConfig, host: Host) -> None:
        super().__init__(config, host)
        self._worker: Worker | None = None
        self._mirror = Mirror()
        self._following = asyncio.Lock()
        self._given: set[InfoHash] = set()

    async def open(self) -> None:
        """Make the worker; the first call logs in."""
        config = self.config
        worker = await asyncio.to_thread(_load_worker)
        client = worker.Client(
            config.url,
            username=config.username,
            password=config.password.reveal() if config.password else None,
            api_key=config.api_key.reveal() if config.api_key else None,
            verify_tls=config.verify_tls,
        )
        self._worker = worker.Worker(client, f"qbittorrent-{self.host.instance}")

    async def close(self) -> None:
        """Log out and end the worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()

    @property
    def _api(self) -> "Worker":
        if self._worker is None:
            raise Refused("qBittorrent has not been opened.")
        return self._worker

    async def check(self) -> str:
        """Log in, also after a refusal, and return the version."""
        self._api.forget_refusal()
        version = str(await self._api.call(lambda c: c.app_version()))
        if not _VERSION.fullmatch(version):
            raise BadReply("What answers at this address is not qBittorrent's Web API.")
        return version.removeprefix("v")

    async def add(
        self,
        source: Source,
        *,
        label: str,
        folder: PurePath,
        wanted: Collection[int] | None = None,
        paused: bool = False,
    ) -> InfoHash:
        """Make sure that qBittorrent has the torrent; *wanted* needs the source's bytes."""
        if wanted is not None and source.metainfo is None:
            raise Invalid("Choosing files needs the .torrent file.")
        stopped = paused or wanted is not None
        answer = await self._api.call(
            lambda c: c.add(source, label=label, path=self._save_path(c, folder), stopped=stopped)
        )
        if answer.taken:
            self._given.add(source.info_hash)
            if wanted is None:
                return source.info_hash
        if not await self._appears(source.info_hash):
            raise await self._not_taken(source, answer.says)
        if wanted is not None:
            await self.set_wanted(source.info_hash, wanted)
            if not paused:
                await self.resume(source.info_hash)
        return source.info_hash

    async def _not_taken(self, source: Source, says: str) -> Refused:
        """Say why a torrent was not taken; its hash may be the cut one of a hybrid."""
        rows = await self._api.call(lambda c: _info(c, [source.info_hash]))
        if rows:
            return Refused(
                f"qBittorrent has this torrent already, and it is known as {canonical(rows[0])}.",
                hint="Give that hash, or the .torrent file.",
            )
        return Refused(f"qBittorrent did not take the torrent: {says}.")

    def _save_path(self, client: "Client", folder: PurePath) -> str:
        root = self.config.save_path or str(client.app_default_save_path())
        if folder.is_absolute() or ".." in folder.parts:
            raise Invalid(f"{folder} is not a folder inside the save path.")
        return str(PurePosixPath(root, *folder.parts))

    async def _appears(self, info_hash: InfoHash) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLES_WITHIN
        while not await self.torrents([info_hash]):
            if loop.time() > deadline:
                return False
            await asyncio.sleep(0.1)
        return True

    async def torrents(self, hashes: Collection[InfoHash]) -> list[Torrent]:
        """Return those of *hashes* that qBittorrent has."""
        asked = set(hashes)
        if not asked:
            return []
        return [torrent(row) for row in await self._rows(asked)]

    async def _rows(self, asked: Collection[InfoHash]) -> list[Row]:
        """Return the rows of those torrents that are known by one of these very hashes.

        What was there a moment ago is asked for by its id, which costs qBittorrent little.  Of
        all others it is likelier that it has none, and only the mirror tells that for sure:
        the ids of hybrids are their cut v2 hashes, not the v1 hash which they are known by
        here.  And a row whose id is asked for may be another torrent, whose v2 hash begins
        like that.
        """
        found: dict[InfoHash, Row] = {}
        if likely := [each for each in asked if each in self._given or self._mirror.find(each)]:
            rows = await self._api.call(lambda c: _info(c, likely))
            found = {canonical(row): row for row in rows}
        if not found.keys() >= set(asked):
            await self._follow()
            self._given.difference_update(each for each in asked if each not in found)
            for each in asked:
                if each not in found and (row := self._mirror.find(each)) is not None:
                    found[each] = row
        return [found[each] for each in asked if each in found]

    async def changes(self, since: Cursor | None) -> Changes:
        """Return what moved; qBittorrent is asked for the differences alone."""
        await self._follow()
        return self._mirror.changes(since)

    async def _follow(self) -> None:
        """Bring the mirror up to date; what one answer tells, the next one builds on."""
        async with self._following:
            data = await self._api.call(
                lambda c: cast("dict[str, Any]", c.sync_maindata(rid=self._mirror.rid))
            )
            self._mirror.apply(data)
            self._given = {each for each in self._given if self._mirror.find(each) is None}

    async def files(self, info_hash: InfoHash) -> list[TorrentFile]:
        """Return the files; none while the metadata are on the way."""
        rows = await self._about(info_hash, _files)
        return [torrent_file(row, position) for position, row in enumerate(rows)]

    async def set_wanted(self, info_hash: InfoHash, wanted: Collection[int]) -> None:
        """Set the priority of *wanted* to normal and of all other files to none."""
        chosen = set(wanted)

        def act(client: "Client", key: str) -> None:
            count = len(_files(client, key))
            for priority, files in ((1, chosen), (0, set(range(count)) - chosen)):
                if files:
                    client.torrents_file_priority(
                        torrent_hash=key, file_ids=sorted(files), priority=priority
                    )

        await self._about(info_hash, act)

    async def pause(self, info_hash: InfoHash) -> None:
        """Stop transfers."""
        await self._about(info_hash, lambda c, key: c.torrents_stop(torrent_hashes=key))

    async def resume(self, info_hash: InfoHash) -> None:
        """Start transfers again."""
        await self._about(info_hash, lambda c, key: c.torrents_start(torrent_hashes=key))

    async def remove(self, info_hash: InfoHash, *, delete_files: bool) -> None:
        """Forget the torrent, and wait until it is gone from the list."""
        for row in await self._rows([info_hash]):
            await self._api.call(partial(_delete, key=str(row["hash"]), files=delete_files))
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLES_WITHIN
        while await self.torrents([info_hash]):
            if loop.time() > deadline:
                raise Refused(f"qBittorrent still shows {info_hash} after its removal.")
            await asyncio.sleep(0.1)

    async def recheck(self, info_hash: InfoHash) -> None:
        """Let qBittorrent verify the files."""
        await self._about(info_hash, lambda c, key: c.torrents_recheck(torrent_hashes=key))

    async def limit(self, info_hash: InfoHash, limits: Limits) -> None:
        """Set the torrent's limits."""

        def act(client: "Client", key: str) -> None:
            client.torrents_set_download_limit(limit=limits.down or 0, torrent_hashes=key)
            client.torrents_set_upload_limit(limit=limits.up or 0, torrent_hashes=key)

        await self._about(info_hash, act)

    async def limits(self) -> Limits:
        """Return the limits in force: its second set of them, while that is switched on."""
        return await self._api.call(
            lambda c: limits_of(c.transfer_download_limit(), c.transfer_upload_limit())
        )

    async def set_limits(self, limits: Limits) -> None:
        """Set the limits in force; qBittorrent counts them in KiB/s."""

        def act(client: "Client") -> None:
            client.transfer_set_download_limit(limit=whole(limits.down))
            client.transfer_set_upload_limit(limit=whole(limits.up))

        await self._api.call(act)

    async def trackers(self, info_hash: InfoHash) -> list[Tracker]:
        """Return the torrent's trackers."""
        rows = await self._about(info_hash, lambda c, key: c.torrents_trackers(torrent_hash=key))
        found = (tracker(row) for row in cast("list[dict[str, Any]]", rows))
        return [each for each in found if each is not None]

    async def peers(self, info_hash: InfoHash) -> list[Peer]:
        """Return the torrent's peers."""
        data = await self._about(
            info_hash, lambda c, key: c.sync_torrent_peers(torrent_hash=key, rid=0)
        )
        rows = cast("dict[str, Any]", data).get("peers", {})
        return [peer(row) for row in rows.values()]

    async def free_bytes(self, folder: PurePath) -> int | None:
        """Return what is free at qBittorrent's default save path; it tells of no other folder."""
        del folder
        root = self.config.save_path
        if root is not None:
            default = await self._api.call(lambda c: str(c.app_default_save_path()))
            if not PurePosixPath(root).is_relative_to(default):
                return None
        await self._follow()
        if self._mirror.free == 0:
            # Just started, it has not looked yet (4.5.2); a disk that is full says the same again.
            await asyncio.sleep(LOOKS_WITHIN)
            await self._follow()
        return self._mirror.free

    async def _about(self, info_hash: InfoHash, act: "Callable[[Client, str], T]") -> T:
        """Do *act* to a torrent; qBittorrent itself would say yes for one it does not have."""
        rows = await self._rows([info_hash])
        if not rows:
            raise NotFound(f"qBittorrent has no torrent {info_hash}.")
        key = str(rows[0]["hash"])
        return await self._api.call(lambda c: act(c, key))


def _load_worker() -> "ModuleType":
    """Load the library: that takes a while, and the daemon need not wait for it to answer."""
    from . import worker  # noqa: PLC0415

    return worker


def _info(client: "Client", hashes: Collection[InfoHash]) -> list[dict[str, Any]]:
    # Its ids have 40 digits: those of v2 torrents are cut.
    ids = [each[:40] for each in hashes]
    return cast("list[dict[str, Any]]", client.torrents_info(torrent_hashes=ids))


def _delete(client: "Client", *, key: str, files: bool) -> None:
    client.torrents_delete(delete_files=files, torrent_hashes=key)


def _files(client: "Client", key: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", client.torrents_files(torrent_hash=key) or [])
