"""Looking at a daemon's database and torrent client from outside, past the daemon.

The database is opened by its own driver, and can be made to hold a transaction of the
daemon's at a given moment.  What the client has is read from qBittorrent's own Web API,
from Transmission's RPC, or from the files in which the embedded client keeps its torrents.
"""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import aiohttp
import asyncpg
import attrs
import libtorrent as lt

from uuutd.testing.program import USERNAME
from uuutd.testing.qbittorrent import QBittorrentServer
from uuutd.testing.transmission import TransmissionServer

Moment = Literal["insert", "chosen", "done"]
"""Which write of an intent of kind *get* to hold: its first, or the one into a state."""

PATIENCE = 30.0
_KEY = 748_201
_TRIGGER = "held_by_a_test"
_WHEN = {
    "insert": ("INSERT", "NEW.kind = 'get'"),
    "chosen": ("UPDATE", "NEW.kind = 'get' AND NEW.state = 'chosen' AND OLD.state = 'new'"),
    "done": ("UPDATE", "NEW.kind = 'get' AND NEW.state = 'done'"),
}


class Held(Protocol):
    """A hold in the database."""

    async def reached(self) -> None:
        """Wait until a transaction of the daemon's stands there, not committed."""


class Database(Protocol):
    """A database as its administrator sees it."""

    url: str

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""

    async def execute(self, sql: str) -> None:
        """Change something."""

    def hold(self, moment: Moment) -> contextlib.AbstractAsyncContextManager[Held]:
        """Let transactions that come to *moment* wait for the block, or for ever if killed."""


async def eventually(look: Any, *, seconds: float = PATIENCE, what: str = "it") -> Any:
    """Wait until *look* returns something true, and return that."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        if found := await look():
            return found
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not happen"
        await asyncio.sleep(0.02)


# --- databases ------------------------------------------------------------------------------


class SqliteFile:
    """A SQLite database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite://{path}"

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return await asyncio.to_thread(self._run, sql)

    async def execute(self, sql: str) -> None:
        await asyncio.to_thread(self._run, sql)

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path, timeout=5)) as connection, connection:
            return connection.execute(sql).fetchall()

    def locked(self) -> bool:
        """Whether somebody is in the middle of a write."""
        with contextlib.closing(
            sqlite3.connect(self.path, timeout=0, isolation_level=None)
        ) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            connection.execute("ROLLBACK")
            return False

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Be in the middle of a write for the block."""
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    @contextlib.asynccontextmanager
    async def hold(self, moment: Moment) -> AsyncIterator["_SqliteHold"]:
        """SQLite's triggers cannot wait: this one counts for longer than any test lasts."""
        event, when = _WHEN[moment]
        endless = ", ".join(f"sqlite_master t{number}" for number in range(9))
        await self.execute(
            f"CREATE TRIGGER {_TRIGGER} BEFORE {event} ON intents WHEN {when} "
            f"BEGIN SELECT count(*) FROM {endless}; END"
        )
        try:
            yield _SqliteHold(self)
        finally:
            await self.execute(f"DROP TRIGGER {_TRIGGER}")


@attrs.frozen
class _SqliteHold:
    database: SqliteFile

    async def reached(self) -> None:
        await eventually(self._stands, what="the held write")

    async def _stands(self) -> bool:
        """A transaction of the daemon's lasts milliseconds: one that stays is the held one."""
        for _ in range(12):
            if not await asyncio.to_thread(self.database.locked):
                return False
            await asyncio.sleep(0.01)
        return True


class PostgresDatabase:
    """A PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        connection = await asyncpg.connect(self.url)
        try:
            yield connection
        finally:
            await connection.close()

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self._connected() as connection:
            return [tuple(row) for row in await connection.fetch(sql)]

    async def execute(self, sql: str) -> None:
        async with self._connected() as connection:
            await connection.execute(sql)

    @contextlib.asynccontextmanager
    async def locked(self, *tables: str) -> AsyncIterator[None]:
        """Let everybody who wants to read or write these tables wait for the block."""
        async with self._connected() as connection, connection.transaction():
            await connection.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            yield

    async def pool(self) -> Counter[str]:
        """Return what the daemon's connections are at: ``waiting`` for a lock, or their state."""
        found = await self.rows(_CONNECTIONS)
        return Counter("waiting" if waits == "Lock" else state for state, waits in found)

    @contextlib.asynccontextmanager
    async def hold(self, moment: Moment) -> AsyncIterator["_PostgresHold"]:
        event, when = _WHEN[moment]
        async with self._connected() as connection:
            await connection.execute("SELECT pg_advisory_lock($1)", _KEY)
            await connection.execute(
                f"CREATE OR REPLACE FUNCTION {_TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN PERFORM pg_advisory_xact_lock({_KEY}); RETURN NEW; END $$; "
                f"CREATE TRIGGER {_TRIGGER} BEFORE {event} ON intents "
                f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {_TRIGGER}()"
            )
            held = _PostgresHold(connection)
            try:
                yield held
            finally:
                await held.roll_back()
                await connection.execute("SELECT pg_advisory_unlock($1)", _KEY)
                await connection.execute(f"DROP TRIGGER {_TRIGGER} ON intents")


_CONNECTIONS = (
    "SELECT state, wait_event_type FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'uuutd'"
)
_WAITING = (
    "FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1 AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


@attrs.frozen
class _PostgresHold:
    connection: Any

    async def reached(self) -> None:
        await eventually(self._stands, what="the held write")

    async def _stands(self) -> bool:
        return bool(await self.connection.fetchval(f"SELECT count(*) {_WAITING}", _KEY))

    async def roll_back(self) -> None:
        """End what is held: alone it would go on, for PostgreSQL learns late of a killed client."""
        await self.connection.execute(f"SELECT pg_terminate_backend(pid) {_WAITING}", _KEY)


# --- clients --------------------------------------------------------------------------------


class Client(Protocol):
    """A torrent client as somebody sees it who is not the daemon."""

    def table(self, url: str | None = None) -> str:
        """Return its table of ``uuutd.toml``; *url* stands in front of its own address."""

    async def names(self) -> list[tuple[str, str]]:
        """Return hash and name of every torrent it has."""


class EmbeddedFiles:
    """The embedded client, by the files that it keeps; they are all that survives it."""

    name = "embedded"

    def __init__(self, folder: Path, downloads: Path) -> None:
        self.folder = folder / "backends" / "client" / self.name / "resume"
        self.downloads = downloads

    def table(self, url: str | None = None) -> str:
        del url
        return (
            f'[clients.{self.name}]\ntype = "libtorrent"\n'
            f'save_path = "{self.downloads}"\nlisten = "127.0.0.1:0"\n'
        )

    async def names(self) -> list[tuple[str, str]]:
        return await asyncio.to_thread(lambda: list(self._read()))

    def _read(self) -> Any:
        for path in self.folder.glob("*.fastresume"):
            params = lt.read_resume_data(path.read_bytes())
            assert path.stem == str(params.info_hashes.v1)
            yield path.stem, params.name

    def part(self, info_hash: str) -> Path:
        """Return the file that it writes before it has a torrent."""
        return self.folder / f".{info_hash}.part"


class QBittorrentWeb:
    """A qBittorrent, by its own Web API; a context manager that logs in."""

    name = "seedbox"

    def __init__(self, server: QBittorrentServer, downloads: Path) -> None:
        self.server = server
        self.downloads = downloads
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            f"{self.server.url}/api/v2/", cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        await self.log_in()
        return self

    async def log_in(self) -> None:
        """Begin a session, anew after qBittorrent was restarted."""
        await self.ask("auth/login", username=USERNAME, password=self.server.password)

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    def table(self, url: str | None = None) -> str:
        return (
            f'[clients.{self.name}]\ntype = "qbittorrent"\nurl = "{url or self.server.url}"\n'
            f'username = "{USERNAME}"\npassword = "{self.server.password}"\n'
            f'save_path = "{self.downloads}"\n'
        )

    async def ask(self, method: str, **fields: str) -> Any:
        assert self._session is not None
        async with self._session.post(method, data=fields) as answer:
            answer.raise_for_status()
            json = answer.content_type == "application/json"
            return await answer.json() if json else await answer.text()

    async def exported(self, info_hash: str) -> bytes:
        """Return the ``.torrent`` file that it would give away."""
        assert self._session is not None
        async with self._session.post("torrents/export", data={"hash": info_hash}) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.ask("torrents/info")
        return found

    async def names(self) -> list[tuple[str, str]]:
        return [(row["hash"], row["name"]) for row in await self.rows()]

    async def empty(self) -> None:
        """Remove everything: the server is shared by many tests."""
        await self.ask("torrents/delete", hashes="all", deleteFiles="true")

        async def gone() -> bool:
            return not await self.rows()

        await eventually(gone, what="emptying qBittorrent")


class TransmissionRpc:
    """A Transmission, by its own RPC; a context manager."""

    name = "seedbox"

    def __init__(self, server: TransmissionServer, downloads: Path) -> None:
        self.server = server
        self.downloads = downloads
        self._session: aiohttp.ClientSession | None = None
        self._id = ""

    async def __aenter__(self) -> Self:
        login = aiohttp.encode_basic_auth(USERNAME, self.server.password)
        self._session = aiohttp.ClientSession(headers={"Authorization": login})
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    def table(self, url: str | None = None) -> str:
        return (
            f'[clients.{self.name}]\ntype = "transmission"\nurl = "{url or self.server.url}"\n'
            f'username = "{USERNAME}"\npassword = "{self.server.password}"\n'
            f'save_path = "{self.downloads}"\n'
        )

    async def ask(self, method: str, **arguments: Any) -> Any:
        assert self._session is not None
        for _ in range(2):  # the first time it tells the id that it wants to see
            async with self._session.post(
                f"{self.server.url}/transmission/rpc",
                json={"method": method, "arguments": arguments},
                headers={"X-Transmission-Session-Id": self._id},
            ) as answer:
                self._id = answer.headers.get("X-Transmission-Session-Id", self._id)
                if answer.status != 409:
                    found = await answer.json()
        assert found["result"] == "success", found
        return found["arguments"]

    async def names(self) -> list[tuple[str, str]]:
        found = await self.ask("torrent-get", fields=["hashString", "name"])
        return [(row["hashString"], row["name"]) for row in found["torrents"]]

    async def empty(self) -> None:
        """Remove everything: the server is shared by many tests."""
        hashes = [each for each, _ in await self.names()]
        if hashes:  # none would mean all of them
            await self.ask("torrent-remove", ids=hashes, **{"delete-local-data": True})

        async def gone() -> bool:
            return not await self.names()

        await eventually(gone, what="emptying Transmission")


# --- both together --------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class State:
    """What database and client say, compared.

    *orphans* are in the client and nobody's, or ours and taken for foreign; *dangling* are
    owned and not in the client; *duplicates* are there more than once; *open* are intents
    that have not ended, and *pending* links that are not good.
    """

    orphans: frozenset[str]
    dangling: frozenset[str]
    duplicates: tuple[Any, ...]
    open: tuple[Any, ...]
    pending: tuple[Any, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is out of step."""
        return not (self.orphans or self.dangling or self.duplicates or self.open or self.pending)


_LINKS = (
    'SELECT t.info_hash, l.state, l.user_id, t."foreign" FROM links l '
    "JOIN torrents t ON t.id = l.torrent_id"
)
_OPEN = "SELECT id, kind, state FROM intents WHERE state NOT IN ('done', 'failed', 'cancelled')"
_TWO_JOBS = (
    "SELECT user_id, work, episode FROM intents WHERE kind = 'get' AND state = 'done' "
    "AND key IS NOT NULL GROUP BY user_id, work, episode HAVING count(*) > 1"
)
_TWO_TORRENTS = (
    "SELECT l.user_id, e.work, e.episode FROM link_episodes e JOIN links l ON l.id = e.link_id "
    "GROUP BY l.user_id, e.work, e.episode HAVING count(*) > 1"
)


async def compare(database: Database, client: Client, foreign: frozenset[str]) -> State:
    """Compare database and client; *foreign* hashes were put into the client by a test."""
    links = await database.rows(_LINKS)
    listed = await client.names()
    there = {info_hash for info_hash, _ in listed}
    owned = {row[0] for row in links if row[1] in ("live", "pending") and not row[3]}
    twice = [row for sql in (_TWO_JOBS, _TWO_TORRENTS) for row in await database.rows(sql)]
    names = [name for _, name in listed]
    twice += [(name,) for name in set(names) if names.count(name) > 1]
    twice += [(row,) for row in set(links) if links.count(row) > 1]
    return State(
        orphans=frozenset(there - owned - foreign),
        dangling=frozenset({row[0] for row in links if row[1] == "live"} - there),
        duplicates=tuple(twice),
        open=tuple(await database.rows(_OPEN)),
        pending=tuple(row for row in links if row[1] != "live"),
    )
