"""Opening a database, and what happens when it goes away."""

import asyncio
import multiprocessing
import signal
import sqlite3
import stat
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from uuutd.errors import Busy, ConfigError, NoSpace
from uuutd.store import users
from uuutd.store.engine import has_users, open_store
from uuutd.store.errors import answering, reading
from uuutd.store.place import parse
from uuutd.testing.programs import PostgresServer

CLAIMS = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def add_user(name="anna"):
    return await users.add(name, "hash", role="user", now=NOW)


async def test_an_open_database_answers_and_keeps(database_url, tmp_path):
    async with open_store(database_url, lock_dir=tmp_path) as store:
        await store.ping()
        made = await add_user()
    async with open_store(database_url, lock_dir=tmp_path) as store:
        found = await users.find("ANNA")
    assert found == (made, "hash")
    assert made.created_at == NOW


async def test_who_is_not_in_the_database_task_sees_it_too(store):
    """Whatever is started after the database was opened has it."""
    made = await asyncio.create_task(add_user())
    assert await asyncio.gather(users.find("anna"), users.any_exist()) == [(made, "hash"), True]


async def test_sqlite_is_set_up_for_safety(tmp_path):
    url = f"sqlite://{tmp_path}/uuutd.db"
    async with open_store(url, lock_dir=tmp_path):
        await add_user()
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
        found = {}
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            rows = await get_connection("sqlite").execute_query_dict(f"PRAGMA {name}")
            found[name] = next(iter(rows[0].values()))
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }
    assert modes == dict.fromkeys(["uuutd.db", "uuutd.db-wal", "uuutd.db-shm", "uuutd.lock"], 0o600)


async def test_a_readable_database_file_is_closed_to_others(tmp_path):
    file = tmp_path / "uuutd.db"
    file.touch(mode=0o644)
    async with open_store(f"sqlite://{file}", lock_dir=tmp_path):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_second_daemon_refuses_and_an_admin_command_does_not(database_url, tmp_path):
    async with open_store(database_url, lock_dir=tmp_path):
        with pytest.raises(ConfigError, match=r"another uuutd \(process \d+\).*stop it first"):
            async with open_store(database_url, lock_dir=tmp_path):
                pass
        async with open_store(database_url, lock_dir=tmp_path, beside=True) as second:
            await second.ping()
            await add_user("beside")
        assert await users.find("beside")


async def test_two_daemons_with_different_folders_do_not_share_a_postgres(postgres, tmp_path):
    url = postgres.create_database()
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    async with open_store(url, lock_dir=one) as store:
        with pytest.raises(ConfigError, match=r"another uuutd \(connected from .*works with this"):
            async with open_store(url, lock_dir=other):
                pass
        async with open_store(url, lock_dir=other, beside=True) as second:
            await second.ping()
        await store.ping()
        async with open_store(postgres.create_database(), lock_dir=other) as elsewhere:
            await elsewhere.ping()
    async with open_store(url, lock_dir=other) as store:
        await store.ping()


async def claims(url):
    connection = await asyncpg.connect(url)
    try:
        return [row["pid"] for row in await connection.fetch(CLAIMS)]
    finally:
        await connection.close()


async def test_a_lost_claim_is_got_back_and_both_are_said(postgres, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("uuutd.store.claim.AGAIN", 0.05)
    monkeypatch.setattr("uuutd.store.claim.PATIENCE", 0.05)
    url = postgres.create_database()
    async with open_store(url, lock_dir=tmp_path):
        (pid,) = await claims(url)
        thief = await asyncpg.connect(url)
        waiting = asyncio.create_task(thief.execute("SELECT pg_advisory_lock(8484, 2)"))
        killer = await asyncpg.connect(url)
        await killer.execute("SELECT pg_terminate_backend($1)", pid)
        await killer.close()
        await waiting
        await until(lambda: "stop one of the two" in caplog.text)
        await thief.close()
        await until(lambda: "is held again" in caplog.text)
        assert "was lost" in caplog.text
        (newer,) = await claims(url)
        assert newer != pid
    assert await claims(url) == []


async def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_who_is_in_a_postgres_is_seen_without_touching_it(postgres, tmp_path):
    url = postgres.create_database()
    assert not await has_users(url)
    async with open_store(url, lock_dir=tmp_path):
        assert not await has_users(url)
        await add_user()
        assert await has_users(url)
    with pytest.raises(ConfigError, match="does not exist"):
        await has_users(f"{url}x")


async def test_a_damaged_file_is_refused(tmp_path):
    file = tmp_path / "uuutd.db"
    url = f"sqlite://{file}"
    async with open_store(url, lock_dir=tmp_path):
        for n in range(300):
            await add_user(f"user{n}")
    octets = bytearray(file.read_bytes())
    middle = len(octets) // 2
    octets[middle : middle + 20_000] = b"\xa5" * 20_000
    file.write_bytes(octets)
    with pytest.raises(ConfigError, match="put a copy of the file in its place"):
        async with open_store(url, lock_dir=tmp_path):
            pass


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" * 300])
async def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "uuutd.db").write_bytes(content)
    with pytest.raises(ConfigError, match="put a copy of the file in its place"):
        async with open_store(f"sqlite://{tmp_path}/uuutd.db", lock_dir=tmp_path):
            pass


async def test_a_file_that_cannot_be_made_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"gone/uuutd\.db.*No such file"):
        async with open_store(f"sqlite://{tmp_path}/gone/uuutd.db", lock_dir=tmp_path):
            pass


@pytest.mark.parametrize(
    "url",
    [
        *("", "uuutd.db", "sqlite://", "mysql://host/name", "postgres://host", "postgres://h:x/n"),
        *("postgres://h/n?sslmode=maybe", "postgres://h/n?what=1"),
    ],
)
def test_a_url_that_names_no_database(url):
    with pytest.raises(ConfigError, match=r"database\.url"):
        parse(url)


def test_a_place_shows_no_password():
    place = parse("postgres://me:se%40cret@db.example:5433/name?sslmode=require")
    assert str(place) == "postgres://db.example:5433/name"
    assert "se@cret" not in repr(place)
    credentials = place.tortoise_config("m")["connections"]["postgres"]["credentials"]
    assert credentials["password"] == "se@cret"
    assert credentials["ssl"] == "require"


def _hold(path, held, done):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    held.set()
    done.wait(20)


@contextmanager
def held_by_another_process(path):
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(str(path), held, done))
    process.start()
    try:
        assert held.wait(20)
        yield
    finally:
        done.set()
        process.join(20)


async def test_a_locked_database_is_busy_and_then_works_again(tmp_path):
    url = f"sqlite://{tmp_path}/uuutd.db"
    async with open_store(url, lock_dir=tmp_path) as store:
        await get_connection("sqlite").execute_query("PRAGMA busy_timeout = 50")
        with held_by_another_process(tmp_path / "uuutd.db"):
            with pytest.raises(Busy, match="held by another program"):
                await add_user()
            with pytest.raises(Busy):  # the same inside of a transaction
                await users.add_first("anna", "hash", now=NOW)
            await store.ping()  # reading goes on
        assert await users.add_first("anna", "hash", now=NOW)


async def test_a_full_disk_is_told_apart_and_leaves_no_transaction_open(tmp_path):
    async with open_store(f"sqlite://{tmp_path}/uuutd.db", lock_dir=tmp_path):
        connection = get_connection("sqlite")
        (row,) = await connection.execute_query_dict("PRAGMA page_count")
        await connection.execute_query(f"PRAGMA max_page_count = {row['page_count'] + 1}")
        with pytest.raises(NoSpace):
            for n in range(2000):
                await users.add(f"user{n}", "x" * 250, role="user", now=NOW)
        await connection.execute_query("PRAGMA max_page_count = 1073741823")
        assert await add_user("after")


async def test_a_cancelled_caller_leaves_no_transaction_behind(store):
    begun = asyncio.Event()
    go_on = asyncio.Event()

    @answering
    async def slow():
        async with in_transaction():
            begun.set()
            await go_on.wait()
            await add_user("slow")

    task = asyncio.create_task(slow())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await add_user("next")  # would wait for ever behind a lock that nobody gives back
    deadline = time.monotonic() + 10
    while not await users.find("slow"):
        assert time.monotonic() < deadline


async def test_reads_that_are_given_up_leave_nothing_behind(store):
    await add_user("anna")

    @reading
    async def look():
        return await users.find("anna")

    for _ in range(50):
        tasks = [asyncio.create_task(look()) for _ in range(4)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        assert all(isinstance(e, asyncio.CancelledError) for e in await gathered(tasks))
        assert await look()


async def gathered(tasks):
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_read_says_what_a_database_that_is_gone_means(store):
    @reading
    async def gone():
        raise ConnectionResetError("gone")

    @reading
    async def wrong():
        await get_connection(store.place.dialect).execute_query("SELECT nonsense")

    with pytest.raises(Busy, match="gone"):
        await gone()
    with pytest.raises(Exception, match="nonsense") as caught:
        await wrong()
    assert not isinstance(caught.value, Busy)


async def test_what_was_begun_is_finished_before_the_database_closes(database_url, tmp_path):
    @answering
    async def slow(begun):
        async with in_transaction():
            begun.set()
            for n in range(20):
                await add_user(f"user{n}")

    async with open_store(database_url, lock_dir=tmp_path):
        begun = asyncio.Event()
        task = asyncio.create_task(slow(begun))
        await begun.wait()
        task.cancel()
    async with open_store(database_url, lock_dir=tmp_path):
        assert await users.find("user19")


async def test_what_is_our_own_fault_is_not_called_busy(store):
    @answering
    async def wrong():
        await get_connection(store.place.dialect).execute_query("SELECT nonsense")

    with pytest.raises(Exception, match="nonsense") as caught:
        await wrong()
    assert not isinstance(caught.value, Busy)


async def test_postgres_that_restarts(tmp_path):
    with PostgresServer() as server:
        url = server.create_database()
        async with open_store(url, lock_dir=tmp_path) as store:
            await add_user()
            server.stop(signal.SIGQUIT)  # as a crash: nothing is finished
            with pytest.raises(Busy, match="does not answer") as caught:
                await store.ping()
            assert caught.value.retry_after > 0
            with pytest.raises(Busy):
                await users.add_first("anna", "hash", now=NOW)
            server.start()
            await store.ping()
            assert await users.find("anna")
            assert await users.add_first("anna", "hash", now=NOW) is None
        server.stop()
        with pytest.raises(Busy):
            async with open_store(url, lock_dir=tmp_path):
                pass


async def test_postgres_with_a_wrong_password_or_name(postgres, tmp_path):
    url = postgres.create_database()
    for wrong in (url.replace(postgres.password, "nonsense"), url + "x"):
        with pytest.raises(ConfigError) as caught:
            async with open_store(wrong, lock_dir=tmp_path):
                pass
        assert "nonsense" not in str(caught.value)


async def test_an_exhausted_pool_is_busy_and_gives_its_connections_back(
    postgres, tmp_path, monkeypatch
):
    monkeypatch.setattr("uuutd.store.postgres.LIMIT", 0.2)
    async with open_store(postgres.create_database(), lock_dir=tmp_path) as store:
        release = asyncio.Event()

        @answering
        async def hold():
            async with in_transaction():
                await release.wait()

        holders = [asyncio.create_task(hold()) for _ in range(10)]
        with pytest.raises(Busy):
            while True:  # until all ten have theirs
                await store.ping()
        release.set()
        await asyncio.gather(*holders)
        await store.ping()
