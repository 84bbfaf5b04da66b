"""The settings of one Transmission."""

from urllib.parse import urlsplit

import attrs

from uuutd.domain import Secret

_RPC = "/transmission/rpc"
_OTHER_PAGES = frozenset({"", "/transmission", "/transmission/web"})
_PORTS = {"http": 80, "https": 443}


def _web_address(_: object, __: "attrs.Attribute[str]", value: str) -> None:
    try:
        parts = urlsplit(value)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not value.startswith(("http://", "https://")):
        raise ValueError("must be a web address such as http://127.0.0.1:9091")
    if "@" in parts.netloc:
        raise ValueError("must not hold user and password; set username and password instead")
    if "?" in value or "#" in value:
        raise ValueError("must not hold a query or fragment")


def _with_password(config: "TransmissionConfig", _: object, value: str | None) -> None:
    if value is not None and config.password is None:
        raise ValueError("is of no use without password")


def _with_username(config: "TransmissionConfig", _: object, value: Secret | None) -> None:
    if value is not None and config.username is None:
        raise ValueError("is of no use without username")


@attrs.frozen(kw_only=True)
class TransmissionConfig:
    """The settings of one Transmission."""

    url: str = attrs.field(
        validator=_web_address,
        metadata={"help": "Address of its RPC or web interface, such as http://127.0.0.1:9091."},
    )
    username: str | None = attrs.field(
        default=None, validator=_with_password, metadata={"help": "rpc-username."}
    )
    password: Secret | None = attrs.field(
        default=None, validator=_with_username, metadata={"help": "rpc-password."}
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
