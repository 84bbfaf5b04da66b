"""Info hashes and magnet links: read strictly, and written anew.

A magnet from outside is never passed on.  It is read into a `Source`, which has room
for an info hash, a name and trackers, and a new magnet is built from that: peers,
web seeds and whatever else it carried do not get through.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote_plus, urlsplit

from .domain import InfoHash, Source
from .errors import Invalid
from .text import clean

MAX_MAGNET = 8 * 1024
"""The longest magnet that is read, in bytes."""
V1_DIGITS = 40
"""How many digits a v1 hash has; a v2 hash has 64."""
MAX_PARAMETERS = 64
MAX_TRACKERS = 20
MAX_NAME = 256
"""The longest name of a torrent that is kept, in characters."""

_V1_HEX = re.compile(r"(?:urn:btih:)?([0-9a-f]{40})", re.IGNORECASE | re.ASCII)
_V1_BASE32 = re.compile(r"(?:urn:btih:)?([a-z2-7]{32})", re.IGNORECASE | re.ASCII)
_V2_HEX = re.compile(r"(?:urn:btmh:1220)?([0-9a-f]{64})", re.IGNORECASE | re.ASCII)
_NUMBERED = re.compile(r"\.[0-9]+$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_URL = re.compile(r"[!-~]+")
_TRACKER_SCHEMES = ("http", "https", "udp")


def info_hash(text: str) -> InfoHash:
    """Return the canonical spelling of an info hash.

    *text* is hex (40 or 64 digits), base32 (32 characters), ``urn:btih:...`` or
    ``urn:btmh:1220...``, in any case.  Anything else raises `Invalid`.
    """
    if match := _V1_HEX.fullmatch(text) or _V2_HEX.fullmatch(text):
        digits = match[1].lower()
    elif match := _V1_BASE32.fullmatch(text):
        digits = base64.b32decode(match[1].upper()).hex()
    else:
        raise Invalid(
            f"{clean(text, 80)!r} is not an info hash",
            hint="an info hash has 40 or 64 hexadecimal digits, or 32 characters of base32",
        )
    if not digits.strip("0"):
        raise Invalid("an info hash of nothing but zeros belongs to no torrent")
    return InfoHash(digits)


def parse_magnet(text: str) -> Source:
    """Read a magnet link, or a bare info hash.

    Kept are the info hash (of a hybrid torrent the v1 one), the name and up to 20 http,
    https and udp trackers; a magnet without a name is named by its hash.  Raises
    `Invalid` for everything that is neither, is longer than 8 KiB, has more than 64
    parameters or names several torrents.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_MAGNET:
        raise Invalid(f"the magnet link is longer than {MAX_MAGNET // 1024} KiB")
    if _CONTROL.search(text):
        raise Invalid("a magnet link holds no line breaks or other control characters")
    text = text.strip(" ")
    if text[:8].lower() != "magnet:?":
        digits = info_hash(text)
        return Source(info_hash=digits, name=digits)
    fields = text[8:].split("&")
    if len(fields) > MAX_PARAMETERS:
        raise Invalid(f"the magnet link has more than {MAX_PARAMETERS} parameters")
    parameters = list(_parameters(fields))
    digits = _topic(value for key, value in parameters if key == "xt")
    names = (clean(value, MAX_NAME) for key, value in parameters if key == "dn")
    bare = Source(info_hash=digits, name=next(filter(None, names), digits))
    return _with_trackers(bare, (value for key, value in parameters if key == "tr"))


def _parameters(fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    for field in fields:
        key, _, value = field.partition("=")
        yield _NUMBERED.sub("", key.lower()), unquote_plus(value)


def _topic(topics: Iterable[str]) -> InfoHash:
    """Return the one torrent that the exact topics name, by its v1 hash if it has one."""
    bittorrent = ("urn:btih:", "urn:btmh:")
    hashes = {info_hash(topic) for topic in topics if topic[:9].lower() in bittorrent}
    for length in (40, 64):
        same_kind = [digits for digits in hashes if len(digits) == length]
        if len(same_kind) > 1:
            raise Invalid("the magnet link names several torrents")
        if same_kind:
            return same_kind[0]
    raise Invalid("the magnet link has no BitTorrent info hash (xt=urn:btih:...)")


def _with_trackers(bare: Source, urls: Iterable[str]) -> Source:
    """Add those trackers that may be kept and leave the rebuilt magnet short enough to be read."""
    room = MAX_MAGNET - len(magnet(bare))
    kept = []
    for url in trackers(urls):
        room -= len(_tracker_field(url))
        if room < 0:
            break
        kept.append(url)
    return Source(info_hash=bare.info_hash, name=bare.name, trackers=tuple(kept))


def trackers(urls: Iterable[str]) -> tuple[str, ...]:
    """Return the tracker addresses among *urls*, each once, the first 20 of them."""
    return tuple(dict.fromkeys(url for url in urls if _is_tracker(url)))[:MAX_TRACKERS]


def _is_tracker(url: str) -> bool:
    if not _URL.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in _TRACKER_SCHEMES and bool(parts.hostname) and port != 0


def magnet(source: Source) -> str:
    """Write a magnet link with the info hash, the name and the trackers of *source*, no more."""
    v2 = len(source.info_hash) == 64
    topic = f"urn:btmh:1220{source.info_hash}" if v2 else f"urn:btih:{source.info_hash}"
    fields = "".join(map(_tracker_field, trackers(source.trackers)))
    return f"magnet:?xt={topic}&dn={quote(source.name, safe='')}{fields}"


def _tracker_field(url: str) -> str:
    return f"&tr={quote(url, safe='')}"
