"""The same kills, many times, and kills at no particular moment; the result is a table.

Runs with ``UUUTD_TEST_SOAK=1`` alone.  ``UUUTD_TEST_SOAK_ROUNDS`` says how often each moment is
tried (50), ``UUUTD_TEST_SOAK_TABLE`` where the table goes (``kill-soak.md``).
"""

import asyncio
import os
import random
from pathlib import Path

import attrs
import pytest

from ..flow.conftest import folder, kinds, qbittorrent, servers, town, transmission
from ..flow.dying import asked_again, killed_at, recovered
from ..flow.harness import KIB
from ..flow.places import ALL, placed
from ..flow.points import before_the_client, database, points_of

__all__ = ["folder", "kinds", "qbittorrent", "servers", "town", "transmission"]

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(
        os.environ.get("UUUTD_TEST_SOAK") != "1", reason="UUUTD_TEST_SOAK=1 runs it"
    ),
]

ROUNDS = int(os.environ.get("UUUTD_TEST_SOAK_ROUNDS", "50"))
TABLE = Path(os.environ.get("UUUTD_TEST_SOAK_TABLE", "kill-soak.md"))
DELAY = 0.05
JOB, START = 0.3, 1.5
"""Seconds within which a job that nothing holds is over, and a daemon has started."""
HEAD = """\
| client and database | killed | rounds | orphans | dangling | duplicates | not ended | slowest, s |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


@attrs.define
class Row:
    """What was seen after the kills at one moment."""

    kinds: str
    killed: str
    rounds: int = 0
    orphans: int = 0
    dangling: int = 0
    duplicates: int = 0
    open: int = 0
    slowest: float = 0.0

    def add(self, recovery):
        state = recovery.state
        self.rounds += 1
        self.orphans += len(state.orphans)
        self.dangling += len(state.dangling)
        self.duplicates += len(state.duplicates)
        self.open += len(state.open) + len(state.pending)
        self.slowest = max(self.slowest, recovery.seconds)

    def __str__(self):
        return (
            f"| {self.kinds} | {self.killed} | {self.rounds} | {self.orphans} | {self.dangling} "
            f"| {self.duplicates} | {self.open} | {self.slowest:.1f} |"
        )


def pytest_generate_tests(metafunc):
    metafunc.parametrize("kinds", ALL, indirect=True, ids=str, scope="module")


async def test_kills(town, kinds, servers, folder):
    rows = {}
    try:
        async with placed(town, kinds, servers, folder / "box", gate=True) as box:
            await box.daemon.start()
            await box.open_door()
            await box.user("aneesh")
            for _ in range(ROUNDS):
                for name, die in deaths(kinds):
                    row = rows.setdefault(name, Row(str(kinds), name))
                    await one_death(town, box, row, die)
    finally:
        write(rows.values())
    assert {row.rounds for row in rows.values()} == {ROUNDS}


async def one_death(town, box, row, die):
    show = await town.show(size=64 * KIB)
    await box.backends_ready()
    await die(box, show)
    before = await box.intents(show)
    recovery = await recovered(box)
    row.add(recovery)
    assert recovery.state.clean, f"{row.killed}: {recovery.state}\n{box.daemon.log[-4000:]}"
    await asked_again(box, show, before)


def deaths(kinds):
    """Return the ways to die, by name."""
    for point in points_of(kinds.client):
        yield point.name, at(point)
    yield "K12", twice(before_the_client(kinds.client))
    yield "at random", at_random


def at(point):
    async def die(box, show):
        await killed_at(box, point, show, delay=DELAY)

    return die


def twice(point):
    async def die(box, show):
        await killed_at(box, point, show, delay=DELAY)
        async with database("done")(box, show) as reached:
            await box.daemon.spawn()
            await reached()
            await box.daemon.kill()

    return die


async def at_random(box, show):
    """Kill it some time after it was asked, and again some time after its start."""
    (user,) = box.people
    await user.get(show, wait=False)
    await asyncio.sleep(random.uniform(0, JOB))
    await box.daemon.kill()
    await box.daemon.spawn()
    await asyncio.sleep(random.uniform(0, START))
    await box.daemon.kill()


def write(rows):
    """Add to the table what one combination gave."""
    text = TABLE.read_text("utf-8") if TABLE.exists() else HEAD
    TABLE.write_text(text + "".join(f"{row}\n" for row in rows), "utf-8")
