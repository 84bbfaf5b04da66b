"""Databases for everybody's tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from uuutd.store.engine import Store, open_store
from uuutd.testing.programs import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that all tests share."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind that we support."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/uuutd.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """An open database with all tables and nothing in them."""
    async with open_store(database_url, lock_dir=tmp_path) as opened:
        yield opened
