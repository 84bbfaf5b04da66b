"""The settings of one Transmission."""

from urllib.parse import urlsplit

import attrs

from uuutd.backends import needs, web_address
from uuutd.domain import Secret

_RPC = "/transmission/rpc"
_OTHER_PAGES = frozenset({"", "/transmission", "/transmission/web"})
_PORTS = {"http": 80, "https": 443}


@attrs.frozen(kw_only=True)
class TransmissionConfig:
    """The settings of one Transmission."""

    url: str = attrs.field(
        validator=web_address("http://127.0.0.1:9091"),
        metadata={"help": "Address of its RPC or web interface, such as http://127.0.0.1:9091."},
    )
    username: str | None = attrs.field(
        default=None, validator=needs("password"), metadata={"help": "rpc-username."}
    )
    password: Secret | None = attrs.field(
        default=None, validator=needs("username"), metadata={"help": "rpc-password."}
    )
    save_path: str | None = attrs.field(
        default=None,
        metadata={
            "help": "Folder on Transmission's machine that files go to; its own default if left "
            "out."
        },
    )
    verify_tls: bool = attrs.field(
        default=True, metadata={"help": "Whether the certificate must be trusted."}
    )


@attrs.frozen
class Endpoint:
    """Where a Transmission takes its orders, in the parts that the library wants."""

    protocol: str
    host: str
    port: int
    path: str


def endpoint(url: str) -> Endpoint:
    """Return where the RPC of the Transmission at *url* is; the page people use leads there too."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = parts.path.rstrip("/")
    return Endpoint(
        protocol=parts.scheme,
        host=f"[{host}]" if ":" in host else host,
        port=parts.port or _PORTS[parts.scheme],
        path=_RPC if path in _OTHER_PAGES else path,
    )
