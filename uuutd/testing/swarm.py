"""A swarm on loopback: an HTTP tracker and a seeder of content that is made up on the spot.

Needs libtorrent and aiohttp, and no pytest.

    async with Swarm(folder) as swarm:
        torrent = await swarm.add("[Group] Show - 01.mkv", size=8 << 20)
        ...  # torrent.source, or torrent.file_source with the `.torrent` file

The content depends on the names and sizes alone, so the same torrent has the same info
hash and checksums on every run.
"""

import asyncio
import contextlib
import hashlib
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import attrs
import libtorrent as lt
from bencode2 import bencode

from ..domain import InfoHash, Source
from ..magnets import info_hash
from .serving import serving
from .tracker import Tracker

Version = Literal["v1", "hybrid", "v2"]

PIECE = 16 * 1024
"""The size of a piece: files that are a multiple of it long share no piece."""

_CHUNK = 1 << 20
_FLAGS = {"v1": lt.create_torrent.v1_only, "hybrid": 0, "v2": lt.create_torrent.v2_only}
_SETTINGS: "lt.settings_pack" = {
    "listen_interfaces": "127.0.0.1:0",
    # In turn: Transmission shakes hands with one at a time of those who have the same address.
    "outgoing_interfaces": ",".join(f"127.0.0.{number}" for number in range(1, 33)),
    "alert_mask": 0,
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "allow_multiple_connections_per_ip": True,
    # A client that comes back at once, as in a test of a restart, is not kept waiting.
    "min_reconnect_time": 1,
    "ignore_limits_on_local_network": False,
    "unchoke_slots_limit": -1,
}


@attrs.frozen(kw_only=True)
class SeededTorrent:
    """A torrent that the swarm seeds.

    *sha256* has the checksum of each file, by its path below a client's save path, and
    *sizes* its length.  *source* is what a magnet would say, *metainfo* the `.torrent` file.
    """

    name: str
    info_hash: InfoHash
    metainfo: bytes = attrs.field(repr=False)
    trackers: tuple[str, ...]
    sizes: Mapping[str, int]
    sha256: Mapping[str, str]

    @property
    def source(self) -> Source:
        """The torrent as a magnet names it."""
        return Source(info_hash=self.info_hash, name=self.name, trackers=self.trackers)

    @property
    def file_source(self) -> Source:
        """The torrent as its file describes it."""
        return attrs.evolve(self.source, metainfo=self.metainfo)


class Swarm:
    """The tracker and the seeder; a context manager, which stops both at the end.

    *folder* takes the content.  *upload_rate* limits the seeder, in bytes per second, 0
    for no limit.
    """

    def __init__(self, folder: Path, *, upload_rate: int = 0) -> None:
        self._folder = folder
        self._upload_rate = upload_rate
        self._tracker = Tracker(self._dial)
        self._stack = contextlib.AsyncExitStack()
        self._session: lt.session | None = None
        self._handles: dict[bytes, lt.torrent_handle] = {}
        self.tracker_url = ""

    async def __aenter__(self) -> Self:
        url = await self._stack.enter_async_context(serving(self._tracker.app()))
        self.tracker_url = f"{url}/announce"
        self._session = lt.session({**_SETTINGS, "upload_rate_limit": self._upload_rate})
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._handles.clear()
        self._session = None
        await self._stack.aclose()

    @property
    def _seeder(self) -> lt.session:
        if self._session is None:
            raise RuntimeError("the swarm is not running: use it as a context manager")
        return self._session

    async def add(
        self,
        name: str,
        *,
        size: int | None = None,
        files: Mapping[str, int] | None = None,
        version: Version = "v1",
        private: bool = False,
    ) -> SeededTorrent:
        """Make content and seed it: one file of *size* bytes, or a folder with *files*.

        *files* maps paths inside the folder to sizes.
        """
        if (size is None) == (files is None):
            raise ValueError("either size or files must be given")
        sizes = {name: size} if size is not None else _inside(name, files or {})
        root = self._folder / hashlib.sha256(repr((name, sizes)).encode()).hexdigest()[:16]
        checksums = await asyncio.to_thread(_make_content, root, sizes)
        metainfo = await asyncio.to_thread(
            _make_torrent, root, sizes, self.tracker_url, _FLAGS[version], private
        )
        params = lt.load_torrent_buffer(metainfo)
        hashes = params.info_hashes
        self._seed(params, root)
        return SeededTorrent(
            name=name,
            info_hash=info_hash(str(hashes.v1 if hashes.has_v1() else hashes.v2)),
            metainfo=metainfo,
            trackers=(self.tracker_url,),
            sizes=sizes,
            sha256=checksums,
        )

    def _seed(self, params: lt.add_torrent_params, root: Path) -> None:
        params.save_path = str(root)
        # The tracker is told of the seeder below, so that no client can be there before it.
        params.trackers = []
        params.flags |= lt.torrent_flags.seed_mode
        params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        handle = self._seeder.add_torrent(params)
        peer = ("127.0.0.1", self._seeder.listen_port())
        hashes = params.info_hashes
        v1 = [hashes.v1.to_bytes()] if hashes.has_v1() else []
        v2 = [hashes.v2.to_bytes()[:20]] if hashes.has_v2() else []
        for key in v1 + v2:
            self._handles[key] = handle
            self._tracker.add_seeder(key, peer)

    def _dial(self, key: bytes, peer: tuple[str, int]) -> None:
        if key in self._handles:
            self._handles[key].connect_peer(peer)

    async def copy(self, seeded: InfoHash, folder: Path) -> None:
        """Put the content of a torrent into *folder*, for a client that need not download it."""
        root = self._handles[bytes.fromhex(seeded)[:20]].status().save_path
        await asyncio.to_thread(shutil.copytree, root, folder, dirs_exist_ok=True)

    @property
    def uploaded(self) -> int:
        """How many bytes of content the seeder has sent so far."""
        return sum(handle.status().total_payload_upload for handle in set(self._handles.values()))

    @property
    def visits(self) -> int:
        """How often any client has announced itself to the tracker."""
        return self._tracker.visits

    def limit_upload(self, rate: int) -> None:
        """Limit the seeder to *rate* bytes per second; 0 lifts the limit."""
        self._seeder.apply_settings({"upload_rate_limit": rate})

    def refuse(self, reason: str) -> None:
        """Let the tracker turn everybody away, as private ones do with strangers."""
        self._tracker.refusal = reason

    def stop_seeding(self) -> None:
        """Cut all connections and accept no others; the tracker names the seeder no longer."""
        self._tracker.seeding = False
        self._seeder.pause()

    def start_seeding(self) -> None:
        """Seed again after `stop_seeding`."""
        self._seeder.resume()
        self._tracker.seeding = True


def _inside(name: str, files: Mapping[str, int]) -> dict[str, int]:
    return {f"{name}/{path}": size for path, size in sorted(files.items())}


def _make_content(root: Path, sizes: Mapping[str, int]) -> dict[str, str]:
    return {path: _make_file(root / path, path, size) for path, size in sizes.items()}


def _make_file(path: Path, seed: str, size: int) -> str:
    digest = hashlib.sha256()
    source = random.Random(f"{seed}:{size}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        for start in range(0, size, _CHUNK):
            chunk = source.randbytes(min(_CHUNK, size - start))
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _make_torrent(
    root: Path, sizes: Mapping[str, int], tracker: str, flags: int, private: bool
) -> bytes:
    entries = [lt.create_file_entry(path, size) for path, size in sizes.items()]
    piece = PIECE if sum(sizes.values()) < 1000 * PIECE else 0  # 0: as libtorrent likes it
    creator = lt.create_torrent(entries, piece, flags)
    creator.add_tracker(tracker)
    creator.set_creation_date(0)
    creator.set_priv(private)
    lt.set_piece_hashes(creator, str(root))
    return bencode(creator.generate())
