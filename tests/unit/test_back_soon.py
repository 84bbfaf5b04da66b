"""A torrent client that was away: asked again soon while somebody waits, and never too often."""

import asyncio
from contextlib import asynccontextmanager

import attrs
import pytest

from uuutd.backends import Indexer
from uuutd.breaker import Patience
from uuutd.config import BackendTable
from uuutd.errors import BadReply, LoginFailed, TimedOut, Unavailable
from uuutd.fetch import open_sessions
from uuutd.instances import Instances
from uuutd.metrics import Metrics

HOUR = 3600.0
PATIENCE = Patience(failures=2, first=HOUR, longest=HOUR, soon=0.05)


@attrs.define
class Service:
    """What happens to whoever asks it, and how often somebody did."""

    error: Exception | None = None
    asked: int = 0

    def ask(self):
        self.asked += 1
        if self.error is not None:
            raise self.error
        return "1.0"


class Program(Indexer[Service]):
    """Its kind is what its table says; only `check` and `search` are called."""

    name, title, Config = "program", "Program", Service

    async def check(self):
        return self.config.ask()

    async def search(self, wanted, *, limit):
        self.config.ask()
        return []


class Opening(Program):
    async def open(self):
        self.config.ask()


@asynccontextmanager
async def started(folder, service, *, kind="client", backend=Program):
    table = BackendTable(kind=kind, name="box", type="program", backend=backend, settings=service)
    async with open_sessions("test") as (http, outside):
        instances = Instances(
            data_dir=folder,
            http=http,
            outside=outside,
            metrics=Metrics(),
            patience=PATIENCE,
            **{f"{kind}s": {"box": table}},
        )
        await instances.start()
        (instance,) = instances
        await instance.opened()
        try:
            yield instance
        finally:
            await instances.stop()


async def ask(instance):
    return await instance.call("pause", lambda box: box.search("x", limit=5))


async def fail(instance, service, error, times=PATIENCE.failures):
    service.error = error
    for _ in range(times):
        with pytest.raises(type(error)):
            await ask(instance)
    assert instance.state == "down"


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - it waits for any of several things
            await asyncio.sleep(0.005)


async def test_one_that_is_back_is_found_soon_by_whoever_asks(tmp_path):
    service = Service()
    async with started(tmp_path, service) as client:
        await fail(client, service, Unavailable("refused"))
        asked = service.asked
        with pytest.raises(Unavailable) as refused:
            await ask(client)
        assert refused.value.retry_after <= PATIENCE.soon  # no hour
        await until(lambda: service.asked > asked + 1)  # again and again, while it is away
        assert client.state == "down"
        service.error = None
        await until(lambda: client.state == "ready")
        assert await ask(client) == []


async def test_nobody_who_waits_no_probe(tmp_path):
    service = Service()
    async with started(tmp_path, service) as client:
        await fail(client, service, Unavailable("refused"))
        client._schedule._wanted_until = 0.0  # the last who asked has gone
        await asyncio.sleep(2 * PATIENCE.soon)  # what had begun
        asked = service.asked
        await asyncio.sleep(6 * PATIENCE.soon)
        assert service.asked == asked
        service.error = None
        client.want()
        await until(lambda: client.state == "ready")


async def test_one_that_was_away_at_the_start_is_opened_soon_after(tmp_path):
    service = Service(Unavailable("refused"))
    async with started(tmp_path, service, backend=Opening) as client:
        assert client.state == "down"
        with pytest.raises(Unavailable):
            await ask(client)
        service.error = None
        await until(lambda: client.state == "ready")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        pytest.param("client", TimedOut("no answer"), id="slow"),
        pytest.param("client", BadReply("what is this"), id="odd"),
        pytest.param("client", Unavailable("later", retry_after=HOUR), id="said-when"),
        pytest.param("indexer", Unavailable("refused"), id="others-service"),
    ],
)
async def test_what_may_be_harmed_is_left_alone_whoever_waits(tmp_path, kind, error):
    service = Service()
    async with started(tmp_path, service, kind=kind) as instance:
        await fail(instance, service, error)
        asked = service.asked
        for _ in range(6):
            with pytest.raises(Unavailable) as refused:
                await ask(instance)
            await asyncio.sleep(PATIENCE.soon)
        assert refused.value.retry_after > HOUR - 60
        assert service.asked == asked


@pytest.mark.parametrize(
    "text", ["refuses the user name and password", "has banned this address"], ids=["login", "ban"]
)
async def test_a_login_that_is_refused_when_it_is_back_is_tried_once(tmp_path, text):
    service = Service()
    async with started(tmp_path, service) as client:
        await fail(client, service, Unavailable("refused"))
        service.error = LoginFailed(f"qBittorrent {text}.")
        client.want()
        await until(lambda: client.state == "misconfigured")
        asked = service.asked
        for _ in range(6):
            with pytest.raises(LoginFailed):
                await ask(client)
            await asyncio.sleep(PATIENCE.soon)
        assert service.asked == asked


async def test_one_that_comes_back_slow_waits_its_time(tmp_path):
    service = Service()
    async with started(tmp_path, service) as client:
        await fail(client, service, Unavailable("refused"))
        service.error = TimedOut("no answer")
        client.want()
        await until(lambda: client.problem == "no answer")
        asked = service.asked
        client.want()
        await asyncio.sleep(4 * PATIENCE.soon)
        assert service.asked == asked
