"""How users bring what is finished to their own machines."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import attrs

from .. import shell


def _lines(_: Any, __: Any, value: tuple[str, ...]) -> None:
    for template in value:
        if fault := next(shell.faults(template), None):
            raise ValueError(f"{template[:80]!r} {fault}")


def _absolute(_: Any, __: Any, value: Mapping[str, str]) -> None:
    for path in (*value, *value.values()):
        if not PurePosixPath(path).is_absolute():
            raise ValueError(f"{path[:80]!r} must begin with /")


@attrs.frozen(kw_only=True)
class Fetch:
    """``[fetch]``: lines for the user's own shell, shown with each finished torrent."""

    commands: tuple[str, ...] = attrs.field(
        default=(),
        validator=_lines,
        metadata={
            "help": "Commands that bring a finished torrent to the user's machine, such as "
            '"rsync -avsP box:{path} .", "scp -s -r box:{path} ." or "sftp -r box:{sftp_path} .". '
            "{path} is where its files are, quoted for the shell."
        },
    )
    paths: Mapping[str, str] = attrs.field(
        factory=dict,
        validator=_absolute,
        metadata={
            "help": "Folders as the torrent client names them, and as they are called where "
            'the commands look for them: "/downloads" = "/srv/anime".'
        },
    )
