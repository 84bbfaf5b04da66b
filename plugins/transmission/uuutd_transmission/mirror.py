"""What Transmission has, kept up to date from what it says has moved lately.

Asked for ``recently-active``, Transmission tells what moved in the last minute and which
numbers are gone since.  That is no full account: a torrent that another program stops,
or that a tracker complains about, may not be among them.  So everything is asked for
every `FULL_EVERY` seconds as well, and after a gap, and when Transmission was restarted
and counts anew.
"""

import time
from collections.abc import Callable, Iterable

from uuutd.backends import Differences
from uuutd.domain import Changes, Cursor, InfoHash

from .states import Row, torrent

FULL_EVERY = 30.0
"""Seconds after which everything is asked for again; half of what Transmission calls recent."""


class Mirror:
    """The torrents as last told."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._numbers: dict[int, InfoHash] = {}
        self._differences = Differences()
        self._session: str | None = None
        self._complete_at = 0.0

    def follows(self, session: str) -> bool:
        """Whether the recent changes in *session* are enough to be up to date."""
        return session == self._session and self._clock() - self._complete_at < FULL_EVERY

    def replace(self, rows: Iterable[Row], session: str) -> None:
        """Take in everything that there is in *session*, one run of Transmission."""
        self._session, self._complete_at = session, self._clock()
        self._differences.begin()
        self._numbers = {}
        self._differences.keep_only({self._show(row) for row in rows})

    def update(self, rows: Iterable[Row], removed: Iterable[int]) -> None:
        """Take in what moved, and the numbers of what is gone."""
        self._differences.begin()
        for number in removed:
            key = self._numbers.pop(number, None)
            if key is not None:
                self._differences.drop(key)
        for row in rows:
            self._show(row)

    def changes(self, since: Cursor | None) -> Changes:
        """Return what changed since a cursor; everything if it is none of ours, or too old."""
        return self._differences.since(since)

    def _show(self, row: Row) -> InfoHash:
        shown = torrent(row)
        self._numbers[int(row["id"])] = shown.info_hash
        self._differences.put(shown)
        return shown.info_hash
