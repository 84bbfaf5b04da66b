"""What the configuration consists of, as frozen values.

The metadata of a field hold its line of the manual under ``help``.
"""

import builtins
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import attrs

from ..backends import Backend, Indexer, TorrentClient, WatchlistProvider
from ..domain import Kind, Secret, Taste

B_co = TypeVar("B_co", bound=Backend[Any], covariant=True)

SECTIONS: Mapping[Kind, str] = {
    "watchlist": "watchlists",
    "indexer": "indexers",
    "client": "clients",
}
"""The table of ``uuutd.toml`` in which the backends of each kind stand."""


@attrs.frozen
class Address:
    """Where to listen; written ``host:port``, an IPv6 address in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@attrs.frozen(kw_only=True)
class Database:
    """``[database]``."""

    url: Secret | None = attrs.field(
        default=None,
        metadata={
            "help": "Where the database is: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME. "
            "Left out, uuutd.db in the data directory."
        },
    )


@attrs.frozen(kw_only=True)
class Auth:
    """``[auth]``."""

    signup: Literal["closed", "invite", "open"] = attrs.field(
        default="invite",
        metadata={"help": "Who can make an account: nobody, those with an invitation, everybody."},
    )


@attrs.frozen(kw_only=True)
class BackendTable(Generic[B_co]):
    """One configured backend.

    *settings* is a value of the backend's own ``Config``.  With *problem* the plugin
    that should bring this type does not work: *backend* and *settings* are missing then.
    """

    kind: Kind
    name: str
    type: str
    backend: builtins.type[B_co] | None
    settings: Any = attrs.field(default=None, repr=False)
    problem: str | None = None


@attrs.frozen(kw_only=True)
class Core:
    """The settings at the top of ``uuutd.toml`` and in the tables of the core."""

    listen: Address = attrs.field(
        default=Address("127.0.0.1", 8484),
        metadata={"help": "The address that the daemon answers at, host:port."},
    )
    data_dir: Path = attrs.field(
        default=Path("uuutd-data"),
        metadata={"help": "The folder for the database, the keys and what backends keep."},
    )
    database: Database = attrs.field(factory=Database)
    auth: Auth = attrs.field(factory=Auth)
    allowed_hosts: tuple[str, ...] = attrs.field(
        default=(),
        metadata={"help": "Names that the daemon may be addressed by, besides the loopback ones."},
    )
    behind_proxy: bool = attrs.field(
        default=False,
        metadata={"help": "A proxy in front does TLS, so listening beyond loopback is all right."},
    )
    insecure_bind: bool = attrs.field(
        default=False,
        metadata={"help": "Listen beyond loopback without TLS: passwords travel in clear."},
    )
    blocked_plugins: tuple[str, ...] = attrs.field(
        default=(), metadata={"help": "Installed plugins that are not to be loaded."}
    )
    choice: Taste = attrs.field(factory=Taste)


@attrs.frozen(kw_only=True)
class Config(Core):
    """The whole configuration, checked; *source* is the file it was read from."""

    source: Path
    watchlists: Mapping[str, BackendTable[WatchlistProvider[Any]]] = attrs.field(factory=dict)
    indexers: Mapping[str, BackendTable[Indexer[Any]]] = attrs.field(factory=dict)
    clients: Mapping[str, BackendTable[TorrentClient[Any]]] = attrs.field(factory=dict)

    @property
    def key_file(self) -> Path:
        """The key ring."""
        return self.data_dir / "keys.json"

    @property
    def database_url(self) -> str:
        """Where the database is; it may hold a password, so it is never shown."""
        if self.database.url is not None:
            return self.database.url.reveal()
        return f"sqlite://{self.data_dir / 'uuutd.db'}"
