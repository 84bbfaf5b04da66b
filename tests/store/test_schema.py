"""The migrations build what the models say, on both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError

from uuutd.store import tables
from uuutd.store.engine import open_store
from uuutd.store.place import parse

NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def sqlite_schema(client: BaseDBAsyncClient) -> dict[str, Any]:
    """Say all that there is to say about the tables of a SQLite database."""
    rows = await client.execute_query_dict(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    found = {}
    for table in sorted(row["name"] for row in rows if row["name"] != "migrations"):
        columns = await client.execute_query_dict(f'PRAGMA table_info("{table}")')
        keys = await client.execute_query_dict(f'PRAGMA foreign_key_list("{table}")')
        indexes = []
        for index in await client.execute_query_dict(f'PRAGMA index_list("{table}")'):
            parts = await client.execute_query_dict(f'PRAGMA index_info("{index["name"]}")')
            name = None if index["origin"] != "c" else index["name"]
            indexes.append(
                (bool(index["unique"]), index["origin"], tuple(p["name"] for p in parts), name)
            )
        found[table] = {
            "columns": sorted(
                (c["name"], c["type"], c["notnull"], c["dflt_value"], c["pk"]) for c in columns
            ),
            "foreign keys": sorted((k["from"], k["table"], k["to"], k["on_delete"]) for k in keys),
            "indexes": sorted(indexes, key=str),
        }
    return found


async def postgres_schema(client: BaseDBAsyncClient) -> dict[str, Any]:
    """Say all that there is to say about the tables of a PostgreSQL database."""
    columns = await client.execute_query_dict(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, "
        "column_default FROM information_schema.columns WHERE table_schema = 'public' "
        "ORDER BY table_name, column_name"
    )
    constraints = await client.execute_query_dict(
        "SELECT conrelid::regclass::text AS t, conname AS n, contype::text AS k, "
        "pg_get_constraintdef(oid) AS d FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
    )
    indexes = await client.execute_query_dict(
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "ORDER BY 1, 2"
    )
    return {
        "columns": [tuple(r.values()) for r in columns if r["table_name"] != "migrations"],
        "constraints": [tuple(r.values()) for r in constraints if r["t"] != "migrations"],
        "indexes": [tuple(r.values()) for r in indexes if r["tablename"] != "migrations"],
    }


async def schema(dialect: str) -> dict[str, Any]:
    read = sqlite_schema if dialect == "sqlite" else postgres_schema
    return await read(get_connection(dialect))


@asynccontextmanager
async def built_from_models(url: str) -> AsyncIterator[str]:
    """Make the tables as Tortoise does without migrations."""
    place = parse(url)
    async with TortoiseContext() as context:
        await context.init(config=place.tortoise_config("uuutd.store.tables"))
        await context.generate_schemas(safe=False)
        yield place.dialect


@pytest.fixture
def second_url(database_url, request, tmp_path):
    if database_url.startswith("sqlite"):
        return f"sqlite://{tmp_path}/second.db"
    return request.getfixturevalue("postgres").create_database()


async def test_migrated_tables_are_those_of_the_models(database_url, second_url, tmp_path):
    async with open_store(database_url, lock_dir=tmp_path) as store:
        migrated = await schema(store.place.dialect)
    async with built_from_models(second_url) as dialect:
        wanted = await schema(dialect)
    assert migrated == wanted
    assert "unsent_progress" in str(wanted)


def row_of(table: str, n: int, refs: dict[str, Any]) -> tuple[type, dict[str, Any]]:
    """Return values for a row of *table*, the same for the same *n* where it must be unique."""
    user, torrent, link, intent = (refs.get(k) for k in ("user", "torrent", "link", "intent"))
    rows: dict[str, tuple[type, dict[str, Any]]] = {
        "users": (
            tables.UserRow,
            {"name": f"N{n}", "folded": f"n{n}", "role": "user", "password_hash": "x"},
        ),
        "sessions": (
            tables.SessionRow,
            {"id": f"s{n}", "user": user, "token_hash": f"t{n}", "rotated_at": NOW},
        ),
        "invites": (
            tables.InviteRow,
            {"code_hash": f"c{n}", "role": "user", "expires_at": NOW},
        ),
        "accounts": (
            tables.AccountRow,
            {
                "user": user,
                "provider": f"p{n}",
                "account_id": "1",
                "name": "x",
                "sealed": "x",
                "writable": True,
                "linked_at": NOW,
            },
        ),
        "unsent_progress": (
            tables.ProgressRow,
            {"user": user, "provider": f"p{n}", "entry": f"e{n}", "episode": 1},
        ),
        "relations": (
            tables.RelationRow,
            {"provider": f"p{n}", "entry": f"e{n}", "relations": "[]", "fetched_at": NOW},
        ),
        "preferences": (
            tables.PreferenceRow,
            {
                "user": user,
                "provider": f"p{n}",
                "entry": f"e{n}",
                "content": "{}",
                "updated_at": NOW,
            },
        ),
        "searches": (
            tables.SearchRow,
            {
                "user": user,
                "provider": f"p{n}",
                "entry": f"e{n}",
                "work": f"w{n}",
                "episode": n,
                "searched_at": NOW,
                "rules": "r",
                "content": b"x",
            },
        ),
        "audit": (
            tables.AuditRow,
            {"key": f"k{n}", "event": "login", "detail": "", "count": 1, "last_at": NOW},
        ),
        "throttles": (
            tables.ThrottleRow,
            {"key": f"{n:064x}", "tries": n, "last_at": NOW, "ends_at": NOW},
        ),
        "resets": (
            tables.ResetRow,
            {"code_hash": f"r{n}", "user": user, "gen": 0, "expires_at": NOW},
        ),
        "personal_tokens": (
            tables.PersonalTokenRow,
            {
                "id": f"t{n}",
                "user": user,
                "name": "x",
                "token_hash": f"h{n}",
                "scopes": "admin",
                "gen": 0,
                "expires_at": NOW,
            },
        ),
        "notices": (tables.NoticeRow, {"user": user, "mark": f"m{n}"}),
        "torrents": (
            tables.TorrentRow,
            {
                "client": f"c{n}",
                "info_hash": f"{n}" * 40,
                "name": "x",
                "foreign": False,
                "added_at": NOW,
            },
        ),
        "torrent_aliases": (tables.AliasRow, {"alias": f"{n}" * 64, "info_hash": f"{n}" * 40}),
        "links": (tables.LinkRow, {"user": user, "torrent": torrent, "state": "live"}),
        "link_episodes": (
            tables.EpisodeRow,
            {"link": link, "provider": "p", "entry": "e", "work": f"w{n}", "episode": n},
        ),
        "intents": (
            tables.IntentRow,
            {
                "id": f"i{n}",
                "user": user,
                "kind": "get",
                "state": "new",
                "key": f"k{n}",
                "request": "{}",
                "steps": "[]",
                "updated_at": NOW,
            },
        ),
        "blocks": (
            tables.BlockRow,
            {
                "user": user,
                "work": f"w{n}",
                "episode": n,
                "info_hash": f"{n:040x}",
                "release": f"r{n}",
                "reason": "it did not move",
            },
        ),
        "idempotency_keys": (
            tables.IdempotencyRow,
            {"user": user, "key": f"k{n}", "digest": "d", "intent": intent},
        ),
    }
    model, values = rows[table]
    if "created_at" in model._meta.fields_map:
        values["created_at"] = NOW
    return model, values


UNIQUE = [
    ("users", ("folded",)),
    ("sessions", ("id",)),
    ("sessions", ("token_hash",)),
    ("invites", ("code_hash",)),
    ("accounts", ("user", "provider")),
    ("unsent_progress", ("user", "provider", "entry")),
    ("relations", ("provider", "entry")),
    ("preferences", ("user", "provider", "entry")),
    ("audit", ("key",)),
    ("resets", ("code_hash",)),
    ("throttles", ("key",)),
    ("personal_tokens", ("id",)),
    ("personal_tokens", ("token_hash",)),
    ("notices", ("user", "mark")),
    ("blocks", ("user", "work", "episode", "info_hash")),
    ("torrents", ("client", "info_hash")),
    ("torrent_aliases", ("alias",)),
    ("links", ("user", "torrent")),
    ("link_episodes", ("link", "work", "episode")),
    ("intents", ("id",)),
    ("intents", ("key",)),
    ("idempotency_keys", ("user", "key")),
]


async def make_references(n: int) -> dict[str, Any]:
    """Make a row of each table that others point to."""
    refs: dict[str, Any] = {}
    for name, table in (
        ("user", "users"),
        ("torrent", "torrents"),
        ("link", "links"),
        ("intent", "intents"),
    ):
        model, values = row_of(table, n, refs)
        refs[name] = await model.create(**values)
    return refs


@pytest.mark.parametrize(("table", "columns"), UNIQUE, ids=str)
async def test_what_must_be_unique_is(store, table, columns):
    refs, others = await make_references(8), await make_references(9)
    if table == "links":  # the references hold the one link of each user and torrent
        await refs["link"].delete()
        await others["link"].delete()
    model, first = row_of(table, 1, refs)
    await model.create(**first)

    _, second = row_of(table, 2, others)
    clash = second | {column: first[column] for column in columns}
    with pytest.raises(IntegrityError):
        await model.create(**clash)
    for column in columns:  # and nothing more than that must be unique
        await model.create(**(clash | {column: second[column]}))
        await model.filter(**{column: second[column]}).delete()


def test_every_unique_list_is_tried():
    """`UNIQUE` names all that the models want unique."""
    wanted = set()
    for name, table in vars(tables).items():
        if not (name.endswith("Row") and isinstance(table, type)):
            continue
        meta = table._meta
        wanted |= {(meta.db_table, frozenset(together)) for together in meta.unique_together}
        for field_name, field in meta.fields_map.items():
            given = not (field.pk and field.generated)
            if (field.unique or field.pk) and given and field_name != "pk":
                wanted.add((meta.db_table, frozenset([field_name])))
    assert {(table, frozenset(columns)) for table, columns in UNIQUE} == wanted


async def test_a_deleted_user_leaves_nothing_behind(store):
    refs = await make_references(1)
    for table in (
        *("sessions", "accounts", "unsent_progress", "preferences"),
        *("link_episodes", "idempotency_keys", "searches", "notices", "resets"),
    ):
        model, values = row_of(table, 1, refs)
        await model.create(**values)
    await refs["user"].delete()
    for model in (
        *(tables.SessionRow, tables.AccountRow, tables.ProgressRow, tables.LinkRow),
        *(tables.EpisodeRow, tables.IntentRow, tables.IdempotencyRow, tables.PreferenceRow),
        *(tables.SearchRow, tables.NoticeRow, tables.ResetRow),
    ):
        assert await model.all().count() == 0, model
    assert await tables.TorrentRow.all().count() == 1
