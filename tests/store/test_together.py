"""Several statements as one transaction, and reads that wait for no write."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from uuutd.store import users
from uuutd.store.engine import open_store
from uuutd.store.statements import Statement, together

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADD = Statement(
    'INSERT INTO blocks (user_id, work, episode, info_hash, "release", reason, created_at)'
    " VALUES (:user_id, :work, 1, :info_hash, '', 'stalled', :now) RETURNING id"
)
CHANGE = Statement("UPDATE blocks SET reason = 'bad' WHERE work = :work")
WORKS = Statement("SELECT work, reason FROM blocks ORDER BY work")


async def make_user():
    return (await users.add("anna", "hash", role="user", now=NOW)).id


def block(user_id, work):
    return ADD, {"user_id": user_id, "work": work, "info_hash": work * 40, "now": NOW}


async def works():
    return [(row["work"], row["reason"]) for row in await WORKS.rows()]


async def test_all_steps_are_done(store):
    user = await make_user()
    assert await together(block(user, "a"), block(user, "b"), (CHANGE, {"work": "b"}))
    assert await works() == [("a", "stalled"), ("b", "bad")]


@pytest.mark.parametrize("changes", ["none", "two"])
async def test_none_is_done_if_one_does_not_change_one_row(store, changes):
    user = await make_user()
    steps = [block(user, "a"), (CHANGE, {"work": "c"})]
    if changes == "two":
        assert await together(block(user, "c"))
        assert await together((ADD, {**block(user, "c")[1], "info_hash": "d" * 40}))
    before = await works()
    assert not await together(*steps)
    assert await works() == before
    assert await together(block(user, "b"))  # and no transaction stays open


async def test_none_is_done_if_one_fails(store):
    user = await make_user()
    with pytest.raises(IntegrityError):
        await together(block(user, "a"), block(999, "b"))
    assert await works() == []
    assert await together(block(user, "a"))


async def test_a_read_waits_for_no_write(tmp_path):
    file = tmp_path / "uuutd.db"
    async with open_store(f"sqlite://{file}", lock_dir=tmp_path):
        user = await make_user()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            writing = asyncio.create_task(together(block(user, "a")))
            assert await asyncio.wait_for(works(), 2) == []
            assert not writing.done()  # it waits for up to five seconds
            other.execute("ROLLBACK")
        assert await writing
        assert await works() == [("a", "stalled")]


async def test_what_reads_cannot_write(tmp_path):
    async with open_store(f"sqlite://{tmp_path}/uuutd.db", lock_dir=tmp_path):
        await make_user()
        reader = get_connection("sqlite")._reader
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.execute("DELETE FROM users")
