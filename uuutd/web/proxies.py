"""From which address a request comes, when proxies pass it on."""

import ipaddress
from collections.abc import Iterable, Iterator

from aiohttp import web

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HEADER = "X-Forwarded-For"
_MOST = 20
"""Hops that are looked at; whoever writes more into the header is not believed further."""


class Proxies:
    """The proxies whose word is taken for the address that they were asked from.

    *networks* are theirs, such as ``127.0.0.1`` or ``10.1.0.0/16``.  Anybody can send
    ``X-Forwarded-For``: each proxy adds the address it was asked from at the end, so only
    what stands behind the last address of none of ours is true.
    """

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks = tuple(ipaddress.ip_network(each, strict=False) for each in networks)

    def address(self, request: web.BaseRequest) -> str:
        """Return the address of whoever asked the first of our proxies, or us; "" if unknown."""
        peer = _read(request.remote or "") if self._networks else None
        if peer is None or not self._is_ours(peer):
            return request.remote or ""
        found = peer
        for hop in _hops(request):
            if hop is None:
                break
            found = hop
            if not self._is_ours(hop):
                break
        return str(found)

    def _is_ours(self, address: Address) -> bool:
        return any(
            address.version == network.version and address in network for network in self._networks
        )


def _hops(request: web.BaseRequest) -> Iterator[Address | None]:
    """Give the addresses of the header, the last one first; None for what is no address."""
    texts = ",".join(request.headers.getall(_HEADER, [])).split(",")
    yield from map(_read, reversed(texts[-_MOST:]))


def _read(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
