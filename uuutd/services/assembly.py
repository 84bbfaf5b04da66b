"""All services, made once and given to one another."""

from collections.abc import Sequence
from typing import Any

import attrs

from ..choice import Judge
from ..domain import Taste
from ..instance import Instance
from ..instances import Instances
from ..keys import KeyRing
from ..tasks import Tasks
from .accounts import Accounts
from .auth import Auth
from .events import Events
from .jobs import Jobs
from .packs import Packs
from .preferences import Preferences
from .presence import Presence
from .reconcile import Reconciler
from .relations import Relations
from .releases import Releases
from .runner import Runner
from .snapshots import Snapshots
from .torrents import Torrents
from .watchlists import Watchlists


@attrs.frozen(kw_only=True)
class Services:
    """Everything that the web face asks, and what looks after the rest."""

    auth: Auth
    accounts: Accounts
    watchlists: Watchlists
    releases: Releases
    preferences: Preferences
    jobs: Jobs
    torrents: Torrents
    events: Events
    instances: Instances
    reconciler: Reconciler


def assemble(
    *,
    auth: Auth,
    keys: KeyRing,
    instances: Instances,
    tasks: Tasks,
    taste: Taste,
    judges: Sequence[tuple[str, Judge]] = (),
) -> Services:
    """Make the services; their tasks end with *tasks*."""
    events = Events()

    def tell(instance: Instance[Any]) -> None:
        events.publish("backend", instance.reply())

    instances.listen(tell)
    snapshots = Snapshots(instances, tasks, watched=lambda: events.watchers > 0)
    snapshots.start()
    events.on_watch = snapshots.wake
    accounts = Accounts(instances=instances, box=keys.box)
    torrents = Torrents(snapshots, instances, events, tasks)
    watchlists = Watchlists(accounts, instances, torrents, events, tasks)
    relations = Relations(instances, tasks)
    preferences = Preferences(watchlists, taste)
    releases = Releases(watchlists, relations, instances, preferences=preferences, judges=judges)
    presence, packs = Presence(instances, tasks), Packs(instances, relations)
    runner = Runner(watchlists, releases, instances, presence, packs, tasks)
    jobs = Jobs(runner, watchlists, relations, torrents, instances, events, tasks)
    return Services(
        auth=auth,
        accounts=accounts,
        watchlists=watchlists,
        releases=releases,
        preferences=preferences,
        jobs=jobs,
        torrents=torrents,
        events=events,
        instances=instances,
        reconciler=Reconciler(jobs, watchlists, snapshots),
    )
