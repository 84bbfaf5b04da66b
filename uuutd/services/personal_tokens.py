"""Tokens that users make for their programs."""

import contextlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from ..errors import Busy, Conflict, Invalid, NotAllowed, NotFound, NotLoggedIn, Problem
from ..store import personal_tokens
from ..store.records import PersonalToken, User
from ..text import clean
from ..tokens import hash_personal, new_personal
from ..wire import (
    MadePersonalTokenReply,
    PersonalTokenReply,
    PersonalTokenRequest,
    PersonalTokensReply,
)
from .audit import Audit
from .callers import Caller

USUAL_LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=365)
MOST = 50
"""How many a user may have."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a token was used last."""

_NAME_LENGTH = 64


class PersonalTokens:
    """Makes, shows, reads and ends them; *clock* gives the time, aware."""

    def __init__(
        self, audit: Audit, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._audit = audit
        self._clock = clock

    async def make(
        self, user: User, request: PersonalTokenRequest, *, address: str | None = None
    ) -> MadePersonalTokenReply:
        """Make a token for *user*; the answer is the only one that ever shows it.

        Raises `uuutd.errors.Invalid`, `uuutd.errors.NotAllowed` for the scope of administrators
        in other hands, and `uuutd.errors.Conflict` if there are `MOST` already.
        """
        now = self._clock()
        ends = request.expires_at or now + USUAL_LIFE
        name = clean(request.name, _NAME_LENGTH).strip()
        _check(request, name, now=now, ends=ends)
        if "admin" in request.scopes and user.role != "admin":
            raise NotAllowed("Only administrators may make a token with the scope admin.")
        text = new_personal()
        token = PersonalToken(
            id=secrets.token_hex(8),
            user_id=user.id,
            name=name,
            scopes=tuple(dict.fromkeys(request.scopes)),
            gen=user.gen,
            created_at=now,
            expires_at=ends,
            used_at=None,
        )

        async def work() -> None:
            if not await personal_tokens.add(token, hash_personal(text), most=MOST):
                raise Conflict(
                    f"You have {MOST} tokens already.", hint="End some: uuut tokens --end ID"
                )
            detail = f"{token.id} for {' '.join(token.scopes)}"
            await self._note("token-made", user, address, detail)

        await self._audit.together(work)
        return MadePersonalTokenReply(**_fields(token), token=text)

    async def view(self, user: User) -> PersonalTokensReply:
        """Return the tokens of *user* that are good, the newest first."""
        found = await personal_tokens.of_user(user, now=self._clock())
        return PersonalTokensReply(tokens=tuple(PersonalTokenReply(**_fields(t)) for t in found))

    async def end(self, user: User, token_id: str, *, address: str | None = None) -> None:
        """Make a token of *user* void at once; raises `uuutd.errors.NotFound`."""

        async def work() -> None:
            if not await personal_tokens.end(user.id, token_id):
                raise NotFound("You have no such token.")
            await self._note("token-ended", user, address, token_id)

        await self._audit.together(work)

    async def authenticate(self, text: str) -> Caller:
        """Say whose token *text* is, and what it is good for; raises `NotLoggedIn`."""
        found = await personal_tokens.find(hash_personal(text))
        now = self._clock()
        if found is None or not _is_good(*found, now):
            raise NotLoggedIn("The token is not good, or no longer.")
        token, user = found
        if token.used_at is None or abs(now - token.used_at) >= NOTED_EVERY:
            with contextlib.suppress(Busy):  # a full disk refuses writes, and not whoever reads
                await personal_tokens.used(token.id, now=now)
        return Caller(user=user, session_id=None, scopes=frozenset(token.scopes), fresh=False)

    async def _note(
        self,
        event: Literal["token-made", "token-ended"],
        user: User,
        address: str | None,
        detail: str,
    ) -> None:
        await self._audit.note(event, by=user.id, user=user.id, address=address, detail=detail)


def _is_good(token: PersonalToken, user: User, now: datetime) -> bool:
    return token.gen == user.gen and not user.disabled and now < token.expires_at


def _fields(token: PersonalToken) -> dict[str, Any]:
    names = ("id", "name", "scopes", "created_at", "expires_at", "used_at")
    return {name: getattr(token, name) for name in names}


def _check(request: PersonalTokenRequest, name: str, *, now: datetime, ends: datetime) -> None:
    problems = []
    if not name:
        problems.append(Problem("name", f"must have 1 to {_NAME_LENGTH} characters"))
    if not request.scopes:
        problems.append(Problem("scopes", "must name at least one scope"))
    if not now < ends <= now + LONGEST_LIFE:
        problems.append(
            Problem("expires_at", f"must be in the future, at most {LONGEST_LIFE.days} days away")
        )
    if problems:
        raise Invalid("The token cannot be made like this.", problems)
