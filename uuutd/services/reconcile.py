"""Putting the records and the clients in step again, at start and every minute."""

import asyncio
import logging

import attrs

from ..domain import InfoHash
from ..errors import Busy, Conflict, Error
from ..instances import Instances
from ..store import intents, links
from ..store.records import LinkState
from ..wire import BackendReply
from .departures import Departures
from .jobs import Jobs
from .remover import LABEL
from .room import Room
from .searches import Searches
from .snapshots import Snapshot, Snapshots
from .upgrades import Upgrades
from .waiting import LOST_STATE
from .watchlists import Watchlists

EVERY = 60.0
"""Seconds between two rounds."""
GUARD_SHARE = 0.2
"""If more than this part of a client's torrents is gone at once, the client lost its state."""
GUARD_FROM = 2
"""How many torrents must be gone before that is considered."""

log = logging.getLogger("uuutd.reconcile")


@attrs.frozen
class Drift:
    """How far the records and one client are apart.

    *missing* are those of the *live* ones, which their owners should have, that the client
    does not show any more; *absent* counts these and all that were noted before.  With *alarm*
    they are so many that nothing is recorded.  *orphans* carry our label and nobody here owns
    them: they are reported to the administrator, and never deleted.
    """

    missing: frozenset[InfoHash] = frozenset()
    back: frozenset[InfoHash] = frozenset()
    orphans: frozenset[InfoHash] = frozenset()
    live: int = 0
    absent: int = 0
    alarm: bool = False


class Reconciler:
    """Looks after what nobody waits for."""

    def __init__(
        self,
        jobs: Jobs,
        upgrades: Upgrades,
        watchlists: Watchlists,
        instances: Instances,
        *,
        snapshots: Snapshots,
        searches: Searches,
        room: Room,
        departures: Departures,
    ) -> None:
        self._jobs = jobs
        self._upgrades = upgrades
        self._watchlists = watchlists
        self._snapshots = snapshots
        self._instances = instances
        self._searches = searches
        self._room = room
        self._departures = departures
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
            await self._departures.once()
            for snapshot in self._snapshots.all():
                await self._compare(snapshot)
            await self._upgrades.settle()
            await self._watchlists.send_progress()
            await intents.forget_replays()
            await self._searches.prune()
            await self._room.look()
        except Busy as error:
            log.warning("reconciliation waits for the database: %s", error)
        except Error as error:
            log.warning("reconciliation goes on in a minute: %s", error)

    async def confirm_missing(self, client: str) -> BackendReply:
        """Record what *client* misses, however much: an administrator says that it is gone.

        Raises `uuutd.errors.Conflict` if it raises no such alarm, and the client's errors.
        """
        instance = self._instances.client(client)
        if LOST_STATE not in instance.alarms:
            raise Conflict(f"{client} misses nothing that would have to be confirmed.")
        snapshot = self._snapshots.of(client)
        await self._snapshots.refresh(snapshot)
        await self._record(client, await self._drift(snapshot), confirmed=True)
        return instance.reply()

    async def _compare(self, snapshot: Snapshot) -> None:
        """Compare the records with what a client really has now."""
        try:
            await self._snapshots.refresh(snapshot)
        except Error as error:
            log.info("%s cannot be compared with the records: %s", snapshot.name, error)
            return
        await self._record(snapshot.name, await self._drift(snapshot), confirmed=False)

    async def _drift(self, snapshot: Snapshot) -> Drift:
        rows = dict(snapshot.rows)  # as of now: what comes meanwhile is not compared
        owned = [link for link in await links.everybody() if link.client == snapshot.name]
        known = await links.known(snapshot.name)
        there = set(rows)
        live = {link.info_hash for link in owned if link.state is LinkState.LIVE}
        lost = {link.info_hash for link in owned if link.state is LinkState.MISSING}
        gone = live - there
        return Drift(
            missing=frozenset(gone),
            back=frozenset(lost & there),
            orphans=frozenset(
                key for key, row in rows.items() if row.label == LABEL and key not in known
            ),
            live=len(live),
            absent=len((gone | lost) - there),
            alarm=len(gone) >= GUARD_FROM and len(gone) > GUARD_SHARE * len(live),
        )

    async def _record(self, client: str, drift: Drift, *, confirmed: bool) -> None:
        """Write down what is missing and what is back, unless the client lost its state."""
        gone = len(drift.missing)
        drift = attrs.evolve(drift, alarm=drift.alarm and not confirmed)
        before, self.drift[client] = self.drift.get(client, Drift()), drift
        self._instances.metrics.missing.labels(client).set(drift.absent)
        self._instances.metrics.orphans.labels(client).set(len(drift.orphans))
        self._instances.client(client).alarm(
            LOST_STATE, _lost(client, drift) if drift.alarm else None
        )
        if drift.alarm:
            return
        if drift.missing:
            log.warning("%s no longer has %d torrents that somebody owns", client, gone)
            await links.mark(client, drift.missing, missing=True)
        if drift.back:
            await links.mark(client, drift.back, missing=False)
        for orphan in drift.orphans - before.orphans:
            log.warning("%s has %s with our label, and nobody owns it", client, orphan)


def _lost(client: str, drift: Drift) -> str:
    return (
        f"{client} shows only {drift.live - len(drift.missing)} of {drift.live} torrents: it seems "
        "to have lost its state. Nothing is recorded as missing until they are back, or an "
        f"administrator says that they are gone: uuut status --confirm-missing {client}"
    )
