"""The torrent client."""

import asyncio
import re
import time
from collections.abc import Callable, Collection
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

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
from uuutd.magnets import magnet
from uuutd.metainfo import read_metainfo

from .mirror import Mirror
from .settings import TransmissionConfig, endpoint
from .states import FILES, PEERS, TRACKERS, Row, files, in_units, info_hash, peer, torrent, tracker

if TYPE_CHECKING:
    from types import ModuleType

    from .rpc import Client, Worker

T = TypeVar("T")

SETTLES_WITHIN = 3.0
"""Seconds in which what was removed is gone from the list."""
LOOKED_AFTER = 10.0
"""Seconds for which a torrent that was told something is looked at in each round."""

_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")
_V1_DIGITS = 40


class Transmission(TorrentClient[TransmissionConfig]):
    """A Transmission, spoken to through its RPC."""

    name = "transmission"
    title = "Transmission"
    Config = TransmissionConfig

    def __init__(self, config: TransmissionConfig, host: Host) -> None:
        super().__init__(config, host)
        self._worker: Worker | None = None
        self._mirror = Mirror()
        self._told: dict[InfoHash, float] = {}

    async def open(self) -> None:
        """Make the worker; the first call connects."""
        config = self.config
        rpc = await asyncio.to_thread(_load_rpc)
        client = rpc.Client(
            endpoint(config.url),
            username=config.username,
            password=config.password,
            verify_tls=config.verify_tls,
        )
        self._worker = rpc.Worker(client, f"transmission-{self.host.instance}")

    async def close(self) -> None:
        """End the worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()

    @property
    def _api(self) -> "Worker":
        if self._worker is None:
            raise Refused("Transmission has not been opened.")
        return self._worker

    async def check(self) -> str:
        """Log in, also after a refusal, and return the version."""
        self._api.forget_refusal()
        version = await self._api.call(lambda c: c.version())
        if not _VERSION.fullmatch(version):
            raise BadReply("What answers at this address is not Transmission's RPC.")
        return version

    # --- adding -----------------------------------------------------------------------------

    async def add(
        self,
        source: Source,
        *,
        label: str,
        folder: PurePath,
        wanted: Collection[int] | None = None,
        paused: bool = False,
    ) -> InfoHash:
        """Make sure that Transmission has the torrent; *wanted* needs the source's bytes."""
        if wanted is not None and source.metainfo is None:
            raise Invalid("Choosing files needs the .torrent file.")
        if len(source.info_hash) != _V1_DIGITS:
            raise Refused("Transmission has no torrents that are of version 2 alone.")

        def act(client: "Client") -> None:
            if client.rows([source.info_hash], ["id"]):
                if wanted is not None:
                    _choose(client, source.info_hash, wanted)
                if wanted is not None and not paused:
                    client.start_torrent([source.info_hash])
                return
            _put(client, source, self._save_path(client, folder), label, wanted, paused)

        await self._tell(source.info_hash, act)
        return source.info_hash

    def _save_path(self, client: "Client", folder: PurePath) -> str:
        root = self.config.save_path or client.default_folder()
        if folder.is_absolute() or ".." in folder.parts:
            raise Invalid(f"{folder} is not a folder inside the save path.")
        return str(PurePosixPath(root, *folder.parts))

    # --- asking -----------------------------------------------------------------------------

    async def torrents(self, hashes: Collection[InfoHash]) -> list[Torrent]:
        """Return those of *hashes* that Transmission has."""
        asked = {each for each in hashes if len(each) == _V1_DIGITS}
        if not asked:
            return []
        rows = await self._api.call(lambda c: c.rows(asked))
        return [torrent(row) for row in rows if info_hash(row) in asked]

    async def changes(self, since: Cursor | None) -> Changes:
        """Return what moved; Transmission is asked for what moved lately, and at times for all."""
        await self._api.call(self._follow)
        return self._mirror.changes(since)

    def _follow(self, client: "Client") -> None:
        """Bring the mirror up to date; only ever in the worker's thread."""
        session = client.session
        if self._mirror.follows(session):
            moved, removed = client.recent()
            now = time.monotonic()
            told = [key for key, until in self._told.items() if until > now]
            if told:
                moved += client.rows(told)
            self._told = {key: self._told[key] for key in told}
            if client.session == session:
                self._mirror.update(moved, removed)
                return
        rows = client.rows()
        self._mirror.replace(rows, client.session)

    async def files(self, info_hash: InfoHash) -> list[TorrentFile]:
        """Return the files; none while the metadata are on the way."""
        return await self._about(info_hash, lambda c, key: files(_row(c, key, FILES)))

    async def trackers(self, info_hash: InfoHash) -> list[Tracker]:
        """Return the trackers with their last answers."""
        row = await self._about(info_hash, lambda c, key: _row(c, key, TRACKERS))
        return [tracker(each) for each in row["trackerStats"]]

    async def peers(self, info_hash: InfoHash) -> list[Peer]:
        """Return the peers it is connected to."""
        row = await self._about(info_hash, lambda c, key: _row(c, key, PEERS))
        return [peer(each) for each in row["peers"]]

    async def limits(self) -> Limits:
        """Return the limits of all torrents together that hold now."""
        return await self._api.call(lambda c: c.all_limits())

    async def free_bytes(self, folder: PurePath) -> int | None:
        """Return the free space where *folder* is, or will be."""

        def ask(client: "Client") -> int | None:
            path = PurePosixPath(self._save_path(client, folder))
            root = PurePosixPath(self._save_path(client, PurePath()))
            tries = (path, *(above for above in path.parents if above.is_relative_to(root)))
            sizes = (client.space(str(each)) for each in tries)
            return next((size for size in sizes if size is not None), None)

        return await self._api.call(ask)

    # --- telling ----------------------------------------------------------------------------

    async def set_wanted(self, info_hash: InfoHash, wanted: Collection[int]) -> None:
        """Want these files and no others."""
        await self._about(info_hash, lambda c, key: _choose(c, key, wanted))

    async def pause(self, info_hash: InfoHash) -> None:
        """Stop transfers."""
        await self._about(info_hash, lambda c, key: c.stop_torrent([key]))

    async def resume(self, info_hash: InfoHash) -> None:
        """Start transfers again."""
        await self._about(info_hash, lambda c, key: c.start_torrent([key]))

    async def recheck(self, info_hash: InfoHash) -> None:
        """Begin to verify the files."""
        await self._about(info_hash, lambda c, key: c.verify_torrent([key]))

    async def limit(self, info_hash: InfoHash, limits: Limits) -> None:
        """Set both limits of a torrent, in Transmission's units of 1,000 bytes."""

        def act(client: "Client", key: str) -> None:
            client.change_torrent(
                [key],
                download_limited=limits.down is not None,
                download_limit=None if limits.down is None else in_units(limits.down),
                upload_limited=limits.up is not None,
                upload_limit=None if limits.up is None else in_units(limits.up),
            )

        await self._about(info_hash, act)

    async def set_limits(self, limits: Limits) -> None:
        """Set the limits of all torrents together; the alternative ones end with that."""
        await self._api.call(lambda c: c.set_all_limits(limits))

    async def remove(self, info_hash: InfoHash, *, delete_files: bool) -> None:
        """Forget the torrent, and wait until it is gone from the list."""
        if len(info_hash) != _V1_DIGITS:
            return
        await self._tell(
            info_hash, lambda c: c.remove_torrent([info_hash], delete_data=delete_files)
        )
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLES_WITHIN
        while await self.torrents([info_hash]):
            if loop.time() > deadline:
                raise Refused(f"Transmission still shows {info_hash} after its removal.")
            await asyncio.sleep(0.1)

    async def _about(self, info_hash: InfoHash, act: "Callable[[Client, str], T]") -> T:
        """Do *act* to a torrent; Transmission itself would say yes for one it does not have."""

        def checked(client: "Client") -> T:
            if len(info_hash) != _V1_DIGITS or not client.rows([info_hash], ["id"]):
                raise NotFound(f"Transmission has no torrent {info_hash}.")
            return act(client, info_hash)

        return await self._tell(info_hash, checked)

    async def _tell(self, info_hash: InfoHash, act: "Callable[[Client], T]") -> T:
        """Do *act*, and have the torrent looked at: new settings are no move to Transmission."""

        def told(client: "Client") -> T:
            try:
                return act(client)
            finally:
                self._told[info_hash] = time.monotonic() + LOOKED_AFTER

        return await self._api.call(told)


def _load_rpc() -> "ModuleType":
    """Load the library: that takes a while, and the daemon need not wait for it to answer."""
    from . import rpc  # noqa: PLC0415

    return rpc


def _put(
    client: "Client",
    source: Source,
    path: str,
    label: str,
    wanted: Collection[int] | None,
    paused: bool,
) -> None:
    """Add a torrent that is not there, at once with the choice of its files."""
    chosen, others = sorted(wanted or ()), list[int]()
    if source.metainfo is not None and read_metainfo(source.metainfo).aliases:
        _expect_hybrids(client)
    if wanted is not None and source.metainfo is not None:
        count = len(read_metainfo(source.metainfo).files)
        others = [index for index in range(count) if index not in set(chosen)]
    client.add_torrent(
        source.metainfo if source.metainfo is not None else magnet(source),
        download_dir=path,
        paused=paused,
        labels=[label],
        files_wanted=chosen or None,
        files_unwanted=others or None,
    )
    # 3.00 keeps labels, but takes none together with a torrent.
    if not _row(client, source.info_hash, ("labels",))["labels"]:
        client.change_torrent([source.info_hash], labels=[label])


def _expect_hybrids(client: "Client") -> None:
    """Raise `Refused` before Transmission 4, which would call a hybrid corrupt."""
    version = client.version()
    if version.startswith(("2.", "3.")):
        raise Refused(
            f"Transmission {version} does not understand hybrid torrents (of version 1 and 2).",
            hint="Use another client for it, or Transmission 4 or later.",
        )


def _choose(client: "Client", key: str, wanted: Collection[int]) -> None:
    """Want these files of a torrent and no others."""
    count = len(files(_row(client, key, FILES)))
    if not count:
        raise Refused("Its files are not known yet: the metadata are on the way.")
    chosen = sorted(set(wanted) & set(range(count)))
    others = [index for index in range(count) if index not in set(chosen)]
    # An empty list would mean all files.
    client.change_torrent([key], files_wanted=chosen or None, files_unwanted=others or None)


def _row(client: "Client", key: str, fields: Collection[str]) -> Row:
    rows = client.rows([InfoHash(key)], fields)
    if not rows:
        raise NotFound(f"Transmission has no torrent {key}.")
    return rows[0]
