"""Where on the disk a show's files go."""

import re
from pathlib import PurePath

from ..text import clean

LONGEST = 100
"""Characters of a folder's name at most."""
MOST_BYTES = 230
"""Bytes of it at most: file systems take 255, and a hash may follow."""

_UNSAFE = re.compile(r'[/\\:*?"<>|]+')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")


def show_folder(title: str | None) -> PurePath:
    """Return the folder of a show, relative to the client's save path; no title, no folder.

    The name is safe on every file system, Windows' among them, and is never hidden.
    """
    if title is None:
        return PurePath()
    short = clean(title, LONGEST).encode()[:MOST_BYTES].decode(errors="ignore")
    name = _UNSAFE.sub(" ", short)
    name = " ".join(name.split()).strip(". ")
    if not name:
        return PurePath("show")
    return PurePath(f"{name} (show)" if _RESERVED.match(name) else name)
