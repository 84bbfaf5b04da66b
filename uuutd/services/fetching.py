"""How a user brings what is finished to their own machine."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from ..config import Fetch
from ..domain import Torrent
from ..shell import fill


def fetch_commands(torrent: Torrent, fetch: Fetch) -> tuple[str, ...]:
    """Return the administrator's lines for a torrent; none unless it is finished."""
    if not (fetch.commands and torrent.finished and torrent.save_path):
        return ()
    if "/" in torrent.name or torrent.name in ("", ".", ".."):
        return ()  # no client puts files under such a name
    folder = _elsewhere(PurePosixPath(torrent.save_path), fetch.paths)
    path = str(folder / torrent.name)
    return tuple(fill(template, path) for template in fetch.commands)


def _elsewhere(folder: PurePosixPath, paths: Mapping[str, str]) -> PurePosixPath:
    """Return what a folder of the torrent client is called elsewhere; the longest prefix counts."""
    for prefix in sorted(paths, key=lambda each: len(PurePosixPath(each).parts), reverse=True):
        if folder.is_relative_to(prefix):
            return PurePosixPath(paths[prefix]) / folder.relative_to(prefix)
    return folder
