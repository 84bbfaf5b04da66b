"""From what the daemon wants downloaded to what libtorrent is told."""

import time
from collections.abc import Collection
from pathlib import Path, PurePath

import libtorrent as lt

from uuutd.domain import Source
from uuutd.errors import Invalid, Refused
from uuutd.magnets import magnet, trackers
from uuutd.metainfo import read_metainfo
from uuutd.text import clean

from .layout import Layout, blind_priorities


def safe_folder(root: Path, folder: PurePath) -> Path:
    """Return *folder* below *root*; `Invalid` if it is not there once links are followed."""
    try:
        real_root = root.resolve()
        real = (real_root / folder).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise Invalid(f"{clean(str(folder), 200)!r} cannot be used as a folder") from error
    if folder.is_absolute() or ".." in folder.parts or not real.is_relative_to(real_root):
        raise Invalid(f"{clean(str(folder), 200)!r} leads out of the save path")
    return root / folder


def parameters(
    source: Source, save_path: Path, wanted: Collection[int] | None, *, paused: bool
) -> lt.add_torrent_params:
    """Say in libtorrent's words what to add.  Raises `Invalid` if the source makes no sense."""
    try:
        params = _of_magnet(source) if source.metainfo is None else _of_file(source)
    except RuntimeError as error:
        raise Refused(f"libtorrent does not take the torrent: {clean(str(error))}") from error
    params.save_path = str(save_path)
    params.added_time = int(time.time())
    # Our own queueing: what is not paused runs.
    params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    if paused:
        params.flags |= lt.torrent_flags.paused
    want(params, wanted)
    return params


def want(params: lt.add_torrent_params, wanted: Collection[int] | None) -> None:
    """Ask for the *wanted* files and no others from the first moment on."""
    if wanted is None:
        return
    if params.ti is None:
        params.flags |= lt.torrent_flags.default_dont_download
        params.file_priorities = blind_priorities(wanted)
    else:
        params.file_priorities = Layout.of(params.ti).priorities(wanted)


def _of_magnet(source: Source) -> lt.add_torrent_params:
    return lt.parse_magnet_uri(magnet(source))


def _of_file(source: Source) -> lt.add_torrent_params:
    """Read the file; of the addresses in it only trackers are kept."""
    data = source.metainfo or b""
    meta = read_metainfo(data)
    if source.info_hash not in (meta.info_hash, *meta.aliases):
        raise Invalid(
            f"the .torrent file is of another torrent: it has the info hash {meta.info_hash}"
        )
    params = lt.load_torrent_buffer(data)
    urls = meta.trackers if meta.private else trackers((*source.trackers, *meta.trackers))
    params.trackers = list(urls)
    params.tracker_tiers = list(range(len(urls)))
    params.url_seeds = []
    params.http_seeds = []
    params.dht_nodes = []
    return params
