"""The files of a torrent as people count them.

libtorrent numbers padding as well, which v2 torrents have between all their files and
which other clients do not list.  Here, as in `uuutd.metainfo`, only real files count.
"""

from collections.abc import Collection, Iterator

import attrs
import libtorrent as lt

from uuutd.errors import Invalid
from uuutd.text import clean

_NORMAL, _NEVER = 4, 0


@attrs.frozen
class Layout:
    """Real files: their numbers at libtorrent, paths and sizes; *total* counts padding too.

    *private* says that the torrent is for its own trackers alone.  *top* is the file or folder
    that has all of them, as it is spelled on the disk.
    """

    native: tuple[int, ...]
    paths: tuple[str, ...]
    sizes: tuple[int, ...]
    total: int
    private: bool
    top: str | None

    def __iter__(self) -> Iterator[tuple[int, str, int]]:
        """Yield number, path and size of each file."""
        return zip(self.native, self.paths, self.sizes, strict=True)

    @classmethod
    def of(cls, info: lt.torrent_info) -> "Layout":
        """Read the layout of *info*."""
        files = info.layout()
        pad = lt.file_flags_t.flag_pad_file
        real = [i for i in range(files.num_files()) if not files.file_flags(i) & pad]
        return cls(
            native=tuple(real),
            paths=tuple(_shown(files.file_path(i)) for i in real),
            sizes=tuple(files.file_size(i) for i in real),
            total=files.num_files(),
            private=info.priv(),
            top=files.file_path(real[0]).split("/")[0] if real else None,
        )

    def priorities(self, wanted: Collection[int]) -> list[int]:
        """Return what to tell libtorrent so that it gets the *wanted* files and no others.

        Raises `Invalid` if there is no such file.
        """
        beyond = [index for index in wanted if not 0 <= index < len(self.native)]
        if beyond:
            raise Invalid(f"the torrent has {len(self.native)} files and no number {beyond[0]}")
        priorities = [_NEVER] * self.total
        for index in wanted:
            priorities[self.native[index]] = _NORMAL
        return priorities


def blind_priorities(wanted: Collection[int]) -> list[int]:
    """Return priorities for a torrent whose layout is not known yet; right if it has no padding.

    The files after these are not wanted: `lt.torrent_flags.default_dont_download` says so.
    """
    last = max(wanted, default=-1)
    return [_NORMAL if index in wanted else _NEVER for index in range(last + 1)]


def _shown(path: str) -> str:
    return "/".join(clean(part, 255) or "_" for part in path.split("/"))
