"""The audit log: every login, and whatever changes who may do what."""

import ipaddress
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ..store import audit
from ..store.audit import FIRST, Collected, Note
from ..text import clean
from ..wire import AuditEvent, AuditEventReply, AuditReply

KEEP_FOR = timedelta(days=90)
KEEP_MOST = 10_000
"""How many notes are kept at most, and for how long."""
KEEP_MOST_OWN = KEEP_MOST // 2
"""How many of them are of what users do with their own accounts: log in, make tokens."""
MOST_FAILURES = 50
"""How many kinds of failed logins, by user and address, are told apart in one hour."""
PAGE = 100
"""How many notes one answer holds at most."""

_DETAIL_LENGTH = 200
_ADDRESS_LENGTH = 64

T = TypeVar("T")

log = logging.getLogger("uuutd.audit")


class Audit:
    """Keeps what happened in the database, and says it in the log at once."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    async def note(
        self,
        event: AuditEvent,
        *,
        by: int | None,
        user: int | None = None,
        address: str | None = None,
        detail: str = "",
    ) -> None:
        """Note that *event* happened to *user* and was done by *by*; never a secret in *detail*.

        *by* is None for whoever is not logged in, for the daemon itself, and for those who
        use ``uuutd`` beside it.  Failed logins of an hour are collected, so that a storm of
        them drives nothing else out.  The line in the log comes first: it is there even if
        the database is not.
        """
        detail = clean(detail, _DETAIL_LENGTH)
        address = None if address is None else clean(address, _ADDRESS_LENGTH)
        log.info("%s by=%s user=%s address=%s %s", event, by, user, address, detail)
        now = self._clock()
        collected = _collected(user, address, now) if event == "login-failed" else None
        await audit.add(
            event,
            by=by,
            user=user,
            address=address,
            detail=detail,
            now=now,
            collected=collected,
        )
        await audit.trim(before=now - KEEP_FOR, most=KEEP_MOST, most_own=KEEP_MOST_OWN)

    @staticmethod
    async def together(work: Callable[[], Awaitable[T]]) -> T:
        """Do *work*, which changes something and notes it, as a whole or not at all.

        It must be quick: nobody else writes meanwhile.
        """
        return await audit.together(work)

    async def page(
        self,
        *,
        cursor: int | None = None,
        limit: int | None = None,
        event: AuditEvent | None = None,
        user: str | None = None,
    ) -> AuditReply:
        """Return what happened, the newest first, from *cursor* of the page before on.

        Only what is of *event*, and what the one called *user* did or had done to them.
        """
        count = min(limit or PAGE, PAGE)
        found = await audit.page(
            below=FIRST if cursor is None else cursor,
            count=count + 1,
            event=event or "",
            name=user or "",
        )
        shown = found[:count]
        more = len(found) > count
        return AuditReply(
            events=tuple(_reply(note) for note in shown),
            next=str(shown[-1].id) if more else None,
        )


def _collected(user: int | None, address: str | None, now: datetime) -> Collected:
    prefix = f"login-failed {now:%Y-%m-%dT%H} "
    return Collected(
        key=f"{prefix}{user or '-'} {network(address)}",
        prefix=prefix,
        rest=f"{prefix}others",
        most=MOST_FAILURES,
    )


def network(address: str | None) -> str:
    """Return what belongs together of an address: all of IPv4, the first 64 bits of IPv6."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "-"
    if found.version == 6 and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _reply(note: Note) -> AuditEventReply:
    return AuditEventReply(
        id=str(note.id),
        event=note.event,
        at=note.created_at,
        last_at=note.last_at,
        count=note.count,
        by=note.by,
        user=note.user,
        address=note.address,
        detail=note.detail,
    )
