"""The bench itself: it measures a daemon that works, and says so when a limit is missed."""

import asyncio
import json
import math
import time
from asyncio.events import Handle
from pathlib import Path

import pytest

from uuutd.testing.programs import missing
from uuutd.testing.qbittorrent import QBittorrentServer

from . import calls, forms, probed, real_client, subjects, table, variants, watching
from .downloads import Subject, rehearse, row_6
from .table import Line
from .world import make_world


async def test_one_search_and_one_add_for_all_who_ask_at_once(tmp_path: Path):
    async with make_world() as world:
        lines = await row_6(world, tmp_path)
    assert [line.what for line in lines if not line.holds] == []


async def test_the_floor_and_the_daemon_ask_the_same(tmp_path: Path):
    async with make_world() as world:
        await rehearse(world, tmp_path)
        asked = [text for text in world.nyaa.asked if "(" in text]
    assert asked
    assert {asked.count(text) for text in set(asked)} == {2}


def test_a_missed_limit_is_seen():
    lines = [
        Line(row=1, what="a", value=2.0, limit=2.0, unit="x"),
        Line(row=2, what="b", value=2.01, limit=2.0, unit="x"),
    ]
    assert [line.holds for line in lines] == [True, False]
    assert table.text(lines).count("MISSED") == 1


def test_what_is_there_to_be_compared_is_not_judged():
    line = Line(row=1, what="a", value=2.0, unit="s")
    assert line.holds
    assert "holds" not in table.text([line])


async def test_the_floor_of_a_list_sends_what_the_daemon_sends(tmp_path: Path):
    async with make_world() as world, watching.scene(world, tmp_path, 20) as it:
        mine = json.loads(await watching.whole(it.daemon, it.people[1]))
        base = json.loads(await watching.whole(it.floor, it.people[1]))
        assert [row["hash"] for row in mine["torrents"]] == [
            row["hash"] for row in base["torrents"]
        ]
        assert len(mine["torrents"]) == 20
        assert it.client.calls["sync/maindata"] > 0


def test_who_holds_up_the_loop_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def blocks():
        await asyncio.sleep(0)
        time.sleep(0.05)  # noqa: ASYNC251 - that is what is to be noted

    began = time.monotonic()
    with (tmp_path / "probe").open("w", buffering=1) as file:
        probe = probed.Probe(file)
        monkeypatch.setattr(Handle, "_run", probe.timed(Handle._run))
        loop = probe.new_event_loop()
        loop.run_until_complete(asyncio.wait_for(blocks(), 5))
        loop.run_until_complete(asyncio.sleep(0.02))
        loop.close()
        monkeypatch.undo()
    held = probed.read(tmp_path / "probe", began, math.inf)
    assert held.longest >= 0.05
    assert "blocks" in held.who
    assert max(held.lags) > 0.03
    assert probed.read(tmp_path / "probe", 0.0, began) == probed.Held([], 0.0, "")


async def test_a_direct_call_is_answered_at_the_end_and_the_other_form_at_once(tmp_path: Path):
    async with make_world() as world:
        direct = await forms.burst(world, tmp_path / "direct", "direct", at_once=2)
        events = await forms.burst(world, tmp_path / "events", "events", at_once=2, later=1)
    assert len(direct.asked) == len(events.asked) == 2
    assert all(asked.came < asked.answered == asked.told for asked in direct.asked)
    assert all(asked.answered < asked.came < asked.told for asked in events.asked)
    assert len(events.later) == 1
    assert direct.held.lags
    assert events.held.lags


async def test_who_is_told_to_read_all_again_does(tmp_path: Path):
    class Answers:
        async def ask(self, *_: object) -> tuple[int, dict[str, list[dict[str, str]]]]:
            return 200, {"jobs": [{"id": "a", "state": "done"}, {"id": "b", "state": "running"}]}

    ends = forms.Ends(Subject(world=None, program=Answers(), me=None), {})
    lines = asyncio.StreamReader()
    lines.feed_data(b"event: resync\ndata: {}\n\n")
    lines.feed_data(b'event: job\ndata: {"id": "b", "state": "failed"}\n\n')
    lines.feed_eof()
    await ends._listen(lines)
    assert [(await ends.of(name))[1]["state"] for name in "ab"] == ["done", "failed"]
    assert ends.resyncs == 1


async def test_nobody_is_asked_twice(tmp_path: Path):
    async with make_world() as world:
        tables = (subjects.upstream_tables(world), subjects.qbittorrent_table(world.client.url))
        async with subjects.daemon(tmp_path, *tables) as daemon:
            users = [await subjects.log_in(daemon, tmp_path, name) for name in ("mika", "yuki")]
            for user, token in zip(users, world.tokens, strict=False):
                await subjects.link(daemon, user, token)
            lines = await calls._used(world, daemon, users)
    assert len(lines) == 4
    assert [line for line in lines if not line.holds] == []


async def test_the_varied_shows_need_four_queries(tmp_path: Path):
    async with make_world() as world:
        took = await variants._get_all(world, tmp_path, slow=False)  # raises if they do not
    assert [len(each) for each in took] == [len(world.plain) - variants.WARM_UP] * 2


async def test_users_act_at_a_real_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if QBittorrentServer.program() is None:
        missing("qbittorrent-nox")
    monkeypatch.setattr(real_client, "EVERY", 0.2)
    monkeypatch.setattr(real_client, "MOVING", 2)
    async with make_world() as world:
        lines = await real_client.measure(world, tmp_path, 4, people=2, rounds=5)
    found = {line.what.partition(": ")[2]: line.value for line in lines}
    assert found["all calls"] > found["looks"] > 0
    assert {"pause, p99", "resume, p99", "limit, p99", "details, p99", "get, p99"} < set(found)
