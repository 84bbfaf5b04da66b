"""Who may come in: sign-up, log-in, and the tokens that keep somebody logged in."""

import hashlib
import hmac
import logging
import secrets
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import attrs

from ..errors import BadCredentials, Invalid, NotLoggedIn, Problem, SignupClosed
from ..keys import KeyRing, Unreadable
from ..passwords import Passwords, password_problem
from ..store import invites, sessions, users
from ..store.records import Role, User
from ..store.sessions import Login
from ..text import clean
from ..tokens import ACCESS_LIFETIME, AccessTokens, Claims, RefreshToken
from ..wire import SignupRequest, TokenReply, UserReply
from .setup import SetupCode

IDLE = timedelta(days=30)
"""How long a login lives that nobody uses."""
LIFETIME = timedelta(days=90)
"""How long a login lives at most."""
GRACE = timedelta(seconds=10)
"""How long a refresh token that was just exchanged still gives the same answer."""

_NAME_LENGTH = 64
_NAME_SIGNS = "._-"
_AGENT_LENGTH = 120

log = logging.getLogger("uuutd.auth")


@attrs.frozen
class Caller:
    """Who sent a request, and in which session."""

    user: User
    session_id: str


class Auth:
    """Accounts and logins.

    *signup* says who can make an account for themselves.  *setup_code_file* is where the
    set-up code is written for the administrator.  *clock* gives the time, aware.
    """

    def __init__(
        self,
        *,
        keys: KeyRing,
        passwords: Passwords,
        signup: Literal["closed", "invite", "open"],
        setup_code_file: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.signup_mode = signup
        self._box = keys.box
        self._passwords = passwords
        self._clock = clock
        self._access = AccessTokens(keys, clock=lambda: clock().timestamp())
        self._setup = SetupCode(setup_code_file, clock)

    # --- making accounts ----------------------------------------------------------------------

    async def signup(self, request: SignupRequest) -> UserReply:
        """Make an account.

        Raises `uuutd.errors.SignupClosed` without a right to one, `Invalid` for a name
        or password that will not do, and `UsernameTaken`.
        """
        await self._refuse_strangers(request)
        name = _checked(request.username, request.password)
        password_hash = await self._passwords.hash(request.password)
        now = self._clock()
        user: User | None
        if request.setup_code is not None:
            user = await users.add_first(name, password_hash, now=now)
            if user is not None:
                self._setup.forget()
        elif request.invite is not None:
            code_hash = _hash(request.invite)
            user = await users.add_invited(name, password_hash, code_hash=code_hash, now=now)
        else:
            user = await users.add(name, password_hash, role="user", now=now)
        if user is None:  # somebody else was faster with the same code
            raise self._closed()
        log.info("user %d signed up as %s", user.id, user.role)
        return _reply(user)

    async def add_user(self, name: str, password: str, *, role: Role) -> UserReply:
        """Make an account for somebody; raises `uuutd.errors.Invalid` and `UsernameTaken`."""
        name = _checked(name, password)
        password_hash = await self._passwords.hash(password)
        return _reply(await users.add(name, password_hash, role=role, now=self._clock()))

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

    async def _refuse_strangers(self, request: SignupRequest) -> None:
        """Raise unless *request* may come in, before anything costly is done for it."""
        if request.setup_code is not None:
            needed = await self.setup_needed()
            if needed and not self._setup.matches(request.setup_code):
                raise SignupClosed(
                    "The set-up code is wrong or too old.",
                    hint="Restart uuutd: it prints a new one, which is good for 30 minutes.",
                )
            welcome = needed
        elif self.signup_mode == "closed":
            welcome = False
        elif request.invite is not None:
            welcome = await invites.is_open(_hash(request.invite), now=self._clock())
        else:
            welcome = self.signup_mode == "open"
        if not welcome:
            raise self._closed()

    def _closed(self) -> SignupClosed:
        if self.signup_mode == "closed":
            return SignupClosed(
                "Nobody can sign up here.", hint="Ask the administrator for an account."
            )
        return SignupClosed(
            "Signing up needs an invitation, or the set-up code, that is good and not yet used.",
            hint="Ask the administrator for an invitation: `uuutd user invite`.",
        )

    # --- logins -------------------------------------------------------------------------------

    async def login(self, username: str, password: str, *, agent: str) -> TokenReply:
        """Begin a session; `uuutd.errors.BadCredentials`, whatever of the two is wrong."""
        name = unicodedata.normalize("NFC", username)
        found = None if name_problem(name) else await users.find(name)
        user, kept = found or (None, None)
        verdict = await self._passwords.verify(password, kept)
        if user is None or kept is None or not verdict.right or user.disabled:
            raise BadCredentials("The user name or the password is wrong.")
        if verdict.new_hash is not None:
            await users.replace_hash(user.id, kept, verdict.new_hash)
        token = RefreshToken.new()
        await sessions.begin(
            token.session_id, user.id, token.hash, agent=_agent(agent), now=self._clock()
        )
        return self._pair(user, token)

    async def refresh(self, refresh_token: str, *, agent: str) -> TokenReply:
        """Exchange a refresh token for a new pair, once.

        Within `GRACE` the one just exchanged gives the same pair again, for a client
        that asked twice or lost the answer.  An older one was stolen, by this caller or
        from it: that ends the session.  Raises `uuutd.errors.NotLoggedIn`.
        """
        token = RefreshToken.parse(refresh_token)
        login = await self._living(token.session_id) if token else None
        if token is None or login is None:
            raise _log_in_again()
        if _same(token.hash, login.token_hash):
            reply = await self._rotate(login, token, agent)
            if reply is not None:
                return reply
            login = await self._living(token.session_id)  # somebody was faster
            if login is None:
                raise _log_in_again()
        if reply := self._same_again(login, token):
            return reply
        await sessions.end(token.session_id, now=self._clock())
        log.warning("user %d: a refresh token was used twice; session ended", login.user.id)
        raise _log_in_again()

    async def logout(self, caller: Caller, *, everywhere: bool) -> None:
        """End the caller's session, or all sessions and tokens of the same user."""
        now = self._clock()
        if everywhere:
            await users.revoke(caller.user.id, now=now)
        else:
            await sessions.end(caller.session_id, now=now)

    async def authenticate(self, access_token: str) -> Caller:
        """Say whose *access_token* is; raises `uuutd.errors.NotLoggedIn`.

        User and session are read anew each time: what was revoked is void at once.
        """
        claims = self._access.read(access_token)
        login = await self._living(claims.session_id)
        if login is None or (login.user.id, login.user.gen) != (claims.user_id, claims.gen):
            raise _log_in_again()
        return Caller(login.user, claims.session_id)

    async def _living(self, session_id: str) -> Login | None:
        login = await sessions.find(session_id)
        if login is None or login.session.ended_at is not None or login.user.disabled:
            return None
        now = self._clock()
        if now - login.session.rotated_at > IDLE or now - login.session.created_at > LIFETIME:
            return None
        return login

    async def _rotate(self, login: Login, token: RefreshToken, agent: str) -> TokenReply | None:
        following = token.next()
        reply = self._pair(login.user, following)
        content = {"access": reply.access_token, "refresh": reply.refresh_token}
        rotated = await sessions.rotate(
            login.session.id,
            token.hash,
            new_hash=following.hash,
            sealed=self._box.seal(login.user.id, _purpose(login), content),
            agent=_agent(agent),
            now=self._clock(),
        )
        return reply if rotated else None

    def _same_again(self, login: Login, token: RefreshToken) -> TokenReply | None:
        if login.sealed is None or not _same(token.hash, login.previous_hash or ""):
            return None
        if abs(self._clock() - login.session.rotated_at) > GRACE:
            return None
        try:
            content = self._box.open(login.user.id, _purpose(login), login.sealed)
        except Unreadable:
            return None
        return TokenReply(
            access_token=content["access"],
            refresh_token=content["refresh"],
            expires_in=ACCESS_LIFETIME,
        )

    def _pair(self, user: User, token: RefreshToken) -> TokenReply:
        access = self._access.issue(Claims(user.id, token.session_id, user.gen))
        return TokenReply(access_token=access, refresh_token=token.text, expires_in=ACCESS_LIFETIME)


def name_problem(name: str) -> str | None:
    """Say what is wrong with *name* as a user name; None if it will do."""
    if not 1 <= len(name) <= _NAME_LENGTH or len(users.fold(name)) > _NAME_LENGTH:
        return f"must have 1 to {_NAME_LENGTH} characters"
    if not all(letter.isalnum() or letter in _NAME_SIGNS for letter in name):
        return f"may have letters, digits and {' '.join(_NAME_SIGNS)} only"
    return None


def _checked(username: str, password: str) -> str:
    """Return the name as it is kept, or raise `Invalid` naming all that is wrong."""
    name = unicodedata.normalize("NFC", username)
    found = {"username": name_problem(name), "password": password_problem(password, name)}
    problems = [Problem(path, detail) for path, detail in found.items() if detail]
    if problems:
        raise Invalid("The account cannot be made like this.", problems)
    return name


def _reply(user: User) -> UserReply:
    return UserReply(id=str(user.id), username=user.name, role=user.role)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


def _agent(text: str) -> str:
    return clean(text, _AGENT_LENGTH)


def _purpose(login: Login) -> str:
    return f"session:{login.session.id}"


def _log_in_again() -> NotLoggedIn:
    return NotLoggedIn("You are not logged in, or no longer: log in again.")
