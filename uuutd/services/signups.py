"""Who may have an account: sign-up, invitations, the first administrator."""

import hashlib
import logging
import secrets
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from ..errors import Invalid, Problem, SignupClosed, UsernameTaken
from ..passwords import Passwords
from ..store import invites, users
from ..store.records import Quota, Role, User
from ..wire import SignupRequest, UserReply
from .audit import Audit
from .setup import SetupCode
from .throttle import Throttle

OPEN_QUOTA = Quota(torrents=50, adds_per_hour=20)
"""What those may take at first who made an account without being invited."""

_NAME_LENGTH = 64
_NAME_SIGNS = "._-"

log = logging.getLogger("uuutd.auth")


class Signups:
    """Makes accounts.

    *mode* says who can make one for themselves.  *setup_code_file* is where the set-up code
    is written for the administrator.  *clock* gives the time, aware.
    """

    def __init__(
        self,
        *,
        passwords: Passwords,
        throttle: Throttle,
        audit: Audit,
        mode: Literal["closed", "invite", "open"],
        setup_code_file: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.mode = mode
        self._passwords = passwords
        self._throttle = throttle
        self._audit = audit
        self._clock = clock
        self._setup = SetupCode(setup_code_file, clock)

    async def signup(self, request: SignupRequest, *, address: str = "") -> UserReply:
        """Make an account for somebody at *address*.

        Raises `uuutd.errors.SignupClosed` without a right to one, `Invalid` for a name
        or password that will not do, `UsernameTaken`, and `Throttled` after too many of
        these, or too many accounts made without a code.
        """
        await self._throttle.check("codes", address)
        await self._refuse_strangers(request, address)
        try:
            name = await self._checked(request.username, request.password)
            if request.setup_code is None and request.invite is None:
                await self._throttle.count("signups", address)
            password_hash = await self._passwords.hash(request.password)
            user = await self._audit.together(
                lambda: self._add(name, password_hash, request, address)
            )
        except (Invalid, UsernameTaken):  # who asks often tries out which names there are
            await self._throttle.failed(address)
            raise
        if user is None:  # somebody else was faster with the same code
            raise self._closed()
        if request.setup_code is not None:
            self._setup.forget()
        await self._throttle.know(name, address)
        log.info("user %d signed up as %s", user.id, user.role)
        return _reply(user)

    async def _add(
        self, name: str, password_hash: str, request: SignupRequest, address: str
    ) -> User | None:
        """Make the account that *request* has a right to, and note it.

        None if its code was just used up.
        """
        now = self._clock()
        if request.setup_code is not None:
            user, how = await users.add_first(name, password_hash, now=now), "with the set-up code"
        elif request.invite is not None:
            code_hash = _hash(request.invite)
            user = await users.add_invited(name, password_hash, code_hash=code_hash, now=now)
            how = "invited"
        else:
            user = await users.add(name, password_hash, role="user", now=now, quota=OPEN_QUOTA)
            how = "uninvited"
        if user is not None:
            detail = f"as {user.role}, {how}"
            await self._audit.note(
                "user-made", by=None, user=user.id, address=address or None, detail=detail
            )
        return user

    async def add_user(
        self,
        name: str,
        password: str,
        *,
        role: Role,
        by: int | None = None,
        address: str | None = None,
    ) -> UserReply:
        """Make an account for somebody; raises `uuutd.errors.Invalid` and `UsernameTaken`.

        *by* is the administrator who does it, None for one beside the daemon, at *address*.
        """
        name = await self._checked(name, password)
        password_hash = await self._passwords.hash(password)

        async def work() -> User:
            user = await users.add(name, password_hash, role=role, now=self._clock())
            await self._audit.note(
                "user-made", by=by, user=user.id, address=address, detail=f"as {role}"
            )
            return user

        return _reply(await self._audit.together(work))

    async def invite(self, *, role: Role = "user", hours: float = 72) -> str:
        """Return a code with which one person can sign up within *hours*; it is shown only now."""
        code, now = secrets.token_urlsafe(16), self._clock()
        await invites.add(_hash(code), role=role, now=now, expires_at=now + timedelta(hours=hours))
        return code

    async def setup_needed(self) -> bool:
        """Whether there is nobody yet."""
        return not await users.any_exist()

    async def prepare_setup(self) -> str | None:
        """Return the code with which the first administrator signs up; None if there are users.

        Any code from before is void.
        """
        if await self.setup_needed():
            return self._setup.make()
        self._setup.forget()
        return None

    async def _checked(self, username: str, password: str) -> str:
        """Return the name as it is kept, or raise `Invalid` naming all that is wrong."""
        name = unicodedata.normalize("NFC", username)
        found = {
            "username": name_problem(name),
            "password": await self._passwords.problem(password, name),
        }
        problems = [Problem(path, detail) for path, detail in found.items() if detail]
        if problems:
            raise Invalid("The account cannot be made like this.", problems)
        return name

    async def _refuse_strangers(self, request: SignupRequest, address: str) -> None:
        """Raise unless *request* may come in, before anything costly is done for it.

        A code that was good and is used up is no guess, and not counted as one.
        """
        if request.setup_code is not None:
            needed = await self.setup_needed()
            if needed and not self._setup.matches(request.setup_code):
                await self._throttle.failed(address)
                raise SignupClosed(
                    "The set-up code is wrong or too old.",
                    hint="Restart uuutd: it prints a new one, which is good for 30 minutes.",
                )
            welcome = needed
        elif self.mode == "closed":
            welcome = False
        elif request.invite is not None:
            code_hash = _hash(request.invite)
            welcome = await invites.is_open(code_hash, now=self._clock())
            if not welcome and not await invites.exists(code_hash):
                await self._throttle.failed(address)
        else:
            welcome = self.mode == "open"
        if not welcome:
            raise self._closed()

    def _closed(self) -> SignupClosed:
        if self.mode == "closed":
            return SignupClosed(
                "Nobody can sign up here.", hint="Ask the administrator for an account."
            )
        return SignupClosed(
            "Signing up needs an invitation, or the set-up code, that is good and not yet used.",
            hint="Ask the administrator for an invitation: `uuutd user invite`.",
        )


def name_problem(name: str) -> str | None:
    """Say what is wrong with *name* as a user name; None if it will do."""
    if not 1 <= len(name) <= _NAME_LENGTH or len(users.fold(name)) > _NAME_LENGTH:
        return f"must have 1 to {_NAME_LENGTH} characters"
    if not all(letter.isalnum() or letter in _NAME_SIGNS for letter in name):
        return f"may have letters, digits and {' '.join(_NAME_SIGNS)} only"
    return None


def _reply(user: User) -> UserReply:
    return UserReply(id=str(user.id), username=user.name, role=user.role)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
