"""Transmission as a torrent client of UUUTorrent.

Works with Transmission 3.00 and later through its RPC::

    [clients.seedbox]
    type = "transmission"
    url = "http://127.0.0.1:9091"
    username = "admin"
    password = { file = "/run/secrets/transmission" }
    save_path = "/srv/anime"

A path in ``url`` is needed only behind a proxy that changes it.  ``save_path`` is a folder
on Transmission's own machine; left out, Transmission's default one is used.
``verify_tls = false`` accepts a certificate that nobody vouches for.

A wrong password is tried once: Transmission can be set to lock everybody out after too
many.  After mending the configuration, restart the daemon or ask for a check.
"""

from collections.abc import Iterable
from typing import Any

from uuutd.backends import TorrentClient
from uuutd.hookspecs import hookimpl

from .client import Transmission
from .settings import TransmissionConfig

__all__ = ["Transmission", "TransmissionConfig", "uuutd_torrent_clients"]


@hookimpl
def uuutd_torrent_clients() -> Iterable[type[TorrentClient[Any]]]:
    """Bring Transmission."""
    return [Transmission]
