"""The relatives of a show: what tells its episodes from those of its sequels."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from ..backends import RelationReader, WatchlistProvider
from ..domain import EntryId, Relation, RelationKind, Wanted, Work
from ..errors import BackendError
from ..instances import Instances
from ..store import relations as stored
from ..tasks import Tasks
from .rule_table import RuleTable

FRESH_FOR = timedelta(days=7)
"""A show's relatives change rarely: a sequel is announced months ahead."""
KEPT = 500
"""How many shows' relatives are held in memory."""

Key = tuple[str, EntryId]
Known = tuple[tuple[Relation, ...], datetime]

log = logging.getLogger("uuutd.relations")


class Relations:
    """Reads relatives from the providers, and keeps what they said."""

    def __init__(self, instances: Instances, tasks: Tasks, rules: RuleTable | None = None) -> None:
        self._instances = instances
        self._rules = rules
        self._tasks = tasks
        self._memory: dict[Key, Known] = {}
        self._reading: dict[Key, asyncio.Task[Known]] = {}

    def foresee(self, provider: str, entry: EntryId) -> None:
        """Begin to read the relatives of a show that will be wanted in a moment."""
        self._begin((provider, entry))

    async def at_hand(self, provider: str, entry: EntryId) -> bool:
        """Whether a show's relatives can be told without asking its provider.

        If not it is asked now: whoever wants to know is about to.
        """
        key = (provider, entry)
        if key in self._reading:
            return False
        known = await self._kept(key)
        if known is not None and not _is_old(known):
            return True
        if key not in self._reading:  # nobody has begun meanwhile
            self._begin(key, self._ask(key, known))
        return False

    async def of(self, provider: str, entry: EntryId) -> tuple[Relation, ...]:
        """Return the relatives of a show, the last known ones if the provider does not answer.

        Raises the provider's error when nothing is known: without relatives the first
        season's episode 5 cannot be told from the second's.
        """
        key = (provider, entry)
        known = self._memory.get(key)
        if known is None or _is_old(known):
            known = await asyncio.shield(self._begin(key))
        return known[0]

    def _begin(
        self, key: Key, reading: Coroutine[Any, Any, Known] | None = None
    ) -> asyncio.Task[Known]:
        """Read the relatives of a show; however many want them, they are read once."""
        task = self._reading.get(key)
        if task is None:
            reading = reading or self._read(key)
            task = self._reading[key] = self._tasks.spawn(reading, name="relations")
            task.add_done_callback(lambda _: self._reading.pop(key))
        return task

    async def _read(self, key: Key) -> Known:
        known = await self._kept(key)
        return known if known and not _is_old(known) else await self._ask(key, known)

    async def _kept(self, key: Key) -> Known | None:
        known = self._memory.get(key) or await stored.load(*key)
        if known is not None:
            self._keep(key, known)
        return known

    def _keep(self, key: Key, known: Known) -> None:
        while len(self._memory) >= KEPT:
            del self._memory[next(iter(self._memory))]
        self._memory[key] = known

    async def _ask(self, key: Key, known: Known | None) -> Known:
        provider, entry = key
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
        known = relations, datetime.now(UTC)
        self._keep(key, known)
        return known

    async def wanted(
        self, provider: str, work: Work, episode: int, *, counts_from: int | None = None
    ) -> Wanted:
        """Return what to look for; *counts_from* is what the user says of its numbers."""
        relations = await self.of(provider, work.id)
        prequels = sorted(
            (r for r in relations if r.kind is RelationKind.PREQUEL), key=lambda r: r.distance
        )
        works = (work, *(relation.work for relation in relations))
        return Wanted(
            work=work,
            episode=episode,
            prequels=tuple(relation.work for relation in prequels),
            related=tuple(r for r in relations if r.kind is not RelationKind.PREQUEL),
            redirects=self._rules.table.redirects(works) if self._rules else (),
            counts_from=counts_from,
        )


def _is_old(known: Known) -> bool:
    # What seems to be of the future was read before the clock was put back.
    return not timedelta(0) <= datetime.now(UTC) - known[1] <= FRESH_FOR


async def _relations(backend: WatchlistProvider[Any], entry: EntryId) -> tuple[Relation, ...]:
    if not isinstance(backend, RelationReader):
        return ()
    return tuple(await backend.relations(entry))
