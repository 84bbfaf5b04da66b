"""Who comes in: log-in, and the tokens that keep somebody logged in."""

import hmac
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ..errors import BadCredentials, Invalid, NotFound, NotLoggedIn, Problem, Throttled
from ..keys import Keys, Unreadable
from ..metrics import Metrics
from ..passwords import Passwords
from ..store import sessions, users
from ..store.records import Session, User
from ..store.sessions import Login
from ..text import clean
from ..tokens import ACCESS_LIFETIME, AccessTokens, Claims, RefreshToken, is_personal
from ..wire import AuditEvent, PasswordRequest, SessionReply, SessionsReply, TokenReply
from .audit import Audit
from .callers import FRESH, Caller
from .personal_tokens import PersonalTokens
from .proofs import Proofs
from .throttle import Throttle

IDLE = timedelta(days=30)
"""How long a login lives that nobody uses."""
LIFETIME = timedelta(days=90)
"""How long a login lives at most."""
GRACE = timedelta(seconds=10)
"""How long a refresh token that was just exchanged still gives the same answer."""

_AGENT_LENGTH = 120

log = logging.getLogger("uuutd.auth")


class Auth:
    """Logins; *clock* gives the time, aware."""

    def __init__(
        self,
        *,
        keys: Keys,
        passwords: Passwords,
        throttle: Throttle,
        audit: Audit,
        metrics: Metrics,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._box = keys.box
        self._passwords = passwords
        self._proofs = Proofs(passwords=passwords, throttle=throttle, audit=audit)
        self._audit = audit
        self._metrics = metrics
        self._clock = clock
        self._access = AccessTokens(keys, clock=lambda: clock().timestamp())
        self.personal_tokens = PersonalTokens(audit, clock=clock)

    async def login(
        self, username: str, password: str, *, agent: str, address: str | None = None
    ) -> TokenReply:
        """Begin a session; raises as `Proofs.look` does."""
        try:
            proof = await self._proofs.look(username, password, address=address)
        except (BadCredentials, Throttled) as error:
            self._metrics.logins.labels(error.code).inc()
            raise
        user = proof.user
        token = RefreshToken.new()
        await sessions.begin(
            token.session_id,
            user,
            token.hash,
            agent=_agent(agent),
            address=address,
            now=self._clock(),
        )
        self._metrics.logins.labels("ok").inc()
        await self._note("login", user, address)
        return self._pair(user, token)

    async def refresh(
        self, refresh_token: str, *, agent: str, address: str | None = None
    ) -> TokenReply:
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
            reply = await self._rotate(login, token, agent, address)
            if reply is not None:
                return reply
            login = await self._living(token.session_id)  # somebody was faster
            if login is None:
                raise _log_in_again()
        if reply := self._same_again(login, token):
            return reply
        await self._end_stolen(login, address)
        raise _log_in_again()

    async def logout(self, caller: Caller, *, everywhere: bool, address: str | None = None) -> None:
        """End the caller's session, or all sessions and tokens of the same user."""
        now = self._clock()
        if everywhere:

            async def work() -> None:
                await users.revoke(caller.user.id, now=now)
                await self._note("sessions-ended", caller.user, address, "all")

            await self._audit.together(work)
        elif caller.session_id is not None:
            await sessions.end(caller.session_id, now=now)

    async def change_password(
        self, caller: Caller, request: PasswordRequest, *, address: str | None = None
    ) -> None:
        """Change the caller's password; of all logins and tokens only the caller's login stays.

        Raises `uuutd.errors.BadCredentials` for a wrong current password, and `Invalid` for a
        new one that will not do.
        """
        user, keep = caller.user, caller.session_id
        try:
            proof = await self._proofs.look(user.name, request.current, address=address)
        except BadCredentials:
            raise _wrong_password() from None
        if detail := await self._passwords.problem(request.new, user.name):
            raise Invalid("The password cannot be changed to this.", [Problem("new", detail)])
        new = await self._passwords.hash(request.new)
        kept, now = proof.kept, self._clock()

        async def work() -> bool:
            done = keep is not None and await users.change_password(
                user.id, kept, new, keep=keep, now=now
            )
            if done:
                await self._note("password-changed", user, address)
            return done

        if not await self._audit.together(work):
            raise _wrong_password()  # somebody was faster

    async def sessions(self, caller: Caller) -> SessionsReply:
        """Return the logins of the caller that are good."""
        now = self._clock()
        found = await sessions.of_user(
            caller.user, used_after=now - IDLE, begun_after=now - LIFETIME
        )
        return SessionsReply(sessions=tuple(_session_reply(each, caller) for each in found))

    async def end_session(
        self, caller: Caller, session_id: str, *, address: str | None = None
    ) -> None:
        """End a login of the caller; raises `uuutd.errors.NotFound` for everybody else's."""
        login = await self._living(session_id)
        if login is None or login.user.id != caller.user.id:
            raise NotFound("You have no such session.")

        async def work() -> None:
            if await sessions.end(session_id, now=self._clock()):
                await self._note("sessions-ended", caller.user, address, session_id)

        await self._audit.together(work)

    async def authenticate(self, token: str) -> Caller:
        """Say whose access token or personal token it is; raises `uuutd.errors.NotLoggedIn`.

        User, session and token are read anew each time: what was revoked is void at once.
        """
        if is_personal(token):
            return await self.personal_tokens.authenticate(token)
        claims = self._access.read(token)
        login = await self._living(claims.session_id)
        # An older generation is that of the login itself, which outlived a change of password.
        if login is None or login.user.id != claims.user_id or claims.gen > login.user.gen:
            raise _log_in_again()
        age = self._clock() - login.session.created_at
        return Caller(
            user=login.user, session_id=claims.session_id, scopes=None, fresh=abs(age) <= FRESH
        )

    async def _living(self, session_id: str) -> Login | None:
        login = await sessions.find(session_id)
        if login is None or login.session.ended_at is not None or login.user.disabled:
            return None
        if login.session.gen != login.user.gen:
            return None
        now = self._clock()
        if now - login.session.rotated_at > IDLE or now - login.session.created_at > LIFETIME:
            return None
        return login

    async def _end_stolen(self, login: Login, address: str | None) -> None:
        user = login.user.id

        async def work() -> bool:
            ended = await sessions.end(login.session.id, now=self._clock())
            if ended:
                await self._audit.note("token-reuse", by=None, user=user, address=address)
            return ended

        if await self._audit.together(work):
            log.warning("user %d: a refresh token was used twice; session ended", user)
            self._metrics.refresh_reuse.inc()

    async def _note(
        self, event: AuditEvent, user: User, address: str | None, detail: str = ""
    ) -> None:
        await self._audit.note(event, by=user.id, user=user.id, address=address, detail=detail)

    async def _rotate(
        self, login: Login, token: RefreshToken, agent: str, address: str | None
    ) -> TokenReply | None:
        following = token.next()
        reply = self._pair(login.user, following)
        content = {"access": reply.access_token, "refresh": reply.refresh_token}
        rotated = await sessions.rotate(
            login.session.id,
            token.hash,
            new_hash=following.hash,
            sealed=self._box.seal(login.user.id, _purpose(login), content),
            agent=_agent(agent),
            address=address,
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


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


def _agent(text: str) -> str:
    return clean(text, _AGENT_LENGTH)


def _purpose(login: Login) -> str:
    return f"session:{login.session.id}"


def _session_reply(session: Session, caller: Caller) -> SessionReply:
    return SessionReply(
        id=session.id,
        agent=session.agent,
        address=session.address,
        created_at=session.created_at,
        used_at=session.rotated_at,
        expires_at=min(session.rotated_at + IDLE, session.created_at + LIFETIME),
        current=session.id == caller.session_id,
    )


def _wrong_password() -> BadCredentials:
    return BadCredentials("The current password is wrong.")


def _log_in_again() -> NotLoggedIn:
    return NotLoggedIn("You are not logged in, or no longer: log in again.")
