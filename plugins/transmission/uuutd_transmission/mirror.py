"""What Transmission has, kept up to date from what it says has moved lately.

Asked for ``recently-active``, Transmission tells what moved in the last minute and which
numbers are gone since.  That is no full account: a torrent that another program stops,
or that a tracker complains about, may not be among them.  So everything is asked for
every `FULL_EVERY` seconds as well, and after a gap, and when Transmission was restarted
and counts anew.  A reader of ours may come with any earlier cursor: so the differences
are kept here, by a count of our own.
"""

import secrets
import time
from collections.abc import Callable, Iterable

from uuutd.domain import Changes, Cursor, InfoHash, Torrent

from .states import Row, torrent

FULL_EVERY = 30.0
"""Seconds after which everything is asked for again; half of what Transmission calls recent."""
REMEMBERED = 1_000
"""How many removed torrents are remembered for readers who come late."""


class Mirror:
    """The torrents as last told, each with the count at which it last changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._numbers: dict[int, InfoHash] = {}
        self._shown: dict[InfoHash, tuple[Torrent, int]] = {}
        self._gone: dict[InfoHash, int] = {}
        self._count = 0
        self._oldest = 0
        self._name = secrets.token_hex(4)
        self._session: str | None = None
        self._complete_at = 0.0

    def follows(self, session: str) -> bool:
        """Whether the recent changes in *session* are enough to be up to date."""
        return session == self._session and self._clock() - self._complete_at < FULL_EVERY

    def replace(self, rows: Iterable[Row], session: str) -> None:
        """Take in everything that there is in *session*, one run of Transmission."""
        self._session, self._complete_at = session, self._clock()
        self._count += 1
        self._numbers = {}
        there = {self._show(row) for row in rows}
        for key in set(self._shown) - there:
            self._forget(key)

    def update(self, rows: Iterable[Row], removed: Iterable[int]) -> None:
        """Take in what moved, and the numbers of what is gone."""
        self._count += 1
        for number in removed:
            key = self._numbers.pop(number, None)
            if key is not None:
                self._forget(key)
        for row in rows:
            self._show(row)

    def _show(self, row: Row) -> InfoHash:
        shown = torrent(row)
        key = shown.info_hash
        self._numbers[int(row["id"])] = key
        if key not in self._shown or self._shown[key][0] != shown:
            self._shown[key] = shown, self._count
            self._gone.pop(key, None)
        return key

    def _forget(self, key: InfoHash) -> None:
        if self._shown.pop(key, None) is not None:
            self._gone[key] = self._count
        while len(self._gone) > REMEMBERED:
            self._oldest = self._gone.pop(next(iter(self._gone)))

    def changes(self, since: Cursor | None) -> Changes:
        """Return what changed since a cursor; everything if it is none of ours, or too old."""
        count = self._known(since)
        return Changes(
            cursor=Cursor(f"{self._name}-{self._count}"),
            full=count is None,
            torrents=tuple(
                row for row, changed in self._shown.values() if count is None or changed > count
            ),
            removed=()
            if count is None
            else tuple(key for key, changed in self._gone.items() if changed > count),
        )

    def _known(self, since: Cursor | None) -> int | None:
        name, _, digits = (since or "").partition("-")
        if name != self._name or not digits.isdecimal():
            return None
        return int(digits) if self._oldest <= int(digits) <= self._count else None
