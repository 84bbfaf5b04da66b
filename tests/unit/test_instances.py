"""The life of configured backends: opening, going down, mending, closing."""

import asyncio
import stat
from collections.abc import Callable
from contextlib import asynccontextmanager

import attrs
import pytest

from uuutd.backends import Indexer, TorrentFileFetcher
from uuutd.breaker import Patience
from uuutd.config import BackendTable
from uuutd.errors import (
    BadReply,
    Invalid,
    LinkExpired,
    LoginFailed,
    NotFound,
    RateLimited,
    TimedOut,
    Unavailable,
)
from uuutd.fetch import open_sessions
from uuutd.instances import Instances
from uuutd.metrics import Metrics

QUICK = Patience(failures=5, first=0.05, longest=0.4)
SLOW = Patience(failures=5, first=60, longest=900)


@attrs.frozen
class Settings:
    """How the service behaves; each raises or returns what the test says at that moment."""

    opens: Callable[[], object] = lambda: None
    checks: Callable[[], object] = lambda: "1.0"
    searches: Callable[[], object] = list


class Site(Indexer[Settings]):
    name, title, Config = "site", "Site", Settings

    def __init__(self, config, host):
        super().__init__(config, host)
        self.events = []

    async def open(self):
        self.events.append("open")
        await _said(self.config.opens)

    async def close(self):
        self.events.append("close")

    async def check(self):
        self.events.append("check")
        return await _said(self.config.checks)

    async def search(self, wanted, *, limit):
        self.events.append("search")
        return await _said(self.config.searches)


class Fetching(Site, TorrentFileFetcher):
    async def fetch(self, release):
        return b""


async def _said(call):
    answer = call()
    return await answer if asyncio.iscoroutine(answer) else answer


def raises(error):
    def call():
        raise error

    return call


def in_turn(*calls, then=list):
    """Return what does each of *calls* once, and *then* for ever."""
    plan = iter(calls)

    def call():
        return next(plan, then)()

    return call


def table(name="site", backend=Site, problem=None, **settings):
    return BackendTable(
        kind="indexer",
        name=name,
        type="site",
        backend=backend,
        settings=Settings(**settings),
        problem=problem,
    )


@asynccontextmanager
async def started(tmp_path, *tables, patience=SLOW, metrics=None):
    async with open_sessions("test") as (http, outside):
        instances = Instances(
            data_dir=tmp_path,
            http=http,
            outside=outside,
            metrics=metrics or Metrics(),
            indexers={each.name: each for each in tables},
            patience=patience,
        )
        await instances.start()
        try:
            yield instances
        finally:
            await instances.stop()


def search(instance, **options):
    return instance.call("search", lambda site: site.search("x", limit=5), **options)


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - it waits for any of several things
            await asyncio.sleep(0.005)


async def test_a_backend_opens_in_the_background_and_says_its_version(tmp_path):
    async with started(tmp_path, table()) as instances:
        assert instances.indexer("site").state == "opening"
        assert await search(instances.indexer("site")) == []
        await instances.indexer("site").opened()
        (reply,) = instances.replies().backends
        assert (reply.kind, reply.name, reply.state, reply.version) == (
            "indexer",
            "site",
            "ready",
            "1.0",
        )


async def test_its_folder_is_its_own_and_nobody_elses(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    async with started(folder, table()) as instances:
        await instances.indexer("site").opened()
        own = folder / "backends" / "indexer" / "site"
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        assert stat.S_IMODE(own.parent.stat().st_mode) == 0o700


async def test_a_call_waits_for_opening_but_no_longer_than_it_may(tmp_path):
    gate = asyncio.Event()
    async with started(tmp_path, table(opens=gate.wait)) as instances:
        site = instances.indexer("site")
        with pytest.raises(TimedOut, match="still starting"):
            await search(site, seconds=0.05)
        waiting = asyncio.create_task(search(site, seconds=5))
        await asyncio.sleep(0)
        gate.set()
        assert await waiting == []


async def test_one_that_hangs_while_opening_holds_up_nobody(tmp_path):
    hung = table("hung", opens=lambda: asyncio.Event().wait())
    async with started(tmp_path, hung, table("good")) as instances:
        async with asyncio.timeout(2):
            assert await search(instances.indexer("good")) == []
        assert instances.indexer("hung").state == "opening"


async def test_one_whose_class_cannot_be_made_is_disabled_and_named(tmp_path):
    class Broken(Site):
        def __init__(self, config, host):
            raise ZeroDivisionError("no")

    async with started(tmp_path, table("bad", Broken), table("good")) as instances:
        await instances.indexer("bad").opened()
        (bad, _) = instances.replies().backends
        assert bad.state == "disabled"
        assert "ZeroDivisionError: no" in bad.problem
        with pytest.raises(Unavailable, match=r"indexer bad is not available: .*ZeroDivisionError"):
            await search(instances.indexer("bad"))
        assert await search(instances.indexer("good")) == []


async def test_one_whose_plugin_does_not_work_is_disabled_and_named(tmp_path):
    broken = table("bad", None, problem="plugin x does not work: ImportError: y")
    async with started(tmp_path, broken) as instances:
        assert instances.indexer("bad").reply().state == "disabled"
        assert not instances.indexer("bad").supports(TorrentFileFetcher)
        with pytest.raises(Unavailable, match="plugin x does not work"):
            await search(instances.indexer("bad"))
        assert (await instances.check("indexer", "bad")).state == "disabled"


async def test_a_service_that_is_down_at_the_start_is_tried_again_by_itself(tmp_path):
    down = raises(Unavailable("refused"))
    site = table(checks=in_turn(down, down, then=lambda: "2.0"))
    async with started(tmp_path, site, patience=QUICK) as instances:
        await instances.indexer("site").opened()
        reply = instances.indexer("site").reply()
        assert (reply.state, reply.problem) == ("down", "refused")
        assert reply.retry_at is not None
        await until(lambda: instances.indexer("site").state == "ready")
        assert instances.indexer("site").version == "2.0"
        assert instances.indexer("site").problem is None


async def test_after_five_failures_in_a_row_nobody_asks_any_more(tmp_path):
    asked = []

    def searches():
        asked.append(1)
        raise BadReply("garbage")

    async with started(tmp_path, table(searches=searches)) as instances:
        site = instances.indexer("site")
        await site.opened()
        for _ in range(4):
            with pytest.raises(BadReply):
                await search(site)
        assert site.state == "ready"
        with pytest.raises(BadReply):
            await search(site)
        assert site.state == "down"
        with pytest.raises(Unavailable, match="garbage") as refused:
            await search(site)
        assert 59 < refused.value.retry_after <= 60
        assert (refused.value.backend, refused.value.operation) == ("site", "search")
        assert len(asked) == 5


async def test_waits_double_up_to_the_longest_while_probes_fail(tmp_path):
    well, times = True, []

    def checks():
        if well:
            return "1"
        times.append(asyncio.get_running_loop().time())
        raise Unavailable("still down")

    def searches():
        raise Unavailable("down")

    patience = Patience(failures=1, first=0.05, longest=0.2)
    site = table(checks=checks, searches=searches)
    async with started(tmp_path, site, patience=patience) as instances:
        await instances.indexer("site").opened()
        well = False
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await search(instances.indexer("site"))
        await until(lambda: len(times) >= 4)
        gaps = [later - earlier for earlier, later in zip([began, *times], times, strict=False)]
        for gap, expected in zip(gaps, (0.05, 0.1, 0.2, 0.2), strict=False):
            assert expected - 0.01 <= gap < expected + 0.15
        well = True
        await until(lambda: instances.indexer("site").state == "ready")


@pytest.mark.parametrize("error", [NotFound("x"), Invalid("x"), LinkExpired("x")])
async def test_what_the_user_has_to_mend_is_no_failure_of_the_service(tmp_path, error):
    async with started(tmp_path, table(searches=raises(error))) as instances:
        site = instances.indexer("site")
        await site.opened()
        for _ in range(6):
            with pytest.raises(type(error)):
                await search(site)
        assert site.state == "ready"


async def test_a_success_in_between_begins_the_count_anew(tmp_path):
    answers = [raises(TimedOut("slow"))] * 4 + [list] + [raises(TimedOut("slow"))] * 4
    async with started(tmp_path, table(searches=in_turn(*answers))) as instances:
        site = instances.indexer("site")
        await site.opened()
        await asyncio.gather(*(search(site) for _ in answers), return_exceptions=True)
        assert site.state == "ready"


async def test_a_service_that_asks_to_wait_is_left_alone_so_long(tmp_path):
    asked = []

    def searches():
        asked.append(1)
        if len(asked) == 1:
            raise RateLimited("slow down", retry_after=0.1)
        return []

    async with started(tmp_path, table(searches=searches), patience=QUICK) as instances:
        site = instances.indexer("site")
        await site.opened()
        with pytest.raises(RateLimited):
            await search(site)
        assert (site.state, site.problem) == ("ready", "slow down")
        with pytest.raises(RateLimited) as held:
            await search(site)
        assert 0 < held.value.retry_after <= 0.1
        assert len(asked) == 1
        await asyncio.sleep(held.value.retry_after)
        assert await search(site) == []
        assert site.problem is None


async def test_an_absurd_wait_is_capped(tmp_path):
    site = table(searches=raises(RateLimited("go away", retry_after=1e9)))
    async with started(tmp_path, site) as instances:
        await instances.indexer("site").opened()
        with pytest.raises(RateLimited):
            await search(instances.indexer("site"))
        with pytest.raises(RateLimited) as held:
            await search(instances.indexer("site"))
        assert held.value.retry_after <= 900


async def test_a_refused_login_is_not_tried_again_before_somebody_says_so(tmp_path):
    attempts, right = [], False

    def login():
        attempts.append(1)
        if not right:
            raise LoginFailed("wrong password", hint="See [clients.site] password.")
        return "1.0"

    site = table(checks=login)
    async with started(tmp_path, site, patience=QUICK) as instances:
        await instances.indexer("site").opened()
        for _ in range(3):
            with pytest.raises(LoginFailed, match="wrong password") as refused:
                await search(instances.indexer("site"))
            assert refused.value.hint == "See [clients.site] password."
        await asyncio.sleep(3 * QUICK.first)
        assert len(attempts) == 1
        reply = await instances.check("indexer", "site")
        assert (reply.state, len(attempts)) == ("misconfigured", 2)
        right = True
        reply = await instances.check("indexer", "site")
        assert (reply.state, reply.problem) == ("ready", None)
        assert await search(instances.indexer("site")) == []


async def test_one_that_failed_to_open_is_closed_and_made_anew(tmp_path):
    made = []

    class Noted(Site):
        def __init__(self, config, host):
            super().__init__(config, host)
            made.append(self)

    site = table("site", Noted, opens=in_turn(raises(OSError("port taken"))))
    async with started(tmp_path, site, patience=QUICK) as instances:
        await until(lambda: instances.indexer("site").state == "ready")
    assert [each.events for each in made] == [["open", "close"], ["open", "check", "close"]]


async def test_stopping_closes_also_what_still_opens(tmp_path):
    made = []

    class Noted(Site):
        def __init__(self, config, host):
            super().__init__(config, host)
            made.append(self)

    site = table("site", Noted, opens=lambda: asyncio.Event().wait())
    async with started(tmp_path, site) as instances:
        await until(lambda: made and made[0].events)
    assert made[0].events == ["open", "close"]
    assert instances.indexer("site").state == "closed"
    with pytest.raises(Unavailable):
        await search(instances.indexer("site"))


async def test_each_change_of_state_is_told_counted_and_logged_once(tmp_path, caplog):
    caplog.set_level("INFO")
    told, metrics = [], Metrics()
    site = table(searches=raises(Unavailable("gone")))
    async with started(tmp_path, site, metrics=metrics) as instances:
        instances.listen(lambda instance: told.append(instance.state))
        await instances.indexer("site").opened()
        for _ in range(7):
            with pytest.raises(Unavailable):
                await search(instances.indexer("site"))

        def gauge(state):
            labels = {"kind": "indexer", "name": "site", "state": state}
            return metrics.registry.get_sample_value("uuutd_backend_state", labels)

        assert (gauge("down"), gauge("ready")) == (1, 0)
        lines = [r for r in caplog.records if r.name == "uuutd.indexers.site"]
    assert told[:2] == ["ready", "down"]
    assert [r.getMessage() for r in lines] == [
        "indexer site is ready",
        "indexer site is down: gone",
    ]


async def test_abilities_show_in_the_reply_before_anything_is_open(tmp_path):
    hung = {"opens": lambda: asyncio.Event().wait()}
    tables = table("a", Fetching, **hung), table("b", **hung)
    async with started(tmp_path, *tables) as instances:
        assert [reply.can for reply in instances.replies().backends] == [("fetch",), ()]
        assert instances.indexer("a").supports(TorrentFileFetcher)


async def test_unknown_names_and_a_missing_client_say_what_to_do(tmp_path):
    async with started(tmp_path, table("one"), table("two")) as instances:
        with pytest.raises(NotFound, match="No indexer is configured as three") as unknown:
            instances.indexer("three")
        assert unknown.value.hint == "indexers: one, two"
        with pytest.raises(NotFound) as none:
            instances.default_client()
        assert "[clients.NAME]" in none.value.hint
        with pytest.raises(NotFound):
            await instances.check("client", "one")
