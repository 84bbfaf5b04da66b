"""The users' ties to watchlist providers."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import attrs

from ..backends import WatchlistProvider
from ..domain import Account, LinkPrompt
from ..errors import Invalid, NotLinked, Problem
from ..instances import Instances
from ..keys import Box
from ..store import accounts
from ..store.records import LinkedAccount, User
from ..text import clean
from ..wire import LinkFieldReply, LinkPromptReply, LinkReply

# There is no page of ours yet to send a user back to: the provider shows what to paste.
_REDIRECT_URI = ""
_STATE = ""
_NAME_LENGTH = 255

log = logging.getLogger("uuutd.accounts")


class Accounts:
    """Links, unlinks and finds watchlist accounts; *clock* gives the time, aware."""

    def __init__(
        self,
        *,
        instances: Instances,
        box: Box,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._instances = instances
        self._box = box
        self._clock = clock

    async def prompt(self, provider: str) -> LinkPromptReply:
        """Say where a user goes to link, and what to fill in."""

        async def act(backend: WatchlistProvider[Any]) -> LinkPrompt:
            return backend.link_prompt(_REDIRECT_URI, _STATE)

        prompt = await self._instances.watchlist(provider).call("link_prompt", act)
        return LinkPromptReply(
            url=prompt.url,
            instructions=prompt.instructions,
            fields=tuple(
                LinkFieldReply(name=field.name, label=field.label, secret=field.secret)
                for field in prompt.fields
            ),
        )

    async def link(self, user: User, provider: str, fields: Mapping[str, str]) -> LinkReply:
        """Tie the user to the account that *fields* tell of, in place of any other there.

        Raises `uuutd.errors.Invalid` when they make no account.
        """
        backend = self._instances.watchlist(provider)
        account = await backend.call("link", lambda b: b.link(fields, _REDIRECT_URI))
        account = attrs.evolve(account, name=clean(account.name, _NAME_LENGTH))
        linked = await accounts.link(user.id, provider, account, box=self._box, now=self._clock())
        log.info("user %d linked %s", user.id, provider)
        return self._reply(linked)

    async def unlink(self, user: User, provider: str) -> None:
        """Forget the user's account at *provider*; `uuutd.errors.NotLinked` if there is none."""
        if not await accounts.unlink(user.id, provider):
            raise _not_linked(provider)
        log.info("user %d unlinked %s", user.id, provider)

    async def links(self, user: User) -> tuple[LinkReply, ...]:
        """Return all links of a user, as the API shows them."""
        return tuple(self._reply(linked) for linked in await self.linked(user.id))

    async def linked(self, user_id: int) -> tuple[LinkedAccount, ...]:
        """Return all linked accounts of a user."""
        return await accounts.of_user(user_id, box=self._box)

    async def get(self, user_id: int, provider: str | None) -> LinkedAccount:
        """Return the user's account at *provider*, or the only one if that is None.

        Raises `uuutd.errors.NotLinked`, and `Invalid` if None may mean several.
        """
        if provider is not None:
            linked = await accounts.get(user_id, provider, box=self._box)
            if linked is None:
                raise _not_linked(provider)
            return linked
        all_linked = await self.linked(user_id)
        if not all_linked:
            raise NotLinked("No watchlist is linked.", hint="Link one: `uuut link`.")
        if len(all_linked) > 1:
            names = ", ".join(linked.provider for linked in all_linked)
            problem = Problem("provider", f"is needed, for several are linked: {names}")
            raise Invalid("It is not clear which watchlist is meant.", [problem])
        return all_linked[0]

    async def ending_by(self, time: datetime) -> tuple[LinkedAccount, ...]:
        """Return everybody's accounts that end by *time*, and are not known to have ended."""
        return await accounts.expiring(time, box=self._box)

    async def renew(self, linked: LinkedAccount, account: Account) -> LinkedAccount | None:
        """Keep other credentials of an account; None if its user has linked or unlinked since."""
        account = attrs.evolve(account, id=linked.account.id, name=linked.account.name)
        now = max(self._clock(), linked.linked_at + timedelta(microseconds=1))  # tells them apart
        renewed = await accounts.renew(linked, account, box=self._box, now=now)
        if renewed is not None:
            log.info("user %d: the link to %s was renewed", linked.user_id, linked.provider)
        return renewed

    async def mark_expired(self, linked: LinkedAccount) -> None:
        """Record that the provider no longer accepts this account's token.

        One that was linked anew meanwhile stays good.
        """
        user_id, provider = linked.user_id, linked.provider
        if await accounts.mark_expired(user_id, provider, linked_at=linked.linked_at):
            log.warning("user %d has to link %s again", user_id, provider)

    def _reply(self, linked: LinkedAccount) -> LinkReply:
        return LinkReply(
            provider=linked.provider,
            account=linked.account.name,
            state=self._state(linked),
            expires_at=linked.account.expires_at,
        )

    def _state(self, linked: LinkedAccount) -> Literal["ok", "read-only", "expired"]:
        ends = linked.account.expires_at
        if linked.expired or (ends is not None and ends <= self._clock()):
            return "expired"
        return "ok" if linked.account.writable else "read-only"


def _not_linked(provider: str) -> NotLinked:
    return NotLinked(
        f"No account at {provider} is linked.", hint=f"Link one: `uuut link {provider}`."
    )
