"""The runner: all of a migration or nothing, once, whoever runs it."""

import asyncio

import pytest
from tortoise.connection import get_connection

from uuutd.errors import ConfigError
from uuutd.store import sessions
from uuutd.store.engine import open_store
from uuutd.store.migrations import ALL, Migration, migrate, pending

ADD = Migration("0900_add", ('CREATE TABLE "extra" ("id" $serial, "at" $time)',))
FILL = Migration("0901_fill", ('INSERT INTO "extra" ("at") VALUES (NULL)',))
BROKEN = Migration(
    "0902_broken",
    (
        'CREATE TABLE "half" ("id" $serial)',
        'CREATE INDEX "half_id" ON "half" ("id")',
        'INSERT INTO "nowhere" VALUES (1)',
    ),
)


async def tables(client):
    question = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if client.capabilities.dialect == "sqlite"
        else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    return {row["name"] for row in await client.execute_query_dict(question)}


@pytest.fixture
def client(store):
    return get_connection(store.place.dialect)


async def test_each_is_applied_once_and_in_order(client):
    assert await pending(client, ALL) == ()
    assert await migrate(client, ALL) == ()
    assert await pending(client, [*ALL, ADD, FILL]) == (ADD.name, FILL.name)
    assert await migrate(client, [*ALL, ADD, FILL]) == (ADD.name, FILL.name)
    assert await migrate(client, [*ALL, ADD, FILL]) == ()
    assert len(await client.execute_query_dict('SELECT * FROM "extra"')) == 1


async def test_one_that_fails_leaves_nothing_and_can_be_mended(client):
    with pytest.raises(ConfigError, match="0902_broken failed and was undone"):
        await migrate(client, [*ALL, ADD, BROKEN])
    assert "extra" in await tables(client)
    assert "half" not in await tables(client)
    mended = Migration(BROKEN.name, BROKEN.statements[:2])
    assert await migrate(client, [*ALL, ADD, mended]) == (BROKEN.name,)
    assert "half" in await tables(client)


async def test_of_several_at_once_one_applies_it(client):
    done = await asyncio.gather(*(migrate(client, [*ALL, ADD, FILL]) for _ in range(5)))
    assert sorted(name for names in done for name in names) == [ADD.name, FILL.name]
    assert len(await client.execute_query_dict('SELECT * FROM "extra"')) == 1


async def test_a_database_of_a_newer_version_is_refused(database_url, tmp_path):
    async with open_store(database_url, lock_dir=tmp_path) as store:
        await migrate(get_connection(store.place.dialect), [*ALL, ADD])
    with pytest.raises(ConfigError, match=r"newer version of uuutd.*0900_add"):
        async with open_store(database_url, lock_dir=tmp_path):
            pass


async def test_an_admin_command_does_not_migrate_under_a_running_daemon(
    database_url, tmp_path, monkeypatch
):
    async with open_store(database_url, lock_dir=tmp_path) as store:
        monkeypatch.setattr("uuutd.store.engine.ALL", (*ALL, ADD))
        with pytest.raises(ConfigError, match="older version is running"):
            async with open_store(database_url, lock_dir=tmp_path, beside=True):
                pass
        await store.ping()
    async with open_store(database_url, lock_dir=tmp_path, beside=True) as store:
        assert "extra" in await tables(get_connection(store.place.dialect))


async def test_who_was_logged_in_before_an_upgrade_still_is(database_url, tmp_path, monkeypatch):
    before = ALL[: [each.name for each in ALL].index("0009_personal_tokens")]
    monkeypatch.setattr("uuutd.store.engine.ALL", before)
    async with open_store(database_url, lock_dir=tmp_path) as store:
        client = get_connection(store.place.dialect)
        noon = "'2026-11-22 12:00:00+00:00'"
        await client.execute_script(
            f"""
            INSERT INTO users (id, name, folded, role, password_hash, gen, disabled, created_at)
                VALUES (7, 'anna', 'anna', 'user', 'x', 3, {_false(client)}, {noon});
            INSERT INTO sessions (id, token_hash, created_at, rotated_at, agent, user_id)
                VALUES ('s', 'h', {noon}, {noon}, 'uuut', 7)
            """
        )
    monkeypatch.setattr("uuutd.store.engine.ALL", ALL)
    async with open_store(database_url, lock_dir=tmp_path):
        login = await sessions.find("s")
    assert (login.session.gen, login.user.gen, login.session.address) == (3, 3, None)


def _false(client):
    return "0" if client.capabilities.dialect == "sqlite" else "FALSE"
