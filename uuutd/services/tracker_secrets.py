"""Trackers as people may see them: a private one's address holds a user's passkey."""

import re
from urllib.parse import urlsplit

from ..domain import Tracker
from ..text import clean
from ..wire import TrackerReply

HIDDEN = "…"
_ANNOUNCE = re.compile(r"/announce(\.php)?/?", re.ASCII)
"""The whole path of a tracker that serves everybody alike."""
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[/?&=;#:@]")
_SHORTEST_SECRET = 6
"""Parts of an address with fewer characters are words, not keys."""
_NO_SECRETS = frozenset({"announce", "announce.php", "passkey", "tracker"})


def shown_tracker(tracker: Tracker) -> TrackerReply:
    """Return a tracker with nothing of its address but what everybody may know.

    That is where it is, and its path if it is the plain ``/announce``.  The parts that are left
    out do not stand in its message either.
    """
    return TrackerReply(
        url=public_url(tracker.url),
        state=tracker.state.value,
        message=None if tracker.message is None else _without(tracker.url, tracker.message),
        seeders=tracker.seeders,
        leechers=tracker.leechers,
    )


def public_url(url: str) -> str:
    """Return the scheme, the host and the port of an address, and its path if that is plain."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return HIDDEN
    if not (parts.scheme and host):  # a client's own, such as the DHT
        return HIDDEN if _SEPARATORS.search(url) else clean(url)
    where = f"[{host}]" if ":" in host else host
    where = f"{parts.scheme}://{where}" + (f":{port}" if port else "")
    if _ANNOUNCE.fullmatch(parts.path) and not (parts.query or parts.fragment or parts.username):
        return clean(where + parts.path)
    return clean(where) + ("/" + HIDDEN if parts.path.strip("/") or parts.query else "")


def _without(url: str, message: str) -> str:
    """Return what a tracker said without addresses and without what is secret in its own."""
    said = _URL.sub(lambda found: public_url(found[0]), clean(message))
    _, _, rest = url.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2]
    secrets = _SEPARATORS.split(rest.replace(host, "", 1))
    for secret in sorted(set(secrets) - _NO_SECRETS, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            said = said.replace(secret, HIDDEN)
    return said
