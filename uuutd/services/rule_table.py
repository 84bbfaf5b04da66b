"""The public table of numbering rules: downloaded once a week, checked, and kept on the disk."""

import asyncio
import logging
import math
import os
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import attrs
import msgspec

from ..errors import BadReply, Error
from ..fetch import Fetched, get, place
from ..metrics import Metrics
from ..redirects import MOST_BYTES, Table, parse

FILE_NAME = "anime-relations.txt"
FRESH_FOR = timedelta(days=7)
LOOK_AGAIN = 6 * 3600.0
"""Seconds until it is looked again whether the table is old, and until a failure is tried again."""
FEWEST = 10
"""A table with fewer rules is no table."""

_HEAD = b"# kept: "
_LONGEST_HEAD = 4096
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{1,200}"', re.ASCII)

log = logging.getLogger("uuutd.numbering")


class _Origin(msgspec.Struct, frozen=True):
    """Where the kept table came from: the first line of its file says so."""

    url: str
    etag: str | None = None


@attrs.frozen
class _Kept:
    """The table in the file, and when it was last known to be the newest."""

    table: Table
    origin: _Origin
    checked_at: datetime


class RuleTable:
    """Keeps the table at *url* in *folder*; an empty *url* means that there is none.

    Whatever goes wrong, the last good table counts, and without one no rule is known.
    """

    def __init__(
        self, *, url: str, folder: Path, session: aiohttp.ClientSession, metrics: Metrics
    ) -> None:
        self._url = url
        self._file = folder / FILE_NAME
        self._session = session
        self._kept: _Kept | None = None
        self._failing = False
        metrics.numbering_table_age.set_function(self._age)

    @property
    def table(self) -> Table:
        """The rules as they are known now."""
        return self._kept.table if self._kept else Table()

    @property
    def checked_at(self) -> datetime | None:
        """When the table was last known to be the newest, None if there is none."""
        return self._kept.checked_at if self._kept else None

    async def forever(self) -> None:
        """Read what was kept, and keep it fresh for as long as the daemon runs."""
        if not self._url:
            return
        await self.load()
        while True:
            if self.is_old():
                await self.refresh()
            await asyncio.sleep(LOOK_AGAIN)

    async def load(self) -> None:
        """Read the kept table, if there is a good one."""
        try:
            self._kept = await asyncio.to_thread(_read, self._file)
        except FileNotFoundError:
            return
        except (OSError, BadReply) as error:
            log.warning("%s cannot be used, and is fetched again: %s", self._file, error)

    def is_old(self) -> bool:
        """Whether it is time to ask for a newer table."""
        if self._kept is None or self._kept.origin.url != self._url:
            return True
        # What seems to be of the future was kept before the clock was put back.
        age = datetime.now(UTC) - self._kept.checked_at
        return not timedelta(0) <= age <= FRESH_FOR

    async def refresh(self) -> bool:
        """Fetch the table; False if that failed: it is logged once, and the old one stays."""
        known = self._kept if self._kept and self._kept.origin.url == self._url else None
        etag = known.origin.etag if known else None
        try:
            headers = {"If-None-Match": etag} if etag else None
            fetched = await get(self._session, self._url, limit=MOST_BYTES, headers=headers)
            self._kept = await asyncio.to_thread(self._take, fetched, known)
        except (Error, OSError) as error:
            level = logging.DEBUG if self._failing else logging.WARNING
            log.log(level, "the table of numbering rules is not renewed: %s", error)
            self._failing = True
            return False
        self._failing = False
        log.info("%d numbering rules from %s", len(self.table.rules), place(self._url))
        return True

    def _take(self, fetched: Fetched, known: _Kept | None) -> _Kept:
        """Check what came, and put it in the place of what was kept."""
        now = datetime.now(UTC)
        if fetched.status == 304 and known is not None and known.origin.etag is not None:
            os.utime(self._file, (now.timestamp(), now.timestamp()))
            return attrs.evolve(known, checked_at=now)
        if fetched.status != 200:
            raise BadReply(f"{place(self._url)} answers with status {fetched.status}")
        table = parse(fetched.body)
        _check(table, known.table if known else None)
        etag = fetched.headers.get("ETag", "")
        origin = _Origin(self._url, etag if _ETAG.fullmatch(etag) else None)
        _replace(self._file, _HEAD + msgspec.json.encode(origin) + b"\n" + fetched.body)
        return _Kept(table, origin, now)

    def _age(self) -> float:
        if self._kept is None:
            return math.nan
        return (datetime.now(UTC) - self._kept.checked_at).total_seconds()


def _check(table: Table, before: Table | None) -> None:
    """Refuse what can hardly be the whole table."""
    count = len(table.rules)
    if count < FEWEST or table.skipped > count:
        raise BadReply(f"what came has {count} rules and {table.skipped} lines that are none")
    if before is not None and 2 * count < len(before.rules):
        raise BadReply(f"what came has {count} rules, and there were {len(before.rules)}")


def _read(file: Path) -> _Kept:
    """Read the kept table; raises `OSError`, or `BadReply` if the file is damaged."""
    with file.open("rb") as opened:
        head = opened.readline(_LONGEST_HEAD)
        body = opened.read(MOST_BYTES + 1)
        checked_at = datetime.fromtimestamp(os.fstat(opened.fileno()).st_mtime, UTC)
    if not head.startswith(_HEAD):
        raise BadReply("its first line does not say where it is from")
    try:
        origin = msgspec.json.decode(head.removeprefix(_HEAD), type=_Origin)
    except msgspec.MsgspecError as error:
        raise BadReply(f"its first line is damaged: {error}") from error
    return _Kept(parse(body), origin, checked_at)


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
