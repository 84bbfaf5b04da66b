"""Who sent a request, and what they may do with what they sent."""

from datetime import timedelta

import attrs

from ..store.records import User
from ..wire import Scope

FRESH = timedelta(minutes=15)
"""How old a login may be for what needs a fresh one."""


@attrs.frozen(kw_only=True)
class Caller:
    """Who sent a request, and with what.

    *session_id* is the login that it belongs to, None for a personal token.  *scopes* is what
    a personal token is good for, None for a login, which is good for all.  *fresh* says that
    the password was given no longer than `FRESH` ago.
    """

    user: User
    session_id: str | None
    scopes: frozenset[Scope] | None
    fresh: bool
