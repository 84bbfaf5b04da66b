"""The relatives of a show: what tells its episodes from those of its sequels."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from ..backends import RelationReader, WatchlistProvider
from ..domain import EntryId, Relation, RelationKind, Wanted, Work
from ..errors import BackendError
from ..instances import Instances
from ..store import relations as stored

FRESH_FOR = timedelta(days=7)
"""A show's relatives change rarely: a sequel is announced months ahead."""
KEPT = 500
"""How many shows' relatives are held in memory."""

Known = tuple[tuple[Relation, ...], datetime]

log = logging.getLogger("uuutd.relations")


class Relations:
    """Reads relatives from the providers, and keeps what they said."""

    def __init__(self, instances: Instances) -> None:
        self._instances = instances
        self._memory: dict[tuple[str, EntryId], Known] = {}

    async def of(self, provider: str, entry: EntryId) -> tuple[Relation, ...]:
        """Return the relatives of a show, the last known ones if the provider does not answer.

        Raises the provider's error when nothing is known: without relatives the first
        season's episode 5 cannot be told from the second's.
        """
        key = (provider, entry)
        known = self._memory.get(key) or await stored.load(provider, entry)
        if known is None or datetime.now(UTC) - known[1] > FRESH_FOR:
            known = await self._ask(provider, entry, known)
        while len(self._memory) >= KEPT:
            del self._memory[next(iter(self._memory))]
        self._memory[key] = known
        return known[0]

    async def _ask(self, provider: str, entry: EntryId, known: Known | None) -> Known:
        try:
            relations = await self._instances.watchlist(provider).call(
                "relations", lambda b: _relations(b, entry)
            )
        except BackendError as error:
            if known is None:
                raise
            log.info("%s: going on with the relatives of %s: %s", provider, known[1], error)
            return known
        await stored.save(provider, entry, relations)
        return relations, datetime.now(UTC)

    async def wanted(self, provider: str, work: Work, episode: int) -> Wanted:
        """Return what to look for."""
        relations = await self.of(provider, work.id)
        prequels = sorted(
            (r for r in relations if r.kind is RelationKind.PREQUEL), key=lambda r: r.distance
        )
        return Wanted(
            work=work,
            episode=episode,
            prequels=tuple(relation.work for relation in prequels),
            related=tuple(r for r in relations if r.kind is not RelationKind.PREQUEL),
        )


async def _relations(backend: WatchlistProvider[Any], entry: EntryId) -> tuple[Relation, ...]:
    if not isinstance(backend, RelationReader):
        return ()
    return tuple(await backend.relations(entry))
