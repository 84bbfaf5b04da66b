"""Whether what the configuration names can be used by us on this machine's disks."""

import stat
import tempfile
from pathlib import Path


def unwritable(folder: Path) -> str | None:
    """Say why *folder* cannot be written, or made if it is not there; None if it can.

    The nearest folder that is there takes a file without a name, which leaves no trace.
    """
    nearest = folder
    try:
        while not nearest.exists():
            nearest = nearest.parent
        if not nearest.is_dir():
            return f"{nearest} is not a folder"
        with tempfile.TemporaryFile(dir=nearest):
            return None
    except OSError as error:
        verb = "written to" if nearest == folder else "made"
        return f"{folder} cannot be {verb}: {error.strerror}"


def others_can_read(file: Path) -> bool:
    """Whether everybody on this machine can read *file*."""
    return bool(file.stat().st_mode & stat.S_IROTH)
