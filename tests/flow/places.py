"""Which client and which database a daemon gets."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

import attrs
import pytest

from uuutd.testing.programs import PostgresServer
from uuutd.testing.qbittorrent import QBittorrentServer
from uuutd.testing.transmission import TransmissionServer

from .gate import Gate
from .harness import Box, Town
from .outside import (
    Client,
    Database,
    EmbeddedFiles,
    PostgresDatabase,
    QBittorrentWeb,
    SqliteFile,
    TransmissionRpc,
)


@attrs.frozen
class Kinds:
    """One way to set a daemon up."""

    client: str
    database: str

    def __str__(self) -> str:
        return f"{self.client}-{self.database}"


ALL = [
    Kinds(client, database)
    for client in ("libtorrent", "qbittorrent", "transmission")
    for database in ("sqlite", "postgres")
]
COMBINATIONS = [kinds for kinds in ALL if kinds.client != "transmission"]
"""All but those with Transmission, which takes 10 seconds for every transfer."""


@attrs.frozen(kw_only=True)
class Servers:
    """The servers that the tests of a session share; None are those that are not needed."""

    postgres: PostgresServer | None = None
    qbittorrent: QBittorrentServer | None = None
    transmission: TransmissionServer | None = None

    @classmethod
    def needed(cls, request: pytest.FixtureRequest, kinds: Kinds) -> Self:
        """Bring up what *kinds* needs."""
        postgres = kinds.database == "postgres"
        qbittorrent = kinds.client == "qbittorrent"
        transmission = kinds.client == "transmission"
        return cls(
            postgres=request.getfixturevalue("postgres") if postgres else None,
            qbittorrent=request.getfixturevalue("qbittorrent") if qbittorrent else None,
            transmission=request.getfixturevalue("transmission") if transmission else None,
        )

    def web(self, downloads: Path) -> QBittorrentWeb | TransmissionRpc | None:
        """Return the client if it is a program of its own, that saves in *downloads*."""
        if self.qbittorrent is not None:
            return QBittorrentWeb(self.qbittorrent, downloads)
        if self.transmission is not None:
            return TransmissionRpc(self.transmission, downloads)
        return None

    def database(self, folder: Path) -> Database:
        """Return an empty database."""
        if self.postgres is not None:
            return PostgresDatabase(self.postgres.create_database())
        return SqliteFile(folder / "data" / "uuutd.db")


@asynccontextmanager
async def placed(
    town: Town, kinds: Kinds, servers: Servers, folder: Path, *, gate: bool = False
) -> AsyncIterator[Box]:
    """Make a box of *kinds* in *folder*, not started yet; it is killed in the end.

    With *gate* a `Gate` stands between the daemon and its client, if that is a program of its
    own, as `Box.gate`.
    """
    async with AsyncExitStack() as stack:
        downloads = folder / "anime"
        client: Client = EmbeddedFiles(folder / "data", downloads)
        between = None
        if (web := servers.web(downloads)) is not None:
            client = await stack.enter_async_context(web)
            await web.empty()
            if gate:
                between = await stack.enter_async_context(Gate(web.server.url))
        (folder / "data").mkdir(mode=0o700, parents=True)
        box = Box(town, folder, servers.database(folder), client, gate=between)
        yield await stack.enter_async_context(box)
