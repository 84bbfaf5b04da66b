"""What the daemon does by itself about torrents that do not move, and about a full disk."""

import attrs
from attrs import validators


@attrs.frozen(kw_only=True)
class Stalled:
    """``[stalled]``: when another release is taken in place of one that does not move."""

    metadata_minutes: float = attrs.field(
        default=60.0,
        validator=validators.ge(0),
        metadata={
            "help": "After how many minutes without metadata (the names of the files, which a "
            "magnet lacks) another release is taken; 0 is never."
        },
    )
    no_seeders_minutes: float = attrs.field(
        default=180.0,
        validator=validators.ge(0),
        metadata={
            "help": "After how many minutes without a byte and without a connected seeder another "
            "release is taken; 0 is never."
        },
    )
    no_progress_minutes: float = attrs.field(
        default=720.0,
        validator=validators.ge(0),
        metadata={
            "help": "After how many minutes without a byte, though there are seeders, another "
            "release is taken; 0 is never."
        },
    )
    replacements: int = attrs.field(
        default=3,
        validator=[validators.ge(0), validators.le(20)],
        metadata={
            "help": "How many times another release is taken for the same download; 0 is never."
        },
    )


@attrs.frozen(kw_only=True)
class Disk:
    """``[disk]``: how much is kept free where a torrent client puts downloads."""

    min_free_bytes: int = attrs.field(
        default=2 << 30,
        validator=validators.ge(0),
        metadata={
            "help": "No download begins while fewer bytes are free; those that wait go on by "
            "themselves. 0 is no limit."
        },
    )
    min_free_percent: float = attrs.field(
        default=5.0,
        validator=[validators.ge(0), validators.lt(100)],
        metadata={
            "help": "The same as a part of the whole disk; the larger of the two counts. Only for "
            "a client whose folder is on this machine, as no other tells how large its disk is."
        },
    )
