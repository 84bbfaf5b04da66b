"""Magnet links: what a torrent's own looks like, and which text may be one."""

import re
from urllib.parse import quote

from ..wire import TorrentReply

V1_DIGITS = 40

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|[a-z2-7]{32}", re.IGNORECASE | re.ASCII)


def magnet(torrent: TorrentReply) -> str:
    """Return a magnet link of *torrent*.  Trackers may hold a passkey, so none is in it."""
    kind = "btih:" if len(torrent.hash) == V1_DIGITS else "btmh:1220"
    return f"magnet:?xt=urn:{kind}{torrent.hash}&dn={quote(torrent.name, safe='')}"


def sources(text: str) -> list[str]:
    """Return the magnet links and info hashes in *text*, each once; the daemon reads them."""
    found = (word for word in text.split() if word.startswith("magnet:?") or _HASH.fullmatch(word))
    return list(dict.fromkeys(found))
