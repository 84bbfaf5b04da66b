"""Lines for a shell of somebody's machine that name a path of this one.

The paths hold names that strangers chose.  Whatever stands in them, each is one word of one
command: for the shell that reads the line, and for what that command hands it on to.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NO_SFTP_WORD = re.compile(r"([^\w./:@%+,=~^-])")


def _for_sftp(path: str) -> str:
    r"""Return a path as `sftp` reads it: it splits words and expands patterns by itself.

    Seen with OpenSSH 9.2: ``sftp box:'/a b/[c].mkv'`` finds nothing, ``'/a\ b/\[c\].mkv'`` does.
    """
    return "".join(f"\\{char}" if _is_ascii_special(char) else char for char in path)


def _is_ascii_special(char: str) -> bool:
    return char.isascii() and _NO_SFTP_WORD.fullmatch(char) is not None


PLACEHOLDERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"path": str, "sftp_path": _for_sftp}
)
"""What a line may hold in braces, and how the path is written there before it is quoted."""

_HOSTILE = """/a b/"c"'$(d) `e` \\f;{path}*"""
_KEEPS_OUT_OF_SHELLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"rsync": ("s", "--protect-args", "--secluded-args"), "scp": ("s",)}
)
"""Programs that may hand a path to a shell of the other machine, and what keeps them from it.

Seen with rsync 3.5 and OpenSSH 9.2: with these, names of every kind arrive.
"""


def fill(template: str, path: str) -> str:
    """Return the line of *template* for *path*, which stands there quoted."""
    return _PLACEHOLDER.sub(lambda found: shlex.quote(PLACEHOLDERS[found[1]](path)), template)


def faults(template: str) -> Iterator[str]:
    """Say why a template must not be used: what it makes of a path could be run as a command."""
    names = _PLACEHOLDER.findall(template)
    if unknown := [name for name in names if name not in PLACEHOLDERS]:
        known = " and ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        yield f"{{{unknown[0]}}} means nothing here; there are {known}"
    elif not names:
        yield "has no {path}, so it would be the same for every torrent"
    elif not _keeps_whole(template):
        yield "must have {path} outside of quotes: it is quoted by itself"
    else:
        yield from _leaks(shlex.split(template))


def _keeps_whole(template: str) -> bool:
    """Whether a path is a part of one word of the line, whatever it holds."""
    try:
        plain = shlex.split(_PLACEHOLDER.sub("X", template))
        filled = shlex.split(_PLACEHOLDER.sub(lambda _: shlex.quote(_HOSTILE), template))
    except ValueError:
        return False
    return len(plain) == len(filled) and "".join(filled).count(_HOSTILE) == len(
        _PLACEHOLDER.findall(template)
    )


def _leaks(words: list[str]) -> Iterator[str]:
    program = PurePosixPath(words[0]).name
    if program in ("ssh", "sh", "bash", "eval"):
        yield f"{program} would run the names of files as commands; use rsync, scp or sftp"
    for word in words:
        safe = _KEEPS_OUT_OF_SHELLS.get(PurePosixPath(word).name)
        if safe is not None and not any(_has_option(each, safe) for each in words):
            yield f"{word} may hand names to a shell of the other machine: add -s"


def _has_option(word: str, safe: tuple[str, ...]) -> bool:
    if word.startswith("--"):
        return word in safe
    return word.startswith("-") and "s" in word
