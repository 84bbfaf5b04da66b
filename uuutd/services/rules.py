"""What the rules of the choice are called, so that nobody has to claim that they are the same."""

import functools
import hashlib
import inspect
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..choice import Judge

SOURCES = ("choice", "services/kept_group.py", "domain", "text.py")
"""What decides: the choice itself, and all of ours that it is made with."""
_PACKAGE = Path(__file__).parents[1]
_LENGTH = 32


def rules_digest(judges: Sequence[tuple[str, Judge]] = ()) -> str:
    """Return a name of the rules that this program chooses by: 32 hexadecimal digits.

    It is taken from the source of the rules and of the modules in which *judges* are
    written, and from what Python knows of texts.  What is the same for two programs chooses
    the same; what differs may still choose the same.
    """
    digest = hashlib.sha256(_ours().encode())
    for name, judge in judges:
        digest.update(f"\0{name}\0{_source_of(judge)}".encode())
    return digest.hexdigest()[:_LENGTH]


@functools.cache
def _ours() -> str:
    """Return the digest of our own rules, read once: some two milliseconds."""
    version = sys.version_info
    python = f"{version.major}.{version.minor} {unicodedata.unidata_version}"
    digest = hashlib.sha256(python.encode())
    for path in source_files(_PACKAGE):
        content = path.read_bytes()
        name = path.relative_to(_PACKAGE).as_posix()
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def source_files(package: Path) -> Iterator[Path]:
    """Yield the files below *package* that the rules are written in, always in one order."""
    for name in SOURCES:
        place = package / name
        yield from sorted(place.glob("*.py")) if place.is_dir() else (place,)


def _source_of(judge: Judge) -> str:
    """Return the source of the module in which a judge is written; empty if it has none."""
    written = inspect.unwrap(judge)
    module = sys.modules.get(getattr(written, "__module__", ""))
    try:
        return inspect.getsource(module) if module else ""
    except (OSError, TypeError):  # written in C, or shipped without its source
        return ""
