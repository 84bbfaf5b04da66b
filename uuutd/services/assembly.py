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
from .beside import Beside
from .events import Events
from .jobs import Jobs
from .numbering import Numbering
from .offers import Offers
from .packs import Packs
from .preferences import Preferences
from .presence import Presence
from .reconcile import Reconciler
from .relations import Relations
from .releases import Releases
from .rule_table import RuleTable
from .runner import Runner
from .searches import Searches
from .snapshots import Snapshots
from .torrents import Torrents
from .upgrades import Upgrades
from .watchlists import Watchlists


@attrs.frozen(kw_only=True)
class Services:
    """Everything that the web face asks, and what looks after the rest."""

    auth: Auth
    accounts: Accounts
    watchlists: Watchlists
    releases: Releases
    searches: Searches
    preferences: Preferences
    numbering: Numbering
    jobs: Jobs
    upgrades: Upgrades
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
    rules: RuleTable | None = None,
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
    relations = Relations(instances, tasks, rules)
    preferences = Preferences(watchlists, taste)
    offers = Offers(torrents, events, tasks)
    searches = Searches(tasks, offers, judges)
    releases = Releases(
        watchlists,
        relations,
        instances,
        preferences=preferences,
        searches=searches,
        offers=offers,
        judges=judges,
    )
    presence, packs = Presence(instances, tasks), Packs(instances, relations, preferences)
    beside = Beside(instances)
    runner = Runner(watchlists, releases, instances, presence, packs, beside, tasks)
    jobs = Jobs(runner, watchlists, relations, torrents, instances, events, tasks)
    upgrades = Upgrades(jobs, watchlists, releases, offers, torrents, instances, snapshots, tasks)
    return Services(
        auth=auth,
        accounts=accounts,
        watchlists=watchlists,
        releases=releases,
        searches=searches,
        preferences=preferences,
        numbering=Numbering(watchlists, relations, preferences, rules),
        jobs=jobs,
        upgrades=upgrades,
        torrents=torrents,
        events=events,
        instances=instances,
        reconciler=Reconciler(jobs, upgrades, watchlists, snapshots, searches),
    )
