"""What the store gives and takes beside the words of `uuutd.domain`."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from ..domain import (
    Account,
    Entry,
    EntryId,
    InfoHash,
    Limits,
    Reason,
    Rejection,
    Release,
    Taste,
    Wanted,
    WorkId,
)
from ..wire import FailureReply, Fate, ReadingReply, ReleaseReply, Scope, StepReply

Role = Literal["user", "admin"]


@attrs.frozen(kw_only=True)
class User:
    """Somebody with an account; *gen* counts up whenever all of their tokens must die."""

    id: int
    name: str
    role: Role
    gen: int
    disabled: bool
    created_at: datetime


@attrs.frozen(kw_only=True)
class Quota:
    """How much a user may take: torrents at a time, and new ones in an hour; None for no limit."""

    torrents: int | None = None
    adds_per_hour: int | None = None


@attrs.frozen(kw_only=True)
class Person:
    """A user as administrators see them; *fate* is set while they are being deleted.

    *torrents* counts what they own, and *last_login_at* is None for who never logged in.
    """

    user: User
    quota: Quota
    torrents: int
    last_login_at: datetime | None = None
    fate: Fate | None = None


@attrs.frozen(kw_only=True)
class Invite:
    """An invitation, with the names of who made it and who used it, as far as they are here."""

    id: int
    role: Role
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    made_by: str | None = None
    used_by: str | None = None


@attrs.frozen(kw_only=True)
class Session:
    """One login of a user; *agent* and *address* are of its last use, at *rotated_at*."""

    id: str
    user_id: int
    created_at: datetime
    rotated_at: datetime
    ended_at: datetime | None
    agent: str
    gen: int | None
    address: str | None


@attrs.frozen(kw_only=True)
class PersonalToken:
    """A token that a user made for a program."""

    id: str
    user_id: int
    name: str
    scopes: tuple[Scope, ...]
    gen: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@attrs.frozen(kw_only=True)
class LinkedAccount:
    """A user's tie to a watchlist provider, with the last good list if there is one."""

    user_id: int
    provider: str
    account: Account
    expired: bool
    linked_at: datetime
    synced_at: datetime | None = None
    entries: tuple[Entry, ...] | None = None


@attrs.frozen(kw_only=True)
class UnsentProgress:
    """A watched episode that its provider has not been told of yet."""

    user_id: int
    provider: str
    entry: EntryId
    episode: int
    created_at: datetime


class LinkState(enum.Enum):
    """How an ownership is: waiting for its torrent, good, without its torrent, or going away."""

    PENDING = "pending"
    LIVE = "live"
    MISSING = "missing"
    REMOVING = "removing"


@attrs.frozen(kw_only=True)
class LinkedEpisode:
    """An episode that a torrent serves for its owner."""

    provider: str
    entry: EntryId
    work: WorkId
    episode: int


@attrs.frozen(kw_only=True)
class Link:
    """The ownership of a torrent by a user; *owners* counts all who own it.

    *wants_pause*, *limits* and *labels* are what this user wants.
    """

    id: int
    user_id: int
    torrent_id: int
    client: str
    info_hash: InfoHash
    name: str
    foreign: bool
    state: LinkState
    wants_pause: bool
    added_at: datetime
    owners: int
    limits: Limits = attrs.field(factory=Limits)
    labels: tuple[str, ...] = ()
    episodes: tuple[LinkedEpisode, ...] = ()


class IntentState(enum.Enum):
    """How far an intent has come; each value is recorded before the next step begins.

    A get or an add goes from NEW to CHOSEN, when its torrent is recorded and before the
    client is told, and to DONE, when the client has it.  A removal goes from WAITING to
    REMOVING, when the user's link is gone, and to DONE.
    """

    NEW = "new"
    CHOSEN = "chosen"
    WAITING = "waiting"
    REMOVING = "removing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self in (IntentState.DONE, IntentState.FAILED, IntentState.CANCELLED)


@attrs.frozen(kw_only=True)
class Intent:
    """What somebody wants done, as it is recorded; see `uuutd.store.tables.IntentRow`."""

    id: str
    user_id: int
    kind: Literal["get", "add", "remove"]
    state: IntentState
    created_at: datetime
    updated_at: datetime
    key: str | None = None
    work: WorkId | None = None
    provider: str | None = None
    entry: EntryId | None = None
    title: str | None = None
    episode: int | None = None
    client: str | None = None
    info_hash: InfoHash | None = None
    request: Mapping[str, Any] = attrs.field(factory=dict)
    release: ReleaseReply | None = None
    trackers: tuple[str, ...] = ()
    metainfo: bytes | None = attrs.field(default=None, repr=False)
    steps: tuple[StepReply, ...] = ()
    problem: FailureReply | None = None
    follows: str | None = None
    due_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Candidate:
    """A release that a search found, how its name was read, and what was made of it.

    *reading* is None if no title of the show stands in the name.
    """

    id: str
    release: Release
    reading: ReadingReply | None
    score: int
    reasons: tuple[Reason, ...]
    rejections: tuple[Rejection, ...]


@attrs.frozen(kw_only=True)
class Findings:
    """What a search was for and what was made of what it found, the best candidate first.

    *entry* is the show as it stood on the user's list.  *found* counts the releases, of
    which *candidates* are the first.
    """

    wanted: Wanted
    taste: Taste
    entry: Entry
    queries: tuple[str, ...]
    found: int
    candidates: tuple[Candidate, ...]
    failures: tuple[FailureReply, ...]


@attrs.frozen(kw_only=True)
class Search:
    """A user's search for an episode; see `uuutd.store.tables.SearchRow`."""

    user_id: int
    provider: str
    entry: EntryId
    work: WorkId
    episode: int
    searched_at: datetime
    rules: str
    job: str | None = None
    taken: str | None = None
