"""Accounts, sessions and linked watchlists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class SignupRequest:
    """A new account.  *invite* or *setup_code* as the daemon's sign-up setting asks."""

    username: str
    password: str
    invite: str | None = None
    setup_code: str | None = None


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
    password: str | None = None
    refresh_token: str | None = None


@attrs.frozen(kw_only=True)
class TokenReply:
    """A session's tokens; *expires_in* is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a word of OAuth


@attrs.frozen(kw_only=True)
class LogoutRequest:
    """Which sessions to end: this one, or all of the user's."""

    everywhere: bool = False


@attrs.frozen(kw_only=True)
class LinkReply:
    """A watchlist that the user has linked."""

    provider: str
    account: str
    state: Literal["ok", "read-only", "expired"]
    expires_at: datetime | None = None


@attrs.frozen(kw_only=True)
class MeReply:
    """Who is logged in, with their watchlists."""

    id: str
    username: str
    role: Literal["user", "admin"]
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

    fields: Mapping[str, str]
