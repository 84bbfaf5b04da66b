"""One libtorrent session whose alerts arrive in the event loop.

libtorrent writes a byte into a socket when alerts wait, and the loop fetches them:
nothing is polled, and libtorrent's threads never run Python.  They must not, because
the destructor of a session keeps Python's lock while it waits for these threads
(seen with libtorrent 2.1.1).
"""

import asyncio
import collections
import logging
import socket
from collections.abc import Callable
from typing import Final

import libtorrent as lt

from uuutd.domain import Limits
from uuutd.errors import TimedOut, Unavailable

from .config import (
    ACTIVE_TICK,
    ALERTS,
    IDLE_TICK,
    STOPPED_PATIENCE,
    LibtorrentConfig,
    session_settings,
)

PATIENCE = 5.0
"""Seconds to wait for libtorrent to do what takes it milliseconds."""
_MAX_FAILCOUNT: Final = 3
"""How often a peer is tried in vain: libtorrent's own default."""


class Session:
    """A running session.  *on_alert* is called for every alert that is not the session's own.

    An alert must not be kept: it dies when the next ones are fetched.
    """

    def __init__(
        self,
        config: LibtorrentConfig,
        on_alert: Callable[[lt.alert], None],
        log: logging.Logger,
    ) -> None:
        self._config = config
        self._on_alert = on_alert
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._updates: collections.deque[asyncio.Future[None]] = collections.deque()
        self._leaving = 0
        self._left = asyncio.Event()
        self._tick = IDLE_TICK
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        self._raw: lt.session | None = lt.session(session_settings(config))
        if not self._raw.is_listening():
            where = ", ".join(f"{host} port {port}" for host, port in config.endpoints)
            log.warning("no peer can reach us: there is no %s to listen on", where)
        self._loop.add_reader(self._ours, self._fetch)
        self._raw.set_alert_fd(self._theirs.fileno())

    @property
    def raw(self) -> lt.session:
        """The object that libtorrent made."""
        if self._raw is None:
            raise Unavailable("the embedded torrent client is closed")
        return self._raw

    def set_active(self, active: bool) -> None:
        """Say whether any torrent is at work: if none is, libtorrent wakes up less often."""
        tick = ACTIVE_TICK if active else IDLE_TICK
        if tick != self._tick:
            self._tick = tick
            self.raw.apply_settings({"tick_interval": tick})

    def limit(self, limits: Limits) -> None:
        """Limit what is received and sent from now on."""
        down, up = limits.down or 0, limits.up or 0
        self.raw.apply_settings({"download_rate_limit": down, "upload_rate_limit": up})

    def reconsider_peers(self) -> None:
        """Let all torrents look again at whom to connect to.

        libtorrent itself does not do it when a check has found that a complete torrent is
        none: it would leave alone the seeders that it has known until then.  It does when
        this setting changes (libtorrent 2.1.1, seen in its log).
        """
        self.raw.apply_settings({"max_failcount": _MAX_FAILCOUNT + 1})
        self.raw.apply_settings({"max_failcount": _MAX_FAILCOUNT})

    async def updates(self) -> None:
        """Return once `state_update_alert` has told of all that moved before this call."""
        arrived = self._loop.create_future()
        self._updates.append(arrived)
        self.raw.post_torrent_updates(_STATUS)
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.shield(arrived)
        except TimeoutError as error:
            raise TimedOut("libtorrent does not answer") from error

    async def close(self) -> None:
        """Take leave of the trackers and end the session; at most a few seconds."""
        self.raw.apply_settings({"alert_mask": ALERTS | lt.alert_category.tracker})
        self.raw.pause()
        try:
            async with asyncio.timeout(STOPPED_PATIENCE + 0.5):
                await self.updates()
                while self._leaving > 0:
                    self._left.clear()
                    await self._left.wait()
        except (TimeoutError, TimedOut):
            self._log.info("a tracker did not take note of our leaving")
        self._loop.remove_reader(self._ours)
        self._raw = None
        self._ours.close()
        self._theirs.close()

    def _fetch(self) -> None:
        self._ours.recv(4096)
        for alert in self.raw.pop_alerts():
            if isinstance(alert, lt.tracker_alert):
                self._count_leaving(alert)
            elif isinstance(alert, lt.listen_succeeded_alert | lt.listen_failed_alert):
                self._tell_listening(alert)
            else:
                self._on_alert(alert)
                if isinstance(alert, lt.state_update_alert) and self._updates:
                    arrived = self._updates.popleft()
                    if not arrived.done():
                        arrived.set_result(None)

    def _count_leaving(self, alert: lt.tracker_alert) -> None:
        if isinstance(alert, lt.tracker_announce_alert):
            self._leaving += alert.event == lt.event_t.stopped
        elif isinstance(alert, lt.tracker_reply_alert | lt.tracker_error_alert):
            self._leaving -= 1
            self._left.set()

    def _tell_listening(self, alert: lt.listen_succeeded_alert | lt.listen_failed_alert) -> None:
        where = f"{alert.address} port {alert.port}"
        if isinstance(alert, lt.listen_failed_alert):
            self._log.warning("cannot listen on %s: %s", where, alert.error.message())
            return
        ports = {port for _, port in self._config.endpoints}
        if alert.port in ports or 0 in ports:
            self._log.info("listening on %s", where)
        else:
            self._log.warning("listening on %s: the configured port is taken", where)


def _cheap_status() -> int:
    """Return the flags of a status without those parts that cost time and that nobody reads."""
    costly = (
        lt.torrent_handle.query_distributed_copies
        | lt.torrent_handle.query_last_seen_complete
        | lt.torrent_handle.query_pieces
        | lt.torrent_handle.query_verified_pieces
        | lt.torrent_handle.query_renamed_files
    )
    return 0xFFFFFFFF & ~costly


_STATUS = _cheap_status()
