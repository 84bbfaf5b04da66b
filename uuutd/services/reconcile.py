"""Putting the records and the clients in step again, at start and every minute."""

import asyncio
import logging

import attrs

from ..domain import InfoHash
from ..errors import Busy, Error
from ..store import intents, links
from ..store.records import LinkState
from .jobs import Jobs
from .runner import LABEL
from .searches import Searches
from .snapshots import Snapshot, Snapshots
from .upgrades import Upgrades
from .watchlists import Watchlists

EVERY = 60.0
"""Seconds between two rounds."""
GUARD_SHARE = 0.2
"""If more than this part of a client's torrents is gone at once, the client lost its state."""
GUARD_FROM = 5
"""How many torrents must be gone before that is considered."""

log = logging.getLogger("uuutd.reconcile")


@attrs.frozen
class Drift:
    """How far the records and one client are apart.

    *orphans* carry our label and nobody here owns them: they are reported to the
    administrator, and never deleted.
    """

    missing: frozenset[InfoHash] = frozenset()
    back: frozenset[InfoHash] = frozenset()
    orphans: frozenset[InfoHash] = frozenset()
    alarm: bool = False


class Reconciler:
    """Looks after what nobody waits for."""

    def __init__(
        self,
        jobs: Jobs,
        upgrades: Upgrades,
        watchlists: Watchlists,
        snapshots: Snapshots,
        searches: Searches,
    ) -> None:
        self._jobs = jobs
        self._upgrades = upgrades
        self._watchlists = watchlists
        self._snapshots = snapshots
        self._searches = searches
        self.drift: dict[str, Drift] = {}

    async def forever(self) -> None:
        """Run a round now and every minute."""
        while True:
            try:
                await self.once()
            except Exception:  # whatever it is, the next round must come
                log.exception("a round of reconciliation failed")
            await asyncio.sleep(EVERY)

    async def once(self) -> None:
        """Run one round; what does not answer is left for the next."""
        try:
            await self._jobs.resume_all()
            for snapshot in self._snapshots.all():
                self.drift[snapshot.name] = await self._compare(snapshot)
            await self._upgrades.settle()
            await self._watchlists.send_progress()
            await intents.forget_replays()
            await self._searches.prune()
        except Busy as error:
            log.warning("reconciliation waits for the database: %s", error)
        except Error as error:
            log.warning("reconciliation goes on in a minute: %s", error)

    async def _compare(self, snapshot: Snapshot) -> Drift:
        """Compare the records with what a client really has now."""
        try:
            await self._snapshots.refresh(snapshot)
        except Error as error:
            log.info("%s cannot be compared with the records: %s", snapshot.name, error)
            return self.drift.get(snapshot.name, Drift())
        rows = dict(snapshot.rows)  # as of now: what comes meanwhile is not compared
        owned = [link for link in await links.everybody() if link.client == snapshot.name]
        known = await links.known(snapshot.name)
        there = set(rows)
        live = {link.info_hash for link in owned if link.state is LinkState.LIVE}
        lost = {link.info_hash for link in owned if link.state is LinkState.MISSING}
        drift = Drift(
            missing=frozenset(live - there),
            back=frozenset(lost & there),
            orphans=frozenset(
                key for key, row in rows.items() if row.label == LABEL and key not in known
            ),
        )
        return await self._write(snapshot.name, drift, len(live))

    async def _write(self, client: str, drift: Drift, live: int) -> Drift:
        gone = len(drift.missing)
        if gone >= GUARD_FROM and gone > GUARD_SHARE * live:
            log.error(
                "%s shows only %d of %d torrents: it seems to have lost its state, "
                "and nothing is recorded as missing",
                client,
                live - gone,
                live,
            )
            return attrs.evolve(drift, alarm=True)
        if drift.missing:
            log.warning("%s no longer has %d torrents that somebody owns", client, gone)
            await links.mark(client, drift.missing, missing=True)
        if drift.back:
            await links.mark(client, drift.back, missing=False)
        for orphan in drift.orphans:
            log.warning("%s has %s with our label, and nobody owns it", client, orphan)
        return drift
