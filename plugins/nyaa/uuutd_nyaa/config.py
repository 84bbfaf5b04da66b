"""The settings of one Nyaa."""

import re
from typing import Any

import attrs
from attrs import validators

from uuutd import magnets
from uuutd.backends import web_address

_CATEGORY = re.compile(r"[0-9]_[0-9]")


def _trackers(_: Any, __: "attrs.Attribute[tuple[str, ...]]", value: tuple[str, ...]) -> None:
    good = magnets.trackers(value)
    for url in value:
        if url not in good:
            raise ValueError(
                f"{url[:80]!r} is no http, https or udp tracker address, "
                f"or stands after the first {magnets.MAX_TRACKERS}"
            )


def _category(_: Any, __: "attrs.Attribute[str]", value: str) -> None:
    if not _CATEGORY.fullmatch(value):
        raise ValueError(f"must look like 1_2, not {value[:80]!r}")


@attrs.frozen(kw_only=True)
class NyaaConfig:
    """What stands in the table of an indexer of type ``nyaa``."""

    url: str = attrs.field(
        default="https://nyaa.si",
        validator=web_address("https://nyaa.si"),
        metadata={"help": "Where the site is; a mirror if this one is blocked."},
    )
    category: str = attrs.field(
        default="1_2",
        validator=_category,
        metadata={"help": "The site's category to search: 1_2 is anime with English subtitles."},
    )
    trackers: tuple[str, ...] = attrs.field(
        default=(
            "http://nyaa.tracker.wf:7777/announce",
            "udp://open.stealth.si:80/announce",
            "udp://tracker.opentrackr.org:1337/announce",
            "udp://exodus.desync.com:6969/announce",
            "udp://tracker.torrent.eu.org:451/announce",
        ),
        validator=_trackers,
        metadata={"help": "The trackers to put into magnet links of found releases."},
    )
    burst: int = attrs.field(
        default=10,
        validator=validators.ge(1),
        metadata={"help": "How many requests may go out at once after a quiet time."},
    )
    rate: float = attrs.field(
        default=1.0,
        validator=validators.gt(0),
        metadata={"help": "How many requests a second may follow them."},
    )
    in_flight: int = attrs.field(
        default=4,
        validator=validators.ge(1),
        metadata={"help": "How many requests may wait for their answer at a time."},
    )
