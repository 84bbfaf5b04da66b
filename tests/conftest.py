"""Databases for everybody's tests, and an ear for secrets in the log."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from uuutd.store.engine import Store, open_store
from uuutd.testing.programs import PostgresServer

SECRETS = ("a lantern over the sea", "seven herons over the mill", "fake-token", "renewing-1")
"""Passwords and tokens of the fixtures: they are in every test's hands, and in no test's log."""


class Listener(logging.Handler):
    """Hears what is logged, and notes what a secret stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if any(secret in text for secret in SECRETS):
            self.heard.append(text)


@pytest.fixture(autouse=True)
def no_secret_is_logged() -> Iterator[None]:
    """Fail a test in which a fixture's secret was logged."""
    listener = Listener()
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    assert not listener.heard, "a secret was logged"


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
