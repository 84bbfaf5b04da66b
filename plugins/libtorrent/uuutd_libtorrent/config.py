"""The settings of the embedded client, and what they are in libtorrent's words."""

import ipaddress
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import libtorrent as lt
from attrs import validators

if TYPE_CHECKING:
    from libtorrent import settings_pack

ACTIVE_TICK: Final = 500
"""How often libtorrent looks after its torrents while any of them is at work, in ms."""
IDLE_TICK: Final = 2000
STOPPED_PATIENCE: Final = 2
"""Seconds that a tracker has for taking note of our leaving."""

ALERTS: Final = lt.alert_category.error | lt.alert_category.status | lt.alert_category.storage

_ENDPOINT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+)):([0-9]{1,5})", re.ASCII)
_INTERFACE = re.compile(r"[\w.:@-]{1,64}", re.ASCII)


def _endpoints(text: str) -> list[tuple[str, int]]:
    """Return the addresses of a listen setting; `ValueError` if it is not one."""
    found = []
    for part in text.split(","):
        match = _ENDPOINT.fullmatch(part.strip())
        if match is None or int(match[3]) > 0xFFFF:
            raise ValueError(f"must look like 0.0.0.0:6881,[::]:6881, not {text[:80]!r}")
        host = str(ipaddress.ip_address(match[1])) if match[1] else match[2]
        found.append((host, int(match[3])))
    return found


def _listen(_: Any, __: "attrs.Attribute[str]", value: str) -> None:
    _endpoints(value)


def _interface(_: Any, __: "attrs.Attribute[str | None]", value: str | None) -> None:
    if value is not None and not _INTERFACE.fullmatch(value):
        raise ValueError(f"must be the name or the address of an interface, not {value[:80]!r}")


def _absolute(_: Any, __: "attrs.Attribute[Path]", value: Path) -> None:
    if not value.is_absolute():
        raise ValueError(f"must be an absolute path, not {str(value)[:80]!r}")


def _expanded(value: str | Path) -> Path:
    return Path(value).expanduser()


@attrs.frozen(kw_only=True)
class LibtorrentConfig:
    """What stands in the table of a client of type ``libtorrent``."""

    save_path: Path = attrs.field(
        converter=_expanded,
        validator=_absolute,
        metadata={"help": "The folder to download to.", "writable": True},
    )
    listen: str = attrs.field(
        default="0.0.0.0:6881,[::]:6881",
        validator=_listen,
        metadata={
            "help": "Where other peers reach us. If a port is taken the next free one is used, "
            "port 0 is any. With loopback addresses alone nothing leaves the machine: no DHT, "
            "and no limits that only make sense among strangers."
        },
    )
    interface: str | None = attrs.field(
        default=None,
        validator=_interface,
        metadata={
            "help": "The name or the address of the one network interface to use, such as that "
            "of a VPN. While it is down nothing is transferred. Of listen only the ports count."
        },
    )
    upload_rate: int = attrs.field(
        default=3_000_000,
        validator=validators.ge(0),
        metadata={
            "help": "The most bytes a second to send, 0 for no limit. The default stays below "
            "10 TB a month."
        },
    )
    download_rate: int = attrs.field(
        default=0,
        validator=validators.ge(0),
        metadata={"help": "The most bytes a second to receive, 0 for no limit."},
    )
    limit_local_peers: bool = attrs.field(
        default=False,
        metadata={"help": "Whether the two limits hold for peers in the local network, too."},
    )
    connections: int = attrs.field(
        default=200,
        validator=validators.ge(2),
        metadata={"help": "The most connections to peers at a time."},
    )
    dht: bool = attrs.field(
        default=True,
        metadata={"help": "Whether to find peers without a tracker, by the distributed table."},
    )
    local_discovery: bool = attrs.field(
        default=False,
        metadata={"help": "Whether to look for peers in the local network."},
    )
    port_mapping: bool = attrs.field(
        default=False,
        metadata={"help": "Whether to ask the router for an open port (UPnP and NAT-PMP)."},
    )

    @property
    def endpoints(self) -> list[tuple[str, int]]:
        """The hosts, or the one interface, and the ports to listen on."""
        found = _endpoints(self.listen)
        if self.interface is None:
            return found
        return [(self.interface, port) for port in dict.fromkeys(port for _, port in found)]

    @property
    def is_loopback(self) -> bool:
        """Whether this client is for this machine alone, as in tests and the demo."""
        return all(_is_loopback(host) for host, _ in self.endpoints)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("lo", "localhost")


def session_settings(config: LibtorrentConfig) -> "settings_pack":
    """Say in libtorrent's words what *config* says."""
    endpoints = config.endpoints
    public = not config.is_loopback
    settings: settings_pack = {
        "alert_mask": ALERTS,
        # Alerts beyond this are lost; restoring thousands of torrents brings several for each.
        "alert_queue_size": 100_000,
        "listen_interfaces": ",".join(f"{_bracketed(host)}:{port}" for host, port in endpoints),
        "outgoing_interfaces": config.interface or "",
        "upload_rate_limit": config.upload_rate,
        "download_rate_limit": config.download_rate,
        "ignore_limits_on_local_network": not config.limit_local_peers,
        "connections_limit": config.connections,
        "enable_dht": config.dht and public,
        "enable_lsd": config.local_discovery and public,
        "enable_upnp": config.port_mapping and public,
        "enable_natpmp": config.port_mapping and public,
        "dht_bootstrap_nodes": "dht.libtorrent.org:25401,router.bittorrent.com:6881,"
        "dht.transmissionbt.com:6881",
        "stop_tracker_timeout": STOPPED_PATIENCE,
        "tick_interval": IDLE_TICK,
    }
    return settings if public else {**settings, **_LOOPBACK, **_outgoing(endpoints)}


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _outgoing(endpoints: list[tuple[str, int]]) -> "settings_pack":
    hosts = dict.fromkeys(host for host, _ in endpoints)
    return {"outgoing_interfaces": ",".join(hosts)}


# On loopback all peers share one address, a tracker is a program beside us, and nobody is
# harmed by asking often.
_LOOPBACK: "settings_pack" = {
    "allow_multiple_connections_per_ip": True,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "min_announce_interval": 1,
    "min_reconnect_time": 1,
    "ssrf_mitigation": False,
}
