"""libtorrent as a torrent client inside of the daemon: nothing else has to be installed.

    [clients.libtorrent]
    save_path = "/srv/anime"

See `LibtorrentConfig` for all settings.
"""

from collections.abc import Iterable
from typing import Any

from uuutd.backends import TorrentClient
from uuutd.hookspecs import hookimpl

try:
    import libtorrent  # noqa: F401 - only to say what to do if it is not there
except ImportError as error:
    raise ImportError(
        "libtorrent is not installed, or has no build for this Python (there are some for "
        "3.11, 3.12 and 3.13): use qBittorrent instead, with a [clients.qbittorrent] table"
    ) from error

from .client import Libtorrent
from .config import LibtorrentConfig

__all__ = ["Libtorrent", "LibtorrentConfig"]


@hookimpl
def uuutd_torrent_clients() -> Iterable[type[TorrentClient[Any]]]:
    """Bring the embedded client."""
    return [Libtorrent]
