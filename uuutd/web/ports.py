"""What the web face asks of the services, and nothing more.

`uuutd.services` has all of it; a test may bring something smaller.
"""

# ruff: noqa: D102 - what the methods mean is said where they are written

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol

from ..domain import EntryId, InfoHash, Kind, ListStatus
from ..services.listings import Ask
from ..store.preferences import Show
from ..store.records import User
from ..wire import (
    AccountChanges,
    AccountReply,
    AccountsReply,
    AddTorrentRequest,
    AuditEvent,
    AuditReply,
    BackendReply,
    BackendsReply,
    ChoiceReply,
    DeletionReply,
    DownloadRequest,
    EntryDetailReply,
    EntryReply,
    Fate,
    InviteRequest,
    InvitesReply,
    JobReply,
    JobsReply,
    LinkPromptReply,
    LinkReply,
    MadePersonalTokenReply,
    NewAccountReply,
    NewAccountRequest,
    NewInviteReply,
    NumberingReply,
    PasswordRequest,
    PersonalTokenRequest,
    PersonalTokensReply,
    PreferencesReply,
    ProgressRequest,
    ResetReply,
    ResetRequest,
    Scope,
    SearchReply,
    SessionsReply,
    SignupRequest,
    SpeedLimits,
    TokenReply,
    TorrentDetailReply,
    TorrentReply,
    UpgradeReply,
    UserPreferences,
    UserReply,
    WatchlistReply,
    WhyReply,
)

Ping = Callable[[], Awaitable[None]]
"""Asks the database whether it is there; raises `uuutd.errors.Busy` if not."""


class Caller(Protocol):
    """Who sent a request, and with what."""

    @property
    def user(self) -> User: ...
    @property
    def session_id(self) -> str | None: ...
    @property
    def scopes(self) -> frozenset[Scope] | None: ...
    @property
    def fresh(self) -> bool: ...


class Event(Protocol):
    """One thing that happened; *data* is JSON."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def data(self) -> bytes: ...


class Signups(Protocol):
    """New accounts."""

    @property
    def mode(self) -> Literal["closed", "invite", "open"]: ...
    async def setup_needed(self) -> bool: ...
    async def signup(self, request: SignupRequest, /, *, address: str) -> UserReply: ...


class Auth(Protocol):
    """Sessions and tokens."""

    async def login(
        self, username: str, password: str, /, *, agent: str, address: str | None
    ) -> TokenReply: ...
    async def refresh(self, token: str, /, *, agent: str, address: str | None) -> TokenReply: ...
    # Any, because it takes back exactly what *authenticate* returned.
    async def logout(self, caller: Any, /, *, everywhere: bool, address: str | None) -> None: ...
    async def change_password(
        self, caller: Any, request: PasswordRequest, /, *, address: str | None
    ) -> None: ...
    async def sessions(self, caller: Any, /) -> SessionsReply: ...
    async def end_session(
        self, caller: Any, session_id: str, /, *, address: str | None
    ) -> None: ...
    async def authenticate(self, token: str, /) -> Caller: ...


class PersonalTokens(Protocol):
    """The users' tokens for programs."""

    async def make(
        self, user: User, request: PersonalTokenRequest, /, *, address: str | None
    ) -> MadePersonalTokenReply: ...
    async def view(self, user: User, /) -> PersonalTokensReply: ...
    async def end(self, user: User, token_id: str, /, *, address: str | None) -> None: ...


class Administration(Protocol):
    """What administrators do with accounts."""

    async def users(self) -> AccountsReply: ...
    async def user(self, user_id: int, /) -> AccountReply: ...
    async def make(
        self, by: int, request: NewAccountRequest, /, *, address: str | None
    ) -> NewAccountReply: ...
    async def change(
        self, by: int, user_id: int, changes: AccountChanges, /, *, address: str | None
    ) -> AccountReply: ...
    async def delete(
        self, by: int, user_id: int, fate: Fate, /, *, address: str | None
    ) -> DeletionReply: ...
    async def reset(self, by: int, user_id: int, /, *, address: str | None) -> ResetReply: ...
    async def use_reset(self, request: ResetRequest, /, *, address: str | None) -> None: ...
    async def invites(self) -> InvitesReply: ...
    async def invite(
        self, by: int, request: InviteRequest, /, *, address: str | None
    ) -> NewInviteReply: ...
    async def end_invite(self, by: int, invite_id: int, /, *, address: str | None) -> None: ...


class Audit(Protocol):
    """What happened to accounts and keys."""

    async def page(
        self, *, cursor: int | None, limit: int | None, event: AuditEvent | None, user: str | None
    ) -> AuditReply: ...


class Accounts(Protocol):
    """The users' ties to watchlist providers."""

    async def prompt(self, provider: str, /) -> LinkPromptReply: ...
    async def link(self, user: User, provider: str, fields: Mapping[str, str], /) -> LinkReply: ...
    async def unlink(self, user: User, provider: str, /) -> None: ...
    async def links(self, user: User, /) -> tuple[LinkReply, ...]: ...


class Watchlists(Protocol):
    """What the users watch."""

    async def view(self, user: User, statuses: frozenset[ListStatus], /) -> WatchlistReply: ...
    async def entry(self, user: User, provider: str, entry_id: EntryId, /) -> EntryDetailReply: ...
    async def set_progress(
        self, user: User, request: ProgressRequest, /
    ) -> tuple[EntryReply, bool]: ...


class Releases(Protocol):
    """What the indexers offer."""

    async def choice(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None, /
    ) -> ChoiceReply: ...
    async def search(self, text: str, /) -> SearchReply: ...


class Numbering(Protocol):
    """How episodes are numbered."""

    async def show(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None, /
    ) -> NumberingReply: ...


class Preferences(Protocol):
    """What the users want of releases: of a show, or of all where that is None."""

    async def show(self, user: User, show: Show | None, /) -> PreferencesReply: ...
    async def replace(
        self, user: User, show: Show | None, said: UserPreferences, /
    ) -> PreferencesReply: ...
    async def forget(self, user: User, show: Show | None, /) -> None: ...


class Searches(Protocol):
    """What was searched for before, and what came of it."""

    async def why(
        self, user: User, provider: str, entry: EntryId, episode: int | None, /, *, replay: bool
    ) -> WhyReply: ...


class Jobs(Protocol):
    """What is being done for the users."""

    async def download(
        self, user: User, request: DownloadRequest, /, *, idempotency_key: str | None
    ) -> str: ...
    async def wait(self, job_id: str, seconds: float, /) -> None: ...
    async def get(self, user: User, job_id: str, /) -> JobReply: ...
    async def list(self, user: User, /) -> JobsReply: ...
    async def retry(self, user: User, job_id: str, /) -> JobReply: ...
    async def cancel(self, user: User, job_id: str, /) -> JobReply: ...
    async def remove(
        self, user: User, info_hash: InfoHash, /, *, delete_files: bool
    ) -> JobReply: ...
    async def add(self, user: User, request: AddTorrentRequest, /) -> tuple[TorrentReply, bool]: ...
    async def add_file(
        self, user: User, data: bytes, request: AddTorrentRequest, /
    ) -> tuple[TorrentReply, bool]: ...


class Upgrades(Protocol):
    """Newer versions of what the users have."""

    async def look(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None, /
    ) -> UpgradeReply: ...
    async def begin(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None, /
    ) -> str: ...


class Listing(Protocol):
    """A list of torrents as JSON, in parts; the same *tag* means the same list."""

    @property
    def tag(self) -> str | None: ...
    @property
    def parts(self) -> Sequence[bytes]: ...


class Torrents(Protocol):
    """The users' torrents."""

    async def view(self, user: User, ask: Ask, /) -> Listing: ...
    async def view_all(self, user: User, ask: Ask, /) -> Listing: ...


class TorrentActions(Protocol):
    """What the users do with their torrents."""

    async def pause(self, user: User, info_hash: InfoHash, /) -> None: ...
    async def resume(self, user: User, info_hash: InfoHash, /) -> None: ...
    async def set_wanted(
        self, user: User, info_hash: InfoHash, wanted: Collection[int], /
    ) -> None: ...
    async def recheck(self, user: User, info_hash: InfoHash, /) -> None: ...
    async def limit(self, user: User, info_hash: InfoHash, said: SpeedLimits, /) -> None: ...
    async def label(self, user: User, info_hash: InfoHash, labels: Sequence[str], /) -> None: ...


class TorrentDetails(Protocol):
    """One of the users' torrents in full."""

    async def one(self, user: User, info_hash: InfoHash, /) -> TorrentDetailReply: ...


class Stewardship(Protocol):
    """What administrators do with torrent clients."""

    async def limits(self, client: str, /) -> SpeedLimits: ...
    async def set_limits(self, client: str, said: SpeedLimits, /) -> SpeedLimits: ...
    async def adopt(self, user: User, client: str, info_hash: InfoHash, /) -> None: ...


class Events(Protocol):
    """What happens."""

    def subscribe(
        self, user_id: int, last_event_id: str | None, /
    ) -> AbstractAsyncContextManager[AsyncIterator[Event]]: ...


class Instances(Protocol):
    """The configured backends."""

    def replies(self) -> BackendsReply: ...
    async def check(self, kind: Kind, name: str, /) -> BackendReply: ...


class Reconciler(Protocol):
    """What keeps the records and the clients in step."""

    async def confirm_missing(self, client: str, /) -> BackendReply: ...


class Services(Protocol):
    """All of them."""

    @property
    def auth(self) -> Auth: ...
    @property
    def signups(self) -> Signups: ...
    @property
    def personal_tokens(self) -> PersonalTokens: ...
    @property
    def administration(self) -> Administration: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def watchlists(self) -> Watchlists: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def searches(self) -> Searches: ...
    @property
    def preferences(self) -> Preferences: ...
    @property
    def numbering(self) -> Numbering: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def upgrades(self) -> Upgrades: ...
    @property
    def torrents(self) -> Torrents: ...
    @property
    def torrent_actions(self) -> TorrentActions: ...
    @property
    def torrent_details(self) -> TorrentDetails: ...
    @property
    def stewardship(self) -> Stewardship: ...
    @property
    def events(self) -> Events: ...
    @property
    def instances(self) -> Instances: ...
    @property
    def reconciler(self) -> Reconciler: ...
