"""Which files of a torrent hold the wanted episode."""

from collections.abc import Iterator, Sequence

import attrs

from ..domain import TorrentFile, Wanted
from . import lexicon
from .family import Alias, Family, family_of
from .found import Found
from .identity import identify
from .numbering import is_serial
from .reading import read, read_number
from .words import Words, fold

_SIDE_FOLDERS = frozenset(
    {"extra", "extras", "bonus", "bonuses", "scans", "menus", "specials", "sps", "samples", "cds"}
)


def pick_files(wanted: Wanted, files: Sequence[TorrentFile], name: str = "") -> tuple[int, ...]:
    """Return the indexes of those of *files* that hold the wanted episode.

    File names are read like release names and counted by the same numbering.  One that does
    not repeat the title, or not the season, is read as part of the folders it lies in and of
    the torrent, which is called *name*.  Nothing is returned if no file can be told.
    """
    family = family_of(wanted)
    videos = [file for file in files if _is_episode(file.path, family)]
    if wanted.work.episodes == 1 and not is_serial(wanted.work) and len(videos) == 1:
        return (videos[0].index,)
    found = [pick for video in videos for pick in _picks(video, name, wanted, family)]
    sure = [pick for pick in found if pick.titled] or (found if len(found) == 1 else [])
    newest = max((pick.version for pick in sure), default=0)
    return tuple(sorted(pick.index for pick in sure if pick.version == newest))


@attrs.frozen
class _Pick:
    """A file that holds the episode; *titled* tells that nothing in its name is unknown."""

    index: int
    version: int
    titled: bool


def _picks(video: TorrentFile, name: str, wanted: Wanted, family: Family) -> Iterator[_Pick]:
    *folders, base = video.path.split("/")
    around = [*reversed(folders), name]
    reading = read(base, family)
    titled = reading is not None
    if reading is None:
        aliases = _aliases(around, family)
        if not aliases:
            return
        reading = read_number(base, family, aliases)
        titled = not reading.found.unexplained
        reading.found.unexplained = ()
    found = reading.found
    if found.extra is not None:
        return
    if found.season is None:
        _take_season(found, around, family)
    identity = identify(reading, family)
    if found.numbered and wanted.episode in identity.numbers:
        yield _Pick(video.index, found.version, titled)


def _aliases(names: Sequence[str], family: Family) -> tuple[Alias, ...]:
    """Return what the nearest name with a known title names."""
    readings = (read(name, family) for name in names)
    return next((reading.aliases for reading in readings if reading is not None), ())


def _take_season(found: Found, names: Sequence[str], family: Family) -> None:
    """Take the season and part that the nearest name with such a mark has."""
    for name in names:
        reading = read(name, family) or read_number(name, family, ())
        around = reading.found
        if len(around.seasons) == 1 or (not around.seasons and around.part is not None):
            found.season, found.part = around.season, found.part or around.part
            found.seasons |= around.seasons
            return


def _is_episode(path: str, family: Family) -> bool:
    """Whether a file is a video and lies in no folder for extras."""
    *folders, base = path.split("/")
    if base.rpartition(".")[2].casefold() not in lexicon.VIDEO_SUFFIXES:
        return False
    words = {word for folder in folders for word in Words(fold(folder)).texts}
    return not is_serial(family.work) or not words & _SIDE_FOLDERS
