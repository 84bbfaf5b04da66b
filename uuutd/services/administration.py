"""What administrators do with accounts: make, change and delete them, invite, reset passwords."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from ..errors import Invalid, NotAllowed, NotFound, Problem
from ..passwords import Passwords
from ..store import invites, people
from ..store.records import Invite, Person, Quota
from ..store.users import fold
from ..wire import (
    AccountChanges,
    AccountReply,
    AccountsReply,
    AuditEvent,
    DeletionReply,
    Fate,
    InviteReply,
    InviteRequest,
    InvitesReply,
    NewAccountReply,
    NewAccountRequest,
    NewInviteReply,
    QuotaSetting,
    ResetReply,
    ResetRequest,
)
from .audit import Audit
from .signups import Signups
from .throttle import Throttle

RESET_FOR = timedelta(hours=24)
"""How long a code for a new password is good."""
LONGEST_INVITE = 30 * 24
"""For how many hours an invitation is good at most."""


class Administration:
    """Changes accounts, and notes who did.

    *by* is everywhere the number of the administrator, None for who works beside the daemon, and
    *address* where they are.  A change and the note of it are one transaction.
    *on_leaving* is called when somebody is to be deleted; beside a daemon it does nothing: the
    daemon finds out within a minute.
    """

    def __init__(
        self,
        *,
        signups: Signups,
        passwords: Passwords,
        throttle: Throttle,
        audit: Audit,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._signups = signups
        self._passwords = passwords
        self._throttle = throttle
        self.audit = audit
        self.on_leaving: Callable[[], None] = lambda: None
        self._clock = clock

    # --- accounts -----------------------------------------------------------------------------

    async def users(self) -> AccountsReply:
        """Return all accounts."""
        return AccountsReply(users=tuple(account(each) for each in await people.everybody()))

    async def user(self, user_id: int) -> AccountReply:
        """Return an account; raises `uuutd.errors.NotFound`."""
        return account(await people.one(user_id))

    async def named(self, name: str) -> AccountReply:
        """Return the account of somebody; raises `uuutd.errors.NotFound`."""
        for each in await people.everybody():
            if fold(each.user.name) == fold(name):
                return account(each)
        raise NotFound(f"There is no user {name}.", hint="`uuutd user list` names them all.")

    async def make(
        self, by: int | None, request: NewAccountRequest, *, address: str | None = None
    ) -> NewAccountReply:
        """Make an account; without a password, with a code to choose one.

        Raises `uuutd.errors.Invalid` and `UsernameTaken`.
        """
        # A password that nobody knows: until the code is used nobody can log in.
        password = request.password or secrets.token_urlsafe(32)
        made = await self._signups.add_user(
            request.username, password, role=request.role, by=by, address=address
        )
        user_id = int(made.id)
        reset = None if request.password else await self.reset(by, user_id, address=address)
        return NewAccountReply(user=await self.user(user_id), reset=reset)

    async def change(
        self,
        by: int | None,
        user_id: int,
        changes: AccountChanges,
        *,
        address: str | None = None,
    ) -> AccountReply:
        """Change an account; another role, and being disabled, end all of its logins.

        Raises `uuutd.errors.NotFound`, and `uuutd.errors.Conflict` for the last administrator.
        """

        async def work() -> Person:
            before, now = await people.change(
                user_id,
                role=changes.role,
                disabled=changes.disabled,
                quota=None if changes.quota is None else _quota(changes.quota),
                now=self._clock(),
            )
            for event, detail in _changes(before, now):
                await self.audit.note(event, by=by, user=user_id, address=address, detail=detail)
            return now

        return account(await self.audit.together(work))

    async def delete(
        self, by: int | None, user_id: int, fate: Fate, *, address: str | None = None
    ) -> DeletionReply:
        """Begin to delete an account; nobody can use it from now on.

        Raises `uuutd.errors.NotFound`, and `uuutd.errors.Conflict` for the last administrator
        and for one that is being deleted with another fate of its torrents.
        """

        async def work() -> tuple[Person, int]:
            found = await people.begin_leaving(user_id, fate, now=self._clock())
            await self.audit.note(
                "user-deleted", by=by, user=user_id, address=address, detail=f"torrents: {fate}"
            )
            return found

        person, shared = await self.audit.together(work)
        self.on_leaving()
        alone = person.torrents - shared
        return DeletionReply(
            id=str(person.user.id),
            username=person.user.name,
            torrents=fate,
            removed=0 if fate == "keep" else alone,
            kept=alone if fate == "keep" else 0,
            shared=shared,
        )

    # --- passwords ----------------------------------------------------------------------------

    async def reset(
        self, by: int | None, user_id: int, *, address: str | None = None
    ) -> ResetReply:
        """Return a code with which a user can choose a new password within `RESET_FOR`, once.

        Raises `uuutd.errors.NotFound`, and `uuutd.errors.Conflict` for who is disabled.
        """
        code, now = _code(), self._clock()
        expires_at = now + RESET_FOR

        async def work() -> None:
            await people.add_reset(user_id, _hash(code), now=now, expires_at=expires_at)
            await self.audit.note(
                "reset", by=by, user=user_id, address=address, detail="a code was made"
            )

        await self.audit.together(work)
        return ResetReply(code=code, expires_at=expires_at)

    async def use_reset(self, request: ResetRequest, *, address: str | None) -> None:
        """Choose a new password with a code; all logins of the user end.

        Raises `uuutd.errors.NotAllowed` for a code that is not good, before anything costly
        is done for it, `uuutd.errors.Invalid` for the password, and `Throttled` after too many
        of both.
        """
        await self._throttle.check("codes", address or "")
        code_hash = _hash(request.code)
        user = await people.whose_reset(code_hash, now=self._clock())
        if user is None:
            await self._throttle.failed(address or "")
            raise _not_good()
        if problem := await self._passwords.problem(request.password, user.name):
            await self._throttle.failed(address or "")
            raise Invalid("This password will not do.", [Problem("password", problem)])
        password_hash = await self._passwords.hash(request.password)

        async def work() -> None:
            if await people.use_reset(code_hash, password_hash, now=self._clock()) is None:
                raise _not_good()
            await self.audit.note(
                "password-changed", by=None, user=user.id, address=address, detail="with a code"
            )

        await self.audit.together(work)
        await self._throttle.know(user.name, address or "")

    # --- invitations --------------------------------------------------------------------------

    async def invites(self) -> InvitesReply:
        """Return all invitations."""
        now = self._clock()
        return InvitesReply(invites=tuple(_invite(each, now) for each in await invites.everyone()))

    async def invite(
        self, by: int | None, request: InviteRequest, *, address: str | None = None
    ) -> NewInviteReply:
        """Invite somebody; raises `uuutd.errors.Invalid`."""
        if not 1 <= request.hours <= LONGEST_INVITE:
            problem = Problem("hours", f"must be 1 to {LONGEST_INVITE}")
            raise Invalid("Nobody can be invited like this.", [problem])
        code, now = _code(), self._clock()
        expires_at = now + timedelta(hours=request.hours)

        async def work() -> int:
            number = await invites.add(
                _hash(code), role=request.role, now=now, expires_at=expires_at, made_by=by
            )
            detail = f"number {number}, as {request.role}"
            await self.audit.note("invite", by=by, address=address, detail=detail)
            return number

        number = await self.audit.together(work)
        return NewInviteReply(id=str(number), code=code, role=request.role, expires_at=expires_at)

    async def end_invite(
        self, by: int | None, invite_id: int, *, address: str | None = None
    ) -> None:
        """Forget an invitation, so that nobody uses it; raises `uuutd.errors.NotFound`."""

        async def work() -> None:
            if not await invites.end(invite_id):
                raise NotFound("There is no such invitation.")
            detail = f"number {invite_id}"
            await self.audit.note("invite-ended", by=by, address=address, detail=detail)

        await self.audit.together(work)


def _changes(before: Person, now: Person) -> Iterator[tuple[AuditEvent, str]]:
    if now.user.role != before.user.role:
        yield "role", f"now {now.user.role}"
    if now.user.disabled != before.user.disabled:
        yield "user-changed", "disabled" if now.user.disabled else "enabled"
    if now.quota != before.quota:
        yield "quota", quota_text(now.quota)


def account(person: Person) -> AccountReply:
    """Return a user as administrators see them."""
    return AccountReply(
        id=str(person.user.id),
        username=person.user.name,
        role=person.user.role,
        disabled=person.user.disabled,
        created_at=person.user.created_at,
        last_login_at=person.last_login_at,
        torrents=person.torrents,
        quota=QuotaSetting(
            torrents=person.quota.torrents, adds_per_hour=person.quota.adds_per_hour
        ),
        deleting=person.fate,
    )


def quota_text(quota: Quota | QuotaSetting) -> str:
    """Say what a quota is."""
    torrents = "any number of" if quota.torrents is None else f"at most {quota.torrents}"
    adds = "any number" if quota.adds_per_hour is None else f"at most {quota.adds_per_hour}"
    return f"{torrents} torrents, {adds} an hour"


def _quota(said: QuotaSetting) -> Quota:
    return Quota(torrents=said.torrents, adds_per_hour=said.adds_per_hour)


def _invite(found: Invite, now: datetime) -> InviteReply:
    state: Literal["open", "used", "expired"] = "open" if found.expires_at > now else "expired"
    return InviteReply(
        id=str(found.id),
        role=found.role,
        state=state if found.used_at is None else "used",
        created_at=found.created_at,
        expires_at=found.expires_at,
        used_at=found.used_at,
        made_by=found.made_by,
        used_by=found.used_by,
    )


def _code() -> str:
    """Return a code of 128 bits that nobody can guess, and that can be typed."""
    return secrets.token_urlsafe(16)


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().encode("utf-8", "replace")).hexdigest()


def _not_good() -> NotAllowed:
    return NotAllowed(
        "This code is wrong, used, or too old.", hint="Ask an administrator for another one."
    )
