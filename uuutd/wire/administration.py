"""What administrators do with accounts, and what they can look back at."""

from datetime import datetime
from typing import Literal

import attrs

AuditEvent = Literal[
    "login",
    "login-failed",
    "token-reuse",
    "sessions-ended",
    "password-changed",
    "token-made",
    "token-ended",
    "user-made",
    "user-changed",
    "user-deleted",
    "role",
    "quota",
    "reset",
    "invite",
    "invite-ended",
    "keys-rotated",
    "delete-files",
    "adopted",
]
"""What the audit log notes."""


@attrs.frozen(kw_only=True)
class AuditEventReply:
    """Something that happened *count* times, from *at* to *last_at*.

    *by* did it and it happened to *user*, both by the names that they had then; *by* is null
    for whoever was not logged in, and for what was done beside the daemon.
    """

    id: str
    event: str
    at: datetime
    last_at: datetime
    count: int
    by: str | None
    user: str | None
    address: str | None
    detail: str


@attrs.frozen(kw_only=True)
class AuditReply:
    """A page of what happened, the newest first; *next* is the cursor of the page after it."""

    events: tuple[AuditEventReply, ...]
    next: str | None = None


@attrs.frozen(kw_only=True)
class QuotaSetting:
    """How much a user may take: torrents at a time, new ones in an hour; null for no limit."""

    torrents: int | None
    adds_per_hour: int | None


Fate = Literal["keep", "remove", "remove-files"]
"""What becomes of the torrents of a deleted user that nobody else owns."""


@attrs.frozen(kw_only=True)
class AccountReply:
    """Somebody's account, for administrators.

    *torrents* counts what they own.  *deleting* is set while the account is being deleted,
    and says what becomes of their torrents.
    """

    id: str
    username: str
    role: Literal["user", "admin"]
    disabled: bool
    created_at: datetime
    torrents: int
    quota: QuotaSetting
    last_login_at: datetime | None = None
    deleting: Fate | None = None


@attrs.frozen(kw_only=True)
class AccountsReply:
    """All accounts, the oldest first."""

    users: tuple[AccountReply, ...]


@attrs.frozen(kw_only=True)
class NewAccountRequest:
    """An account for somebody; without *password* they choose one with a code."""

    username: str
    password: str | None = attrs.field(default=None, repr=False)
    role: Literal["user", "admin"] = "user"


@attrs.frozen(kw_only=True)
class ResetReply:
    """A code with which a user can choose a new password, once; it is shown only here."""

    code: str = attrs.field(repr=False)
    expires_at: datetime


@attrs.frozen(kw_only=True)
class NewAccountReply:
    """The account that was made, and the code for its password if it has none."""

    user: AccountReply
    reset: ResetReply | None = None


@attrs.frozen(kw_only=True)
class AccountChanges:
    """What is to be different about an account; what is left out stays as it is."""

    role: Literal["user", "admin"] | None = None
    disabled: bool | None = None
    quota: QuotaSetting | None = None


@attrs.frozen(kw_only=True)
class DeletionReply:
    """What is about to happen: the account can no longer be used, and is gone when this is done.

    Of its torrents *removed* go from their clients, with their files if *torrents* is
    ``remove-files``; *kept* stay there and are nobody's; *shared* belong to others, too, or
    were in the client before us, and stay as they are.
    """

    id: str
    username: str
    torrents: Fate
    removed: int
    kept: int
    shared: int


@attrs.frozen(kw_only=True)
class ResetRequest:
    """The code that an administrator handed out, and the new password."""

    code: str = attrs.field(repr=False)
    password: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class InviteRequest:
    """What an invitation is good for: as whom its user signs up, and within how many hours."""

    role: Literal["user", "admin"] = "user"
    hours: int = 72


@attrs.frozen(kw_only=True)
class InviteReply:
    """An invitation; *made_by* and *used_by* are users that still exist."""

    id: str
    role: Literal["user", "admin"]
    state: Literal["open", "used", "expired"]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    made_by: str | None = None
    used_by: str | None = None


@attrs.frozen(kw_only=True)
class InvitesReply:
    """All invitations, the newest first."""

    invites: tuple[InviteReply, ...]


@attrs.frozen(kw_only=True)
class NewInviteReply:
    """The invitation that was made; its code is shown only here."""

    id: str
    code: str = attrs.field(repr=False)
    role: Literal["user", "admin"]
    expires_at: datetime
