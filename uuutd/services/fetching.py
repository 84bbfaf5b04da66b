"""How a user brings what is finished to their own machine."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from ..config import Fetch
from ..domain import Torrent
from ..shell import fill

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor, ends a line or turns text around."""


def fetch_commands(torrent: Torrent, fetch: Fetch) -> tuple[str, ...]:
    """Return the administrator's lines for a torrent; none unless it is finished."""
    if not (fetch.commands and torrent.finished):
        return ()
    path = _content(torrent)
    if path is None or ".." in path.parts or _CONTROL.search(str(path)):
        return ()  # a line is shown in terminals: nothing in it may be an order to one
    found = str(_elsewhere(path, fetch.paths))
    return tuple(fill(template, found) for template in fetch.commands)


def _content(torrent: Torrent) -> PurePosixPath | None:
    """Return where the files are; by the torrent's name if its client does not tell."""
    if torrent.content is not None:
        return PurePosixPath(torrent.content)
    if not torrent.save_path or "/" in torrent.name or torrent.name in ("", ".", ".."):
        return None  # no client puts files under such a name
    return PurePosixPath(torrent.save_path, torrent.name)


def _elsewhere(path: PurePosixPath, paths: Mapping[str, str]) -> PurePosixPath:
    """Return what a path of the torrent client is called elsewhere; the longest prefix counts."""
    for prefix in sorted(paths, key=lambda each: len(PurePosixPath(each).parts), reverse=True):
        if path.is_relative_to(prefix):
            return PurePosixPath(paths[prefix]) / path.relative_to(prefix)
    return path
