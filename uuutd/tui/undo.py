"""What can be taken back."""

from collections.abc import Callable
from datetime import datetime

import attrs

from .tasks import Work

MOST = 20


@attrs.frozen
class Undo:
    """Something that was done: *work* takes it back, until a moment if one is given."""

    text: str
    work: Work
    until: datetime | None = None


class Undos:
    """The last things that were done, the last of them first.  *now* tells the time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: list[Undo] = []

    def push(self, undo: Undo) -> None:
        """Remember what was done."""
        self._kept = [*self._kept, undo][-MOST:]

    def pop(self) -> Undo | None:
        """Return what is to be taken back next, if there is anything."""
        while self._kept:
            undo = self._kept.pop()
            if undo.until is None or self._now() < undo.until:
                return undo
        return None
