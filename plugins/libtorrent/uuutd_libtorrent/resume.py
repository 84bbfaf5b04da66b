"""What the embedded client keeps on the disk of each torrent, so that it survives a restart.

One file for a torrent, named by its info hash: libtorrent's own resume data with a key
of ours beside libtorrent's.  A file is written whole or not at all.  Everything here
blocks and belongs into a thread.
"""

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import libtorrent as lt

from uuutd.domain import InfoHash
from uuutd.errors import Invalid
from uuutd.magnets import info_hash

from .known import spellings
from .layout import Layout

_GOOD, _REMOVING, _DAMAGED = ".fastresume", ".removing", ".damaged"
_OURS: Final = b"uuutd"


@attrs.frozen(kw_only=True)
class Saved:
    """One torrent as found on the disk.

    *params* is None if the file is *damaged*, which is then its path.  *removing* says that
    the torrent and its files were being removed when the daemon ended.
    """

    info_hash: InfoHash
    params: lt.add_torrent_params | None = None
    label: str = ""
    wanted: frozenset[int] | None = None
    removing: bool = False
    damaged: Path | None = None


def pack(params: lt.add_torrent_params, label: str, wanted: frozenset[int] | None) -> bytes:
    """Return the content of a torrent's file."""
    ours: dict[bytes, Any] = {b"label": label.encode()}
    if wanted is not None:
        ours[b"wanted"] = sorted(wanted)
    table: dict[Any, Any] = {**lt.write_resume_data(params), _OURS: ours}
    return lt.bencode(table)


def lost_file(params: lt.add_torrent_params) -> str | None:
    """Return a file of a torrent that was complete and that is not on the disk any more.

    libtorrent would download it again, into the empty folder of a disk that is not
    mounted, say.
    """
    if params.ti is None or params.completed_time <= 0:
        return None
    files, priorities = params.ti.layout(), params.file_priorities
    for native, shown, _ in Layout.of(params.ti):
        unwanted = native < len(priorities) and priorities[native] == 0
        if not unwanted and not Path(files.file_path(native, params.save_path)).exists():
            return shown
    return None


class ResumeFiles:
    """The folder of these files, readable by nobody else."""

    def __init__(self, folder: Path, log: logging.Logger) -> None:
        self._folder = folder
        self._log = log

    def load(self) -> list[Saved]:
        """Read all files.  A damaged one is set aside and named, and keeps nobody else back."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return list(self._read_all())

    def write(self, digits: InfoHash, data: bytes) -> None:
        """Keep *data*, which `pack` made; it is on the disk when this returns."""
        part = self._folder / f".{digits}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(self._folder / (digits + _GOOD))
        (self._folder / (digits + _DAMAGED)).unlink(missing_ok=True)
        self._sync()

    def mark_removing(self, digits: InfoHash) -> None:
        """Note that the torrent goes with its files, so that a kill cannot leave them behind."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / (digits + _GOOD)).rename(self._folder / (digits + _REMOVING))
        self._sync()

    def forget(self, digits: InfoHash) -> None:
        """Remove whatever is kept of the torrent."""
        for suffix in (_GOOD, _REMOVING, _DAMAGED):
            (self._folder / (digits + suffix)).unlink(missing_ok=True)
        self._sync()

    def _sync(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read_all(self) -> Iterator[Saved]:
        for path in sorted(self._folder.iterdir()):
            if path.suffix == ".part":
                path.unlink(missing_ok=True)
            elif path.suffix in (_GOOD, _REMOVING, _DAMAGED):
                try:
                    digits = info_hash(path.stem)
                except Invalid:
                    self._log.warning("%s is named by no info hash and left alone", path)
                    continue
                yield self._read(path, digits)

    def _read(self, path: Path, digits: InfoHash) -> Saved:
        if path.suffix == _DAMAGED:
            return Saved(info_hash=digits, damaged=path)
        try:
            return _parse(path.read_bytes(), digits, removing=path.suffix == _REMOVING)
        except (OSError, RuntimeError, Invalid) as error:
            aside = path.with_suffix(_DAMAGED)
            self._log.warning("%s is damaged (%s): set aside as %s", path, error, aside.name)
            path.rename(aside)
            return Saved(info_hash=digits, damaged=aside)


def _parse(data: bytes, digits: InfoHash, *, removing: bool) -> Saved:
    """Read one file; raises `Invalid` or libtorrent's `RuntimeError` if it is not sound."""
    params = lt.read_resume_data(data)
    if digits not in spellings(params.info_hashes):
        raise Invalid("it belongs to another torrent")
    table: Any = lt.bdecode(data)
    ours = table.get(_OURS)
    if not isinstance(ours, dict):
        raise Invalid("it was not written by this client")
    label, wanted = ours.get(b"label"), ours.get(b"wanted")
    return Saved(
        info_hash=digits,
        params=params,
        label=label.decode("utf-8", "replace") if isinstance(label, bytes) else "",
        wanted=frozenset(map(int, wanted)) if isinstance(wanted, list) else None,
        removing=removing,
    )
