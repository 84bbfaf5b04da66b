"""What the configuration consists of, as frozen values.

The metadata of a field hold its line of the manual under ``help``.  With ``writable`` it
is a folder of this machine that we write to; `disk` says whether we can.
"""

import builtins
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

import attrs
from attrs import validators

from ..backends import Backend, Indexer, TorrentClient, WatchlistProvider
from ..domain import Kind, Secret, Taste
from . import checks
from .fetching import Fetch
from .upkeep import Disk, Stalled

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
        validator=checks.database,
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


_USUAL = Taste()


@attrs.frozen(kw_only=True)
class Choice(Taste):
    """``[choice]``: the taste of users who have said nothing about theirs."""

    resolutions: tuple[str, ...] = attrs.field(
        default=_USUAL.resolutions,
        validator=checks.resolutions,
        metadata={"help": "Resolutions, the best liked first."},
    )
    groups: tuple[str, ...] = attrs.field(
        default=_USUAL.groups,
        validator=checks.groups,
        metadata={"help": "Release groups, the best liked first."},
    )
    codec: str | None = attrs.field(
        default=_USUAL.codec,
        validator=checks.codec,
        metadata={"help": "The video codec that is liked best."},
    )
    language: str = attrs.field(
        default=_USUAL.language,
        validator=checks.language,
        metadata={"help": "The language of the subtitles, or of the voices of a dub."},
    )
    audio: Literal["sub", "dub"] = attrs.field(
        default=_USUAL.audio, metadata={"help": "Subtitled or dubbed."}
    )
    batch: Literal["never", "allow", "only"] = attrs.field(
        default=_USUAL.batch,
        metadata={"help": "Whether a release of several episodes may be taken."},
    )
    min_seeders: int = attrs.field(
        default=_USUAL.min_seeders,
        validator=validators.ge(0),
        metadata={"help": "Releases with fewer seeders are refused."},
    )
    min_size: int = attrs.field(
        default=_USUAL.min_size,
        validator=validators.ge(0),
        metadata={"help": "Releases with fewer bytes are refused."},
    )
    keep_group: Literal["off", "on", "wait"] = attrs.field(
        default=_USUAL.keep_group,
        metadata={
            "help": "Whether the group of the episodes that a user has is liked best for the rest "
            "of the show; with wait no other group is taken until keep_group_hours have passed."
        },
    )
    keep_group_hours: int = attrs.field(
        default=_USUAL.keep_group_hours,
        validator=checks.hours,
        metadata={"help": "How many hours after an episode came out wait keeps to the group."},
    )
    upgrades: Literal["notify", "off"] = attrs.field(
        default=_USUAL.upgrades,
        metadata={
            "help": "Whether a search tells of a newer version (v2) of an episode that is there; "
            "none is ever taken unasked."
        },
    )
    earlier_group: None = attrs.field(default=None, init=False)


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
class Numbering:
    """``[numbering]``."""

    table: str = attrs.field(
        default="https://raw.githubusercontent.com/erengy/anime-relations/master/anime-relations.txt",
        validator=checks.download,
        metadata={
            "help": "Where the public table is that says which numbers of a show are episodes of "
            'another. It is read once a week; "" turns it off.'
        },
    )


def _reachable(core: "Core", _: "attrs.Attribute[Address]", value: Address) -> None:
    """Refuse to be reached from other machines without a word that this is meant."""
    if not (checks.is_loopback(value.host) or core.behind_proxy or core.insecure_bind):
        raise ValueError(
            f"{value} can be reached from other machines, and uuutd speaks plain HTTP: set "
            "behind_proxy = true if a proxy in front of it does TLS, else insecure_bind = true"
        )


@attrs.frozen(kw_only=True)
class Core:
    """The settings at the top of ``uuutd.toml`` and in the tables of the core."""

    listen: Address = attrs.field(
        default=Address("127.0.0.1", 8484),
        validator=_reachable,
        metadata={"help": "The address that the daemon answers at, host:port."},
    )
    data_dir: Path = attrs.field(
        default=Path("uuutd-data"),
        metadata={
            "help": "The folder for the database, the keys and what backends keep.",
            "writable": True,
        },
    )
    database: Database = attrs.field(factory=Database)
    auth: Auth = attrs.field(factory=Auth)
    allowed_hosts: tuple[str, ...] = attrs.field(
        default=(),
        validator=checks.hosts,
        metadata={"help": "Names that the daemon may be addressed by, besides the loopback ones."},
    )
    public_url: str | None = attrs.field(
        default=None,
        validator=checks.public_url,
        metadata={
            "help": "The address that users know the daemon by, such as https://box.example, if "
            "it is not that of listen. Its host is an allowed one."
        },
    )
    behind_proxy: bool = attrs.field(
        default=False,
        metadata={"help": "A proxy in front does TLS, so listening beyond loopback is all right."},
    )
    trusted_proxies: tuple[str, ...] = attrs.field(
        default=(),
        validator=checks.networks,
        metadata={
            "help": "Addresses or networks of the proxies in front, such as 127.0.0.1: only theirs "
            "is the word taken (X-Forwarded-For) for where a request comes from."
        },
    )
    insecure_bind: bool = attrs.field(
        default=False,
        metadata={"help": "Listen beyond loopback without TLS: passwords travel in clear."},
    )
    blocked_plugins: tuple[str, ...] = attrs.field(
        default=(), metadata={"help": "Installed plugins that are not to be loaded."}
    )
    choice: Choice = attrs.field(factory=Choice)
    numbering: Numbering = attrs.field(factory=Numbering)
    stalled: Stalled = attrs.field(factory=Stalled)
    disk: Disk = attrs.field(factory=Disk)
    fetch: Fetch = attrs.field(factory=Fetch)


@attrs.frozen(kw_only=True)
class Config(Core):
    """The whole configuration, checked; *source* is the file it was read from."""

    source: Path
    watchlists: Mapping[str, BackendTable[WatchlistProvider[Any]]] = attrs.field(factory=dict)
    indexers: Mapping[str, BackendTable[Indexer[Any]]] = attrs.field(factory=dict)
    clients: Mapping[str, BackendTable[TorrentClient[Any]]] = attrs.field(factory=dict)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that the daemon may be addressed by, besides the loopback ones.

        They are *allowed_hosts*, the host of *public_url*, and that of *listen* if it
        names one address beyond loopback.
        """
        names = [*self.allowed_hosts]
        if self.public_url is not None and (host := urlsplit(self.public_url).hostname):
            names.append(host)
        if not (checks.is_loopback(self.listen.host) or checks.is_wildcard(self.listen.host)):
            names.append(self.listen.host)
        return tuple(dict.fromkeys(names))

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
