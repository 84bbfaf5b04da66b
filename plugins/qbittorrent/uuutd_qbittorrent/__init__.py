"""qBittorrent as a torrent client of UUUTorrent.

Works with qBittorrent 4.5 and later through its Web API::

    [clients.seedbox]
    type = "qbittorrent"
    url = "http://127.0.0.1:8080"
    username = "admin"
    password = { file = "/run/secrets/qbittorrent" }
    save_path = "/srv/anime"

``api_key`` takes the place of both where qBittorrent has one (5.2 and later).
``save_path`` is a folder on qBittorrent's own machine; left out, qBittorrent's default
one is used.  ``verify_tls = false`` accepts a certificate that nobody vouches for.

A wrong password is tried once: five of them, and qBittorrent bans the address for an
hour.  After mending the configuration, restart the daemon or ask for a check.  A wrong API
key is tried once, too, though it bans nobody.
"""

from collections.abc import Iterable
from typing import Any

from uuutd.backends import TorrentClient
from uuutd.hookspecs import hookimpl

from .client import QBittorrent
from .settings import QBittorrentConfig

__all__ = ["QBittorrent", "QBittorrentConfig", "uuutd_torrent_clients"]


@hookimpl
def uuutd_torrent_clients() -> Iterable[type[TorrentClient[Any]]]:
    """Bring qBittorrent."""
    return [QBittorrent]
