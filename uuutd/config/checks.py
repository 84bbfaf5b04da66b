"""What settings of the core must look like; each is a validator of attrs.

None of the texts repeats a value that may hold a password.
"""

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

import attrs

from ..choice import lexicon
from ..domain import Secret
from ..errors import ConfigError
from ..store.place import parse

LONGEST_WAIT = 30 * 24
"""How many hours an episode may wait for its group at most."""

_LABEL = r"[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"
_HOST = re.compile(rf"(?=.{{1,254}}\Z){_LABEL}(?:\.{_LABEL})*\.?", re.ASCII)
_LANGUAGES = frozenset(lexicon.LANGUAGES.values())
_CODECS = frozenset(lexicon.CODECS) | frozenset(lexicon.CODECS.values()) - {"other"}


def database(_: Any, __: "attrs.Attribute[Secret | None]", value: Secret | None) -> None:
    """Refuse a URL that names no database."""
    if value is None:
        return
    try:
        parse(value.reveal())
    except ConfigError as error:
        raise ValueError(error.problems[0].detail) from error


def hosts(_: Any, __: Any, value: tuple[str, ...]) -> None:
    """Refuse what is neither a host name nor an IP address."""
    for host in value:
        if not _is_host(host):
            raise ValueError(
                f"{host[:80]!r} is no host name: write it as box.example or 192.0.2.7, "
                "without scheme, port and path"
            )


def networks(_: Any, __: Any, value: tuple[str, ...]) -> None:
    """Refuse what is neither an IP address nor a network, and a network of everybody."""
    for text in value:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise ValueError(
                f"{text[:80]!r} is no address or network: write it as 127.0.0.1 or 10.1.0.0/16"
            ) from None
        if network.prefixlen == 0:
            raise ValueError(f"{text[:80]!r} is everybody, who could then claim any address")


def public_url(_: Any, __: Any, value: str | None) -> None:
    """Refuse what is no plain web address."""
    parts = None if value is None else _split(value)
    if value is None or (parts is not None and _is_plain(parts)):
        return
    raise ValueError(
        "must be a web address such as https://box.example, without user, query and fragment"
    )


def download(_: Any, __: Any, value: str) -> None:
    """Refuse what is no address that something can be downloaded from; an empty one is good."""
    parts = _split(value) if value else None
    if not value or (
        parts is not None
        and parts.scheme in ("http", "https")
        and _is_host(parts.hostname or "")
        and "@" not in parts.netloc
        and not parts.fragment
    ):
        return
    raise ValueError('must be a web address such as https://box.example/rules.txt, or "" for none')


def resolutions(_: Any, __: Any, value: tuple[str, ...]) -> None:
    """Refuse a resolution that no release is ever said to have."""
    for each in value:
        known = lexicon.resolution(each.casefold()) if each else None
        if known is not None and known != each:
            raise ValueError(f"must look like 1080p, not {each[:80]!r} (did you mean {known}?)")
        if known is None:
            raise ValueError(f"must look like 1080p, not {each[:80]!r}")


def groups(_: Any, __: Any, value: tuple[str, ...]) -> None:
    """Refuse groups without a name."""
    if not all(each.strip() for each in value):
        raise ValueError("must not hold an empty name")


def codec(_: Any, __: Any, value: str | None) -> None:
    """Refuse a codec that no release is ever said to have."""
    if value is None:
        return
    if value.casefold().replace(".", "").replace("-", "") not in _CODECS:
        raise ValueError(f"must be a video codec such as hevc, avc or av1, not {value[:80]!r}")


def language(_: Any, __: Any, value: str) -> None:
    """Refuse a language that no release is ever said to have."""
    if value.casefold() not in _LANGUAGES:
        known = ", ".join(sorted(_LANGUAGES))
        raise ValueError(f"must be one of {known}, not {value[:80]!r}")


def hours(_: Any, __: Any, value: int) -> None:
    """Refuse to wait for longer than anybody would remember."""
    if not 0 <= value <= LONGEST_WAIT:
        raise ValueError(f"must be from 0 to {LONGEST_WAIT}, got {value}")


def is_loopback(host: str) -> bool:
    """Whether *host* means this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_wildcard(host: str) -> bool:
    """Whether *host* means all addresses of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return _HOST.fullmatch(text) is not None
    return True


def _split(url: str) -> SplitResult | None:
    """Return the parts of *url*; None if its port or its brackets make no sense."""
    try:
        parts = urlsplit(url)
        good = parts.port != 0
    except ValueError:
        return None
    return parts if good else None


def _is_plain(parts: SplitResult) -> bool:
    return (
        parts.scheme in ("http", "https")
        and _is_host(parts.hostname or "")
        and "@" not in parts.netloc
        and not {"?", "#"} & set(parts.geturl())
    )
