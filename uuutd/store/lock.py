"""One daemon to a data directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ConfigError, Problem

_NAME = "uuutd.lock"


@contextmanager
def hold_lock(folder: Path, *, needed: bool) -> Iterator[bool]:
    """Hold the lock in *folder* and yield whether we have it.

    The system lets go of it when the process ends, however that happens.  If somebody
    else has it and it is *needed*, raises `uuutd.errors.ConfigError`.
    """
    path = folder / _NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _refused(path, f"the lock cannot be made: {error.strerror}") from error
    try:
        have = _take(handle)
        if not have and needed:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "?"
            raise _refused(
                path, f"another uuutd (process {holder}) runs on this data directory; stop it first"
            )
        yield have
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return True


def _refused(path: Path, detail: str) -> ConfigError:
    return ConfigError(str(path), [Problem("", detail)])
