"""How long torrents must be seeded before they are removed, as their indexers ask for."""

from datetime import UTC, datetime, timedelta

from ..instances import Instances
from ..store import links, origins
from ..store.records import Intent


class Seeding:
    """Knows when a torrent has been seeded for long enough.

    An indexer asks for it with a setting of its own, ``min_seed_minutes``.
    """

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    async def until(self, removal: Intent) -> datetime | None:
        """Return until when the torrent of a removal must stay in its client, None if it may go.

        It may if somebody else keeps it, if it never was finished, or if the client does not
        say when it was.  Raises the client's errors.
        """
        name, info_hash = removal.client or "", removal.info_hash
        if info_hash is None or name not in self._instances.clients:
            return None
        asked = [self._asked(each) for each in await origins.indexers_of(name, info_hash)]
        if not any(asked) or await links.of_torrent(name, info_hash):
            return None
        rows = await self._instances.client(name).call(
            "torrents", lambda c: c.torrents([info_hash])
        )
        if not rows or rows[0].progress < 1.0 or rows[0].completed_at is None:
            return None
        until = rows[0].completed_at + timedelta(minutes=max(asked))
        return until if until > datetime.now(UTC) else None

    def _asked(self, indexer: str) -> float:
        """Return for how many minutes an indexer wants its torrents seeded."""
        instance = self._instances.indexers.get(indexer)
        asked: float = getattr(instance.settings, "min_seed_minutes", 0.0) if instance else 0.0
        return asked
