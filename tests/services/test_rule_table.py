"""The table of numbering rules: fetched from a server on loopback, checked, and kept."""

import asyncio
import logging
import math
import os
import shutil
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from uuutd.config import load
from uuutd.daemon import running
from uuutd.fetch import open_sessions
from uuutd.keys import KeyRing
from uuutd.metrics import Metrics
from uuutd.plugins import Plugins
from uuutd.services.rule_table import FILE_NAME, FRESH_FOR, RuleTable
from uuutd.testing.misbehaving import Fault, Misbehaving
from uuutd.testing.ports import free_port
from uuutd.testing.serving import serving

from .tools import until

IMPATIENT = aiohttp.ClientTimeout(total=0.3)


def rules(count, first=1):
    lines = (f"- {n}|{n}|{n}:13 -> {n + 1}|{n + 1}|{n + 1}:1" for n in range(first, first + count))
    return "\n".join(("::rules", *lines)).encode()


class Site:
    """Serves *body* with *etag*, and tells what was asked."""

    def __init__(self):
        self.body = rules(30)
        self.etag = '"one"'
        self.asked = []
        self.came = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def answer(self, request):
        self.asked.append(request.headers.get("If-None-Match"))
        self.came.set()
        await self.free.wait()
        if self.etag and self.asked[-1] == self.etag:
            return web.Response(status=304)
        headers = {"ETag": self.etag} if self.etag else {}
        return web.Response(body=self.body, headers=headers)


@pytest.fixture
async def session():
    async with open_sessions("test", patience=IMPATIENT) as (http, _):
        yield http


@pytest.fixture
async def site():
    found = Site()
    app = web.Application()
    app.router.add_get("/rules.txt", found.answer)
    async with serving(app) as url:
        found.url = f"{url}/rules.txt"
        yield found


@pytest.fixture
def make(session, tmp_path):
    def made(url, metrics=None):
        return RuleTable(url=url, folder=tmp_path, session=session, metrics=metrics or Metrics())

    return made


@pytest.fixture
async def kept(make, site):
    """A table that was fetched, whose site has forgotten that."""
    table = make(site.url)
    assert await table.refresh()
    site.asked.clear()
    return table


def age(tmp_path, by):
    moment = (datetime.now(UTC) - by).timestamp()
    os.utime(tmp_path / FILE_NAME, (moment, moment))


async def test_a_fresh_table_is_kept_over_a_restart(make, site, kept):
    assert (len(kept.table.rules), kept.is_old()) == (30, False)
    again = make(site.url)
    assert again.table.rules == ()
    await again.load()
    assert again.table.rules == kept.table.rules
    assert not again.is_old()


async def test_what_is_a_week_old_is_asked_for_again_and_costs_nothing_if_unchanged(
    make, site, kept, tmp_path
):
    age(tmp_path, FRESH_FOR + timedelta(minutes=1))
    again = make(site.url)
    await again.load()
    assert again.is_old()
    assert await again.refresh()
    assert site.asked == ['"one"']
    assert (len(again.table.rules), again.is_old()) == (30, False)
    third = make(site.url)
    await third.load()
    assert not third.is_old()


async def test_a_newer_table_takes_the_place_of_the_old(make, site, kept):
    site.body, site.etag = rules(40), '"two"'
    assert await kept.refresh()
    again = make(site.url)
    await again.load()
    assert len(again.table.rules) == len(kept.table.rules) == 40
    await again.refresh()
    assert site.asked == ['"one"', '"two"']


async def test_a_clock_that_was_put_back_makes_no_table_young_for_ever(make, site, kept, tmp_path):
    age(tmp_path, timedelta(days=-400))
    again = make(site.url)
    await again.load()
    assert again.is_old()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", rules(14), rules(3), rules(20) + b"\nwhat\n" * 60, b"#" * 3_000_000],
    ids=["empty", "page", "half", "few", "mostly-nonsense", "huge"],
)
async def test_what_can_hardly_be_the_table_does_not_take_its_place(make, site, kept, caplog, body):
    site.body, site.etag = body, '"two"'
    for _ in range(3):
        assert not await kept.refresh()
    assert len(kept.table.rules) == 30
    again = make(site.url)
    await again.load()
    assert len(again.table.rules) == 30
    said = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(said) == 1, "once is enough"
    assert "not renewed" in said[0].message


@pytest.mark.parametrize(
    "fault",
    [Fault(kind=kind) for kind in ("refuse", "hang", "drop", "cut", "huge", "bomb", "garbage")]
    + [Fault(kind="status", status=404), Fault(kind="html200")],
    ids=str,
)
async def test_a_site_that_fails_leaves_the_last_good_table(make, kept, fault, tmp_path):
    before = (tmp_path / FILE_NAME).read_bytes()
    async with Misbehaving(fault) as service:
        broken = make(f"{service.url}/rules.txt")
        await broken.load()
        assert not await broken.refresh()
    assert len(broken.table.rules) == 30
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [FILE_NAME]


async def test_an_answer_of_304_that_was_not_asked_for_is_no_table(make, site, tmp_path):
    site.etag = None
    table = make(site.url)

    async def nothing_new(_):
        return web.Response(status=304)

    app = web.Application()
    app.router.add_get("/rules.txt", nothing_new)
    async with serving(app) as url:
        table = make(f"{url}/rules.txt")
        assert not await table.refresh()
    assert not (tmp_path / FILE_NAME).exists()


async def test_another_address_is_asked_without_the_mark_of_the_first(make, kept, site):
    site.body = rules(12)  # fewer than half: another table, and not a shrunken one
    moved = make(f"{site.url}?mine")
    await moved.load()
    assert moved.is_old()
    assert await moved.refresh()
    assert site.asked == [None]
    assert len(moved.table.rules) == 12


@pytest.mark.parametrize(
    "content", [b"", b"# kept: {}\n", b"# kept: nonsense\n" + rules(30), rules(30), b"\0" * 10_000]
)
async def test_a_damaged_file_is_fetched_again(make, site, tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    table = make(site.url)
    await table.load()
    assert table.table.rules == ()
    assert await table.refresh()
    assert len(table.table.rules) == 30


async def test_a_folder_that_cannot_be_written_costs_the_new_table_and_nothing_else(
    make, kept, site, tmp_path
):
    site.body, site.etag = rules(40), '"two"'
    shutil.rmtree(tmp_path)
    assert not await kept.refresh()
    assert len(kept.table.rules) == 30


async def test_in_the_background_it_is_fetched_at_the_start_and_not_again(make, site):
    table = make(site.url)
    running = asyncio.ensure_future(table.forever())
    await asyncio.wait_for(site.came.wait(), 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert site.asked == [None]


async def test_without_an_address_nothing_is_read_or_asked(make, site, kept):
    table = make("")
    await asyncio.wait_for(table.forever(), 5)
    assert (table.table.rules, site.asked) == ((), [])


async def test_its_age_is_measured(make, site):
    metrics = Metrics()
    table = make(site.url, metrics)

    def measured():
        return metrics.registry.get_sample_value("uuutd_numbering_table_age_seconds")

    assert math.isnan(measured())
    await table.refresh()
    assert 0 <= measured() < 60


async def test_a_daemon_is_up_before_its_table_is(site, tmp_path):
    site.free.clear()
    data = tmp_path / "data"
    KeyRing.create(data / "keys.json")
    path = tmp_path / "uuutd.toml"
    path.write_text(
        f'listen = "127.0.0.1:{free_port()}"\ndata_dir = "{data}"\n'
        f'[numbering]\ntable = "{site.url}"\n'
    )
    plugins = Plugins()
    async with (
        running(load(path, plugins, {}), plugins) as daemon,
        aiohttp.ClientSession() as client,
    ):
        await asyncio.wait_for(site.came.wait(), 5)
        async with client.get(f"{daemon.url}/health") as answer:
            assert answer.status == 200
        assert not (data / FILE_NAME).exists()
        site.free.set()
        await until((data / FILE_NAME).exists)
