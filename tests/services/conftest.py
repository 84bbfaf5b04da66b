"""The services on a real database, with backends that live in memory."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import attrs
import pytest

from uuutd.config import BackendTable, Fetch
from uuutd.domain import (
    Airing,
    Entry,
    EntryId,
    Format,
    Language,
    ListStatus,
    Release,
    Taste,
    Titles,
    Work,
)
from uuutd.fetch import open_sessions
from uuutd.instances import Instances
from uuutd.keys import KeyRing
from uuutd.metrics import Metrics
from uuutd.passwords import Passwords
from uuutd.services.administration import Administration
from uuutd.services.assembly import Services, assemble
from uuutd.services.audit import Audit
from uuutd.services.auth import Auth
from uuutd.services.rule_table import RuleTable
from uuutd.services.signups import Signups
from uuutd.services.throttle import Throttle
from uuutd.store import users
from uuutd.store.engine import Store
from uuutd.store.records import User
from uuutd.strength import easily_guessed
from uuutd.tasks import Tasks
from uuutd.testing.fakes import (
    FakeClient,
    FakeConfig,
    FakeIndexer,
    FakeWatchlist,
    fake_hash,
)

SHOW = EntryId("100")


@attrs.frozen
class World:
    """The backends, which outlive a daemon that dies; all but *more* are called main.

    *real_clients* are programs of their own.
    """

    watchlist: FakeWatchlist
    indexer: FakeIndexer
    client: FakeClient
    more_indexers: dict[str, FakeIndexer] = attrs.field(factory=dict)
    more_clients: dict[str, FakeClient] = attrs.field(factory=dict)
    real_clients: dict[str, BackendTable] = attrs.field(factory=dict)


@attrs.frozen
class Box:
    """The services of one daemon, and the world around it."""

    services: Services
    world: World
    tasks: Tasks

    async def crash(self) -> None:
        """Stop as if killed: whatever runs ends where it stands."""
        await self.tasks.aclose()


Boot = Callable[[], "AsyncIterator[Box]"]


def same(backend):
    """Return a class whose only instance is *backend*: the world survives the daemon."""

    class Same(type(backend)):
        def __new__(cls, config, host):
            return backend

        def __init__(self, config, host):
            pass

    return Same


def tables(kind, backend, more=MappingProxyType({})):
    return {
        name: BackendTable(
            kind=kind, name=name, type=each.name, backend=same(each), settings=FakeConfig()
        )
        for name, each in {"main": backend, **more}.items()
    }


@pytest.fixture
def world() -> World:
    watchlist = FakeWatchlist(FakeConfig(), None)
    watchlist.entries[SHOW] = entry()
    indexer = FakeIndexer(FakeConfig(), None)
    indexer.releases = [release("[Kagami] Yoru no Toshokan - 05 (1080p).mkv", seeders=50)]
    return World(watchlist, indexer, FakeClient(FakeConfig(), None))


def entry(**changes) -> Entry:
    work = Work(
        id=SHOW,
        titles=Titles(romaji="Yoru no Toshokan", english="The Night Library"),
        format=Format.TV,
        airing=Airing.RELEASING,
        episodes=12,
        season_year=2026,
        start_date=date(2026, 1, 8),
        ids={"anilist": "100", "mal": "500"},
    )
    start = Entry(work=work, status=ListStatus.CURRENT, progress=4, aired=6)
    return attrs.evolve(start, **changes)


def release(title: str, *, seeders: int = 10, **changes) -> Release:
    start = Release(
        title=title,
        info_hash=fake_hash(title),
        indexer="main",
        size=1_400_000_000,
        seeders=seeders,
        published_at=datetime(2026, 2, 6, tzinfo=UTC),
        language=Language.ENGLISH,
        trackers=("http://tracker.invalid/announce",),
    )
    return attrs.evolve(start, **changes)


@pytest.fixture
def boot(store: Store, world: World, tmp_path: Path):
    """Return a context manager that runs a daemon's services on the same database and world."""
    keys = KeyRing.create(tmp_path / "keys" / "keys.json")

    @asynccontextmanager
    async def start(
        rules: RuleTable | None = None, fetch: Fetch | None = None
    ) -> AsyncIterator[Box]:
        async with AsyncExitStack() as stack:
            http, outside = await stack.enter_async_context(open_sessions("test"))
            instances = Instances(
                data_dir=tmp_path,
                http=http,
                outside=outside,
                metrics=Metrics(),
                watchlists=tables("watchlist", world.watchlist),
                indexers=tables("indexer", world.indexer, world.more_indexers),
                clients={
                    **tables("client", world.client, world.more_clients),
                    **world.real_clients,
                },
            )
            stack.push_async_callback(instances.stop)
            passwords = Passwords(rounds=4, judge=easily_guessed)
            stack.callback(passwords.close)
            tasks = Tasks()
            stack.push_async_callback(tasks.aclose)
            throttle = Throttle(per_second=1000)
            signups = Signups(passwords=passwords, throttle=throttle, audit=Audit(), mode="open")
            services = assemble(
                auth=Auth(
                    keys=keys,
                    passwords=passwords,
                    throttle=throttle,
                    audit=Audit(),
                    metrics=Metrics(),
                ),
                signups=signups,
                administration=Administration(
                    signups=signups, passwords=passwords, throttle=throttle, audit=Audit()
                ),
                keys=keys,
                instances=instances,
                tasks=tasks,
                taste=Taste(),
                rules=rules,
                fetch=fetch,
            )
            await instances.start()
            yield Box(services, world, tasks)

    return start


@pytest.fixture
async def box(boot) -> AsyncIterator[Box]:
    async with boot() as started:
        yield started


async def make_user(box: Box, name: str = "mika") -> User:
    await box.services.signups.add_user(name, "a lantern over the sea", role="user")
    found = await users.find(name)
    assert found is not None
    user = found[0]
    await box.services.accounts.link(user, "main", {"answer": FakeWatchlist.token})
    return user


@pytest.fixture
async def user(box: Box) -> User:
    return await make_user(box)
