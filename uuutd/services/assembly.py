"""All services, made once and given to one another."""

from collections.abc import Sequence
from typing import Any

import attrs

from ..choice import Judge
from ..config import Disk, Fetch, Stalled
from ..domain import Taste
from ..instance import Instance
from ..instances import Instances
from ..keys import Keys
from ..tasks import Tasks
from .accounts import Accounts
from .additions import Additions
from .administration import Administration
from .audit import Audit
from .auth import Auth
from .beside import Beside
from .board import Board
from .departures import Departures
from .events import Events
from .jobs import Jobs
from .locks import Locks
from .numbering import Numbering
from .offers import Offers
from .packs import Packs
from .personal_tokens import PersonalTokens
from .preferences import Preferences
from .presence import Presence
from .reconcile import Reconciler
from .relations import Relations
from .releases import Releases
from .remover import Remover
from .renewal import Renewal
from .room import Room
from .routing import Routing
from .rows import Rows
from .rule_table import RuleTable
from .runner import Runner
from .searches import Searches
from .seeding import Seeding
from .signups import Signups
from .snapshots import Snapshots
from .stalled import StalledDownloads
from .stewardship import Stewardship
from .taking import Taking
from .torrent_actions import TorrentActions
from .torrent_details import TorrentDetails
from .torrents import Torrents
from .upgrades import Upgrades
from .watchlists import Watchlists


@attrs.frozen(kw_only=True)
class Services:
    """Everything that the web face asks, and what looks after the rest."""

    auth: Auth
    signups: Signups
    personal_tokens: PersonalTokens
    administration: Administration
    audit: Audit
    accounts: Accounts
    watchlists: Watchlists
    releases: Releases
    searches: Searches
    preferences: Preferences
    numbering: Numbering
    jobs: Jobs
    upgrades: Upgrades
    torrents: Torrents
    torrent_actions: TorrentActions
    torrent_details: TorrentDetails
    stewardship: Stewardship
    events: Events
    instances: Instances
    reconciler: Reconciler
    renewal: Renewal
    stalled: StalledDownloads


def assemble(
    *,
    auth: Auth,
    signups: Signups,
    administration: Administration,
    keys: Keys,
    instances: Instances,
    tasks: Tasks,
    taste: Taste,
    judges: Sequence[tuple[str, Judge]] = (),
    rules: RuleTable | None = None,
    stalled: Stalled | None = None,
    disk: Disk | None = None,
    fetch: Fetch | None = None,
) -> Services:
    """Make the services; their tasks end with *tasks*."""
    events, locks = Events(), Locks()

    def tell(instance: Instance[Any]) -> None:
        events.publish("backend", instance.reply())

    instances.listen(tell)
    snapshots = Snapshots(instances, tasks, watched=lambda: events.watchers > 0)
    snapshots.start()
    events.on_watch = snapshots.wake
    accounts = Accounts(instances=instances, box=keys.box)
    rows = Rows(snapshots, instances, fetch or Fetch())
    torrents = Torrents(snapshots, rows, Board(snapshots, rows, events, tasks))
    renewal = Renewal(accounts, instances, events, tasks)
    watchlists = Watchlists(accounts, renewal, instances, torrents, events, tasks)
    relations = Relations(instances, tasks, rules)
    preferences = Preferences(watchlists, taste, instances.clients)
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
    taking, room = Taking(instances, beside), Room(instances, disk or Disk(), tasks)
    runner = Runner(
        watchlists,
        releases,
        instances,
        presence=presence,
        packs=packs,
        taking=taking,
        beside=beside,
        room=room,
        remover=Remover(instances, seeding=Seeding(instances), locks=locks),
        locks=locks,
        tasks=tasks,
    )
    routing = Routing(instances)
    jobs = Jobs(
        runner,
        watchlists,
        relations,
        torrents,
        instances,
        additions=Additions(watchlists, routing),
        routing=routing,
        room=room,
        audit=administration.audit,
        events=events,
        tasks=tasks,
    )
    upgrades = Upgrades(jobs, watchlists, releases, offers, torrents, instances, snapshots, tasks)
    departures = Departures(jobs, torrents, tasks)
    administration.on_leaving = departures.stir
    return Services(
        auth=auth,
        signups=signups,
        personal_tokens=auth.personal_tokens,
        administration=administration,
        audit=administration.audit,
        accounts=accounts,
        watchlists=watchlists,
        releases=releases,
        searches=searches,
        preferences=preferences,
        numbering=Numbering(watchlists, relations, preferences, rules),
        jobs=jobs,
        upgrades=upgrades,
        torrents=torrents,
        torrent_actions=TorrentActions(instances, snapshots, torrents, locks),
        torrent_details=TorrentDetails(torrents, rows, instances),
        stewardship=Stewardship(instances, torrents, locks, administration.audit),
        events=events,
        instances=instances,
        reconciler=Reconciler(
            jobs,
            upgrades,
            watchlists,
            instances,
            snapshots=snapshots,
            searches=searches,
            room=room,
            departures=departures,
        ),
        renewal=renewal,
        stalled=StalledDownloads(
            stalled or Stalled(), jobs, instances, snapshots, events=events, tasks=tasks
        ),
    )
