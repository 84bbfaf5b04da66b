"""Credentials of watchlists that end: renewed where their provider can, else told in time.

AniList has nothing to renew with: its tokens live for a year, and "refresh tokens are not
currently supported" (docs.anilist.co, "Authentication").  Its users are told before the end.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from ..backends import CredentialRefresher, WatchlistProvider
from ..domain import Account
from ..errors import BackendError, Error, LinkExpired, NotFound, NotLinked
from ..instances import Instances
from ..store.records import LinkedAccount
from ..store.upgrades import is_news
from ..tasks import Tasks
from ..wire import LinkNoticeEvent
from .accounts import Accounts
from .events import Events
from .locks import Locks

T = TypeVar("T")

WARNINGS = (timedelta(days=30), timedelta(days=7))
"""How long before the end of credentials that cannot be renewed their user is told."""
EARLY = timedelta(days=1)
"""How long before their end credentials are renewed, or in the last quarter of their life."""
LOOK_EVERY = timedelta(hours=1)
"""Seconds between two looks at everybody's credentials."""
AGAIN_AFTER = timedelta(minutes=10)
"""How long a provider that did not renew what is still good is left alone."""

log = logging.getLogger("uuutd.accounts")


class Renewal:
    """Calls providers with credentials that are good; *clock* gives the time, aware."""

    def __init__(
        self,
        accounts: Accounts,
        instances: Instances,
        events: Events,
        tasks: Tasks,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._accounts = accounts
        self._instances = instances
        self._events = events
        self._tasks = tasks
        self._clock = clock
        self._locks = Locks()
        self._in_vain: dict[tuple[int, str], datetime] = {}

    async def call(
        self,
        linked: LinkedAccount,
        operation: str,
        act: Callable[[WatchlistProvider[Any], Account], Awaitable[T]],
    ) -> T:
        """Return what *act* makes of the provider with the account.

        Credentials that end are renewed before, and those that are refused once more.  If
        that does not help the account is marked as expired, and `LinkExpired` raised.
        """
        linked = await self._in_time(linked)
        backend = self._instances.watchlist(linked.provider)
        try:
            return await backend.call(operation, lambda b: act(b, linked.account))
        except LinkExpired:
            renewed = await self._renewed_or_marked(linked)
            if renewed is None:
                raise
        try:
            return await backend.call(operation, lambda b: act(b, renewed.account))
        except LinkExpired:
            await self._accounts.mark_expired(renewed)
            raise

    async def forever(self) -> None:
        """Look at everybody's credentials again and again."""
        while True:
            try:
                await self.look()
            except Error as error:
                log.info("credentials that end are looked for later: %s", error)
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def look(self) -> None:
        """Renew what ends soon, and tell the users of what cannot be renewed."""
        for linked in await self._accounts.ending_by(self._clock() + max(WARNINGS)):
            if not self._renewable(linked):
                await self._warn(linked)
            elif self._is_due(linked):
                try:
                    await self._in_time(linked)
                except Error as error:
                    log.info("user %d: %s", linked.user_id, error)

    async def _in_time(self, linked: LinkedAccount) -> LinkedAccount:
        """Return *linked*, renewed if it ends soon and the provider does so."""
        key = (linked.user_id, linked.provider)
        tried = self._in_vain.get(key)
        if not self._is_due(linked) or not self._renewable(linked):
            return linked
        if tried is not None and timedelta(0) <= self._clock() - tried < AGAIN_AFTER:
            return linked
        try:
            return await self._renewed(linked) or linked
        except (BackendError, LinkExpired) as error:  # what there is may be good for now
            self._in_vain[key] = self._clock()
            log.info("user %d: %s was not renewed: %s", linked.user_id, linked.provider, error)
            return linked

    async def _renewed_or_marked(self, linked: LinkedAccount) -> LinkedAccount | None:
        """Return *linked* with other credentials; None if there are none, and that is marked."""
        try:
            renewed = await self._renewed(linked)
        except LinkExpired:
            renewed = None
        if renewed is None:
            await self._accounts.mark_expired(linked)
        return renewed

    async def _renewed(self, linked: LinkedAccount) -> LinkedAccount | None:
        """Renew once, however many ask; what was renewed is kept though nobody waits for it."""
        if not self._renewable(linked):
            return None
        work = self._tasks.spawn(self._renew(linked), name="renew a link")
        return await asyncio.shield(work)

    async def _renew(self, linked: LinkedAccount) -> LinkedAccount | None:
        user_id, provider = linked.user_id, linked.provider
        async with self._locks.hold((user_id, provider)):
            try:
                there = await self._accounts.get(user_id, provider)
            except NotLinked:
                return None
            if there.linked_at != linked.linked_at:  # somebody else has done it
                return None if there.expired else there

            async def act(backend: WatchlistProvider[Any]) -> Account:
                if not isinstance(backend, CredentialRefresher):
                    raise LinkExpired(f"{backend.title} renews no links.")
                return await backend.refresh(there.account)

            account = await self._instances.watchlist(provider).call("refresh", act)
            return await self._accounts.renew(there, account)

    def _renewable(self, linked: LinkedAccount) -> bool:
        try:
            instance = self._instances.watchlist(linked.provider)
        except NotFound:  # it is no longer configured
            return False
        return bool(linked.account.credentials) and instance.supports(CredentialRefresher)

    def _is_due(self, linked: LinkedAccount) -> bool:
        ends = linked.account.expires_at
        if ends is None:
            return False
        return self._clock() >= ends - min(EARLY, (ends - linked.linked_at) / 4)

    async def _warn(self, linked: LinkedAccount) -> None:
        """Tell the user once for each of `WARNINGS` that has come."""
        ends, provider = linked.account.expires_at, linked.provider
        if ends is None or ends <= self._clock():
            return
        due = [early for early in WARNINGS if self._clock() >= ends - early]
        marks = [_mark(provider, ends, early) for early in due]
        if not any([await is_news(linked.user_id, mark) for mark in marks]):
            return
        log.info("user %d: the link to %s ends on %s", linked.user_id, provider, f"{ends:%F}")
        notice = LinkNoticeEvent(
            code="link-ends",
            text=f"Your link to {provider} ends on {ends:%Y-%m-%d}. Link it again before: "
            f"`uuut link {provider}`.",
            provider=provider,
            expires_at=ends,
        )
        self._events.publish("notice", notice, user_id=linked.user_id)


def _mark(provider: str, ends: datetime, early: timedelta) -> str:
    """Return what the warning *early* before the end of this link is known by."""
    return hashlib.sha256(f"{provider} {ends:%F} {early.days}".encode()).hexdigest()[:16]
