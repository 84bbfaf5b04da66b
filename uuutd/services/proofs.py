"""Passwords that are given to prove who somebody is: counted, looked at, noted."""

import unicodedata

import attrs

from ..errors import BadCredentials, Busy
from ..passwords import Passwords
from ..store import users
from ..store.records import User
from .audit import Audit
from .signups import name_problem
from .throttle import Throttle


@attrs.frozen
class Proof:
    """Somebody whose password was right; *kept* is the hash that is kept of it."""

    user: User
    kept: str = attrs.field(repr=False)


class Proofs:
    """Looks at passwords, no more often than `Throttle` lets it."""

    def __init__(self, *, passwords: Passwords, throttle: Throttle, audit: Audit) -> None:
        self._passwords = passwords
        self._throttle = throttle
        self._audit = audit

    async def look(self, username: str, password: str, *, address: str | None) -> Proof:
        """Return who proves with *password* that they are *username*.

        Raises `uuutd.errors.BadCredentials` alike, and after as long, for an unknown user, a
        locked one and a wrong password; `Throttled` before anything is looked at if there
        were too many tries, and `Busy` if too many are being looked at.
        """
        name = unicodedata.normalize("NFC", username)
        tried = await self._throttle.admit(name, address or "")
        found = None if name_problem(name) else await users.find(name)
        user, kept = found or (None, None)
        try:
            verdict = await self._passwords.verify(password, kept, stranger=not tried.known)
        except Busy:  # nobody looked at it
            await self._throttle.take_back(tried)
            raise
        if user is None or kept is None or not verdict.right or user.disabled:
            known = None if user is None else user.id
            await self._audit.note("login-failed", by=None, user=known, address=address)
            raise BadCredentials("The user name or the password is wrong.")
        await self._throttle.succeeded(tried)
        if verdict.new_hash is not None:
            await users.replace_hash(user.id, kept, verdict.new_hash)
            kept = verdict.new_hash
        return Proof(user, kept)
