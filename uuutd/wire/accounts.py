"""Accounts, sessions and linked watchlists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs

from .administration import QuotaSetting

Scope = Literal["watchlist:read", "watchlist:write", "torrents:read", "torrents:write", "admin"]
"""What a personal token may be good for."""


@attrs.frozen(kw_only=True)
class SignupRequest:
    """A new account.  *invite* or *setup_code* as the daemon's sign-up setting asks."""

    username: str
    password: str = attrs.field(repr=False)
    invite: str | None = attrs.field(default=None, repr=False)
    setup_code: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class UserReply:
    """Somebody's account."""

    id: str
    username: str
    role: Literal["user", "admin"]


@attrs.frozen(kw_only=True)
class TokenRequest:
    """The OAuth 2 password grant, or the exchange of a refresh token."""

    grant_type: Literal["password", "refresh_token"]
    username: str | None = None
    password: str | None = attrs.field(default=None, repr=False)
    refresh_token: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class TokenReply:
    """A session's tokens; *expires_in* is the access token's life in seconds."""

    access_token: str = attrs.field(repr=False)
    refresh_token: str = attrs.field(repr=False)
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a word of OAuth


@attrs.frozen(kw_only=True)
class LogoutRequest:
    """Which sessions to end: this one, or all of the user's."""

    everywhere: bool = False


@attrs.frozen(kw_only=True)
class PasswordRequest:
    """A new password, and the one that it follows."""

    current: str = attrs.field(repr=False)
    new: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class SessionReply:
    """A login; *agent* and *address* say what used it last and from where.

    *used_at* is when its tokens were renewed last, which happens every 15 minutes while it is
    in use.  *current* is the one that asks.
    """

    id: str
    agent: str
    address: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


@attrs.frozen(kw_only=True)
class SessionsReply:
    """The caller's logins, the last one used first."""

    sessions: tuple[SessionReply, ...]


@attrs.frozen(kw_only=True)
class PersonalTokenRequest:
    """A token for a program: what to call it, and what it shall be good for.

    Without *expires_at* it lives for 90 days; 365 is the most.
    """

    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None = None


@attrs.frozen(kw_only=True)
class PersonalTokenReply:
    """A token that was made for a program; *used_at* is known to the minute."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@attrs.frozen(kw_only=True)
class MadePersonalTokenReply(PersonalTokenReply):
    """A new token for a program; *token* is shown this once."""

    token: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class PersonalTokensReply:
    """The caller's tokens for programs, the newest first."""

    tokens: tuple[PersonalTokenReply, ...]


@attrs.frozen(kw_only=True)
class LinkReply:
    """A watchlist that the user has linked."""

    provider: str
    account: str
    state: Literal["ok", "read-only", "expired"]
    expires_at: datetime | None = None


@attrs.frozen(kw_only=True)
class MeReply:
    """Who is logged in, with their watchlists and how much they may take."""

    id: str
    username: str
    role: Literal["user", "admin"]
    quota: QuotaSetting
    links: tuple[LinkReply, ...] = ()


@attrs.frozen(kw_only=True)
class LinkFieldReply:
    """One thing to fill in when linking."""

    name: str
    label: str
    secret: bool = False


@attrs.frozen(kw_only=True)
class LinkPromptReply:
    """Where to go and what to fill in, any of *fields*."""

    url: str | None
    instructions: str
    fields: tuple[LinkFieldReply, ...]


@attrs.frozen(kw_only=True)
class LinkRequest:
    """What the user filled in."""

    fields: Mapping[str, str] = attrs.field(repr=False)
