"""The bench itself: it measures a daemon that works, and says so when a limit is missed."""

import json
from pathlib import Path

from . import table, watching
from .downloads import rehearse, row_6
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


async def test_the_floor_of_a_list_sends_what_the_daemon_sends(tmp_path: Path):
    async with make_world() as world, watching.scene(world, tmp_path, 20) as it:
        mine = json.loads(await watching.whole(it.daemon, it.people[1]))
        base = json.loads(await watching.whole(it.floor, it.people[1]))
        assert [row["hash"] for row in mine["torrents"]] == [
            row["hash"] for row in base["torrents"]
        ]
        assert len(mine["torrents"]) == 20
        assert it.client.calls["sync/maindata"] > 0
