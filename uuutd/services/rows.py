"""How a torrent looks to one of its owners: what its client tells, and what is recorded."""

import math

from ..config import Fetch
from ..domain import Torrent, TorrentState
from ..instances import Instances
from ..store.records import Link, LinkState
from ..wire import TorrentEntryReply, TorrentReply
from .fetching import fetch_commands, fetch_problem
from .snapshots import Snapshots


class Rows:
    """Draws what lists show, out of the shared snapshots.

    *fetch* has the administrator's lines that bring what is finished to its users.
    """

    def __init__(self, snapshots: Snapshots, instances: Instances, fetch: Fetch) -> None:
        self._snapshots = snapshots
        self._instances = instances
        self._fetch = fetch

    def is_configured(self, link: Link) -> bool:
        """Whether the configuration still has the client of a torrent."""
        return link.client in self._instances.clients

    def torrent(self, link: Link) -> Torrent | None:
        """Return a torrent as its client showed it last; None if it did not."""
        if not self.is_configured(link):
            return None
        return self._snapshots.of(link.client).rows.get(link.info_hash)

    def is_settled(self, link: Link, *, since: float = -math.inf) -> bool:
        """Whether the next look at the client changes nothing about a torrent that it lacks.

        What is recorded as added at *since*, on the loop's clock, an older look cannot show.
        """
        if not self.is_configured(link) or self.torrent(link) is not None:
            return True
        return link.state is not LinkState.LIVE or self._snapshots.of(link.client).seen >= since

    def draw(self, link: Link, *, since: float = -math.inf) -> TorrentReply:
        """Return what the list shows of an ownership that is recorded *since* then."""
        torrent = self.torrent(link)
        if torrent is None:
            torrent = self._absent(link, since)
        return TorrentReply(
            hash=link.info_hash,
            name=torrent.name or link.name,
            state=torrent.state.value,
            progress=torrent.progress,
            size=torrent.size,
            done_bytes=torrent.done_bytes,
            down_rate=torrent.down_rate,
            up_rate=torrent.up_rate,
            ratio=torrent.ratio,
            client=link.client,
            eta=torrent.eta,
            seeders=torrent.seeders,
            leechers=torrent.leechers,
            added_at=torrent.added_at or link.added_at,
            completed_at=torrent.completed_at,
            save_path=torrent.save_path,
            fetch_commands=fetch_commands(torrent, self._fetch),
            entries=tuple(
                TorrentEntryReply(provider=e.provider, id=e.entry, work=e.work, episode=e.episode)
                for e in link.episodes
            ),
            owners=link.owners,
            foreign=link.foreign,
            labels=link.labels,
            error=torrent.error,
        )

    def fetch_problem(self, link: Link) -> str | None:
        """Say why the owner of a torrent is told no lines that bring it; None if they are."""
        torrent = self.torrent(link)
        if torrent is None:
            return "its client does not show it"
        return fetch_problem(torrent, self._fetch)

    def _absent(self, link: Link, since: float) -> Torrent:
        """Return how a torrent looks that its client does not show: not yet, or no longer.

        It is missing only if that is recorded: a client that is away, or that lost its state,
        says nothing about what it has.
        """
        state, error = self._why_absent(link, since)
        return Torrent(info_hash=link.info_hash, name=link.name, state=state, error=error)

    def _has_answered(self, link: Link) -> bool:
        return self._snapshots.of(link.client).synced_at is not None

    def _why_absent(self, link: Link, since: float) -> tuple[TorrentState, str | None]:
        name = link.client
        if link.state is LinkState.MISSING:
            return TorrentState.MISSING, f"{name} no longer has it"
        if not self.is_configured(link):
            return TorrentState.ERROR, f"{name} is no longer in the configuration"
        if link.state is LinkState.PENDING:
            return TorrentState.QUEUED, None
        if not self._has_answered(link):
            return TorrentState.QUEUED, f"{name} has not answered yet"
        if not self.is_settled(link, since=since):
            return TorrentState.QUEUED, None
        return TorrentState.QUEUED, f"{name} shows nothing of it; it is not recorded as missing"
