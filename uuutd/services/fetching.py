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
    """Return the administrator's lines for a torrent; none if `fetch_problem` says why."""
    path = _content(torrent)
    if path is None or fetch_problem(torrent, fetch) is not None:
        return ()
    found = str(_elsewhere(path, fetch.paths))
    return tuple(fill(template, found) for template in fetch.commands)


def fetch_problem(torrent: Torrent, fetch: Fetch) -> str | None:
    """Say why a torrent has no lines; None if it has."""
    if not torrent.finished:
        return "it is not finished"
    if not fetch.commands:
        return "the administrator has set no [fetch] commands in uuutd.toml"
    path = _content(torrent)
    if path is None:
        return "its client does not tell where its files are"
    if ".." in path.parts:
        return "the path of its files leads out of its folder"
    if _CONTROL.search(str(path)):
        # A line is shown in terminals: nothing in it may be an order to one.
        return (
            "the name of its files holds control characters, which could order your terminal "
            "about; rename them in the client, or bring them by hand"
        )
    return None


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
