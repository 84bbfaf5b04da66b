"""What a user watches: the last good list, kept fresh, and never lost because a site is down."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import attrs

from ..backends import ProgressWriter, WatchlistProvider
from ..domain import Account, Entry, EntryId, ListStatus, WorkId
from ..errors import (
    BackendError,
    BadReply,
    Conflict,
    Error,
    Invalid,
    LinkExpired,
    LinkReadOnly,
    NotFound,
    NotLinked,
    Problem,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from ..instances import Instances
from ..store import accounts as stored
from ..store import intents, outbox
from ..store.records import LinkedAccount, UnsentProgress, User
from ..tasks import Tasks
from ..wire import (
    EntryDetailReply,
    EntryReply,
    ProgressRequest,
    SourceReply,
    WatchlistReply,
)
from . import replies
from .accounts import Accounts
from .episodes import entry_state, episodes_of
from .events import Events
from .locks import Locks
from .renewal import Renewal
from .torrents import Serving, Torrents
from .works import work_id

FRESH_FOR = timedelta(minutes=2)
"""For how long a list is served without asking the provider again."""
READ = frozenset({ListStatus.CURRENT, ListStatus.REPEATING})
"""The statuses that the providers are asked for."""
NO_ANSWER = (Unavailable, RateLimited, TimedOut, BadReply)
"""What says that a provider was not really asked: it is told later."""

log = logging.getLogger("uuutd.watchlists")


@attrs.frozen
class Listed:
    """A show on a user's list, with the account it was read by."""

    linked: LinkedAccount = attrs.field(repr=False)
    entry: Entry

    @property
    def provider(self) -> str:
        """The list that it stands on."""
        return self.linked.provider

    @property
    def work(self) -> WorkId:
        """The show, whichever list it stands on."""
        return work_id(self.provider, self.entry.work)


class Watchlists:
    """Serves everybody's lists from the last good answers of the providers."""

    def __init__(
        self,
        accounts: Accounts,
        renewal: Renewal,
        instances: Instances,
        torrents: Torrents,
        events: Events,
        tasks: Tasks,
    ) -> None:
        self._accounts = accounts
        self._renewal = renewal
        self._instances = instances
        self._torrents = torrents
        self._events = events
        self._tasks = tasks
        self._lists = Locks()
        self._saves = Locks()
        self._marked: dict[tuple[int, str], dict[EntryId, tuple[float, Entry]]] = {}
        self._failed: dict[tuple[int, str], tuple[float, Error]] = {}
        self._keeping: dict[tuple[int, str], asyncio.Task[None]] = {}

    async def view(self, user: User, statuses: Collection[ListStatus]) -> WatchlistReply:
        """Return the user's entries with these statuses, all linked lists together.

        A provider that does not answer is named in `sources`, and its last list served.
        """
        if unread := sorted(status.value for status in set(statuses) - READ):
            problem = Problem("status", f"{unread[0]} is not read from the providers")
            raise Invalid("Only what is being watched is read: CURRENT and REPEATING.", [problem])
        linked = await self._accounts.linked(user.id)
        read = await asyncio.gather(*(self._read(account) for account in linked))
        serving = await self._torrents.serving(user.id)
        entries: list[EntryReply] = []
        for account, _ in read:
            listed = [e for e in account.entries or () if e.status in statuses]
            entries += await self._shown(user, account.provider, listed, serving)
        dates = [account.synced_at for account, _ in read if account.synced_at]
        return WatchlistReply(
            entries=tuple(entries),
            sources=tuple(_source(account, problem) for account, problem in read),
            synced_at=min(dates, default=None),
        )

    async def _shown(
        self,
        user: User,
        provider: str,
        entries: Collection[Entry],
        serving: dict[tuple[WorkId, int], Serving],
    ) -> list[EntryReply]:
        works = {entry.id: work_id(provider, entry.work) for entry in entries}
        tries = await intents.outcomes(user.id, set(works.values()))
        shown = []
        for entry in entries:
            key = (works[entry.id], entry.next_episode or 0)
            served = serving.get(key)
            shown.append(
                replies.entry(
                    provider,
                    works[entry.id],
                    entry,
                    state=entry_state(entry, served, tries.get(key)),
                    torrent=served.link.info_hash if served else None,
                )
            )
        return shown

    async def entry(self, user: User, provider: str, entry_id: EntryId) -> EntryDetailReply:
        """Return one show of the user's list with its episodes."""
        listed = await self.locate(user.id, provider, entry_id)
        serving = await self._torrents.serving(user.id)
        (shown,) = await self._shown(user, listed.provider, [listed.entry], serving)
        return replies.entry_detail(shown, episodes_of(listed.work, listed.entry, serving))

    async def locate(
        self,
        user_id: int,
        provider: str | None,
        entry_id: EntryId,
        *,
        meanwhile: Callable[[str, EntryId], None] | None = None,
    ) -> Listed:
        """Return a show of the user's list, asking the provider only if the list does not have it.

        Without *provider* the only linked one is meant.  If the list has to be read first,
        *meanwhile* is told of the provider and the show, to begin with what needs no list.
        """
        linked = await self._accounts.get(user_id, provider)
        if meanwhile is not None and not _is_fresh(linked):
            meanwhile(linked.provider, entry_id)
        linked, problem = await self._read(linked)
        for entry in linked.entries or ():
            if entry.id == entry_id:
                return Listed(linked, entry)
        if linked.expired:
            raise _expired(linked.provider)
        if problem is not None:  # nor would it answer a second question
            raise problem
        entry = await self._renewal.call(linked, "entry", lambda b, own: b.entry(own, entry_id))
        return Listed(linked, entry)

    async def _read(self, linked: LinkedAccount) -> tuple[LinkedAccount, Error | None]:
        """Return an account with its list, asked for anew if the last one is too old.

        The second value says why it could not be had, if so.
        """
        if _is_fresh(linked):
            return linked, None
        came = asyncio.get_running_loop().time()
        key = (linked.user_id, linked.provider)
        async with self._lists.hold(key):
            linked = await self._kept(*key)
            if _is_fresh(linked):
                return linked, None
            if linked.expired:
                return linked, _expired(linked.provider)
            failed = self._failed.get(key)
            if failed is not None and failed[0] >= came:
                return linked, failed[1]  # it was asked while we waited to ask
            try:
                return await self._ask(linked), None
            except LinkExpired as error:
                return attrs.evolve(linked, expired=True), error
            except (BackendError, NotFound) as error:
                self._failed[key] = asyncio.get_running_loop().time(), error
                return linked, error

    async def _ask(self, linked: LinkedAccount) -> LinkedAccount:
        began = asyncio.get_running_loop().time()
        listed = await self._renewal.call(linked, "watching", lambda b, own: b.watching(own))
        entries = tuple(listed)
        # What was marked while the list was on its way is not in it yet.
        marked = self._marked.pop((linked.user_id, linked.provider), {})
        newer = {key: entry for key, (at, entry) in marked.items() if at >= began}
        entries = tuple(newer.get(entry.id, entry) for entry in entries)
        unsent = {u.entry: u.episode for u in await outbox.of(linked.provider, linked.user_id)}
        entries = tuple(attrs.evolve(e, progress=unsent.get(e.id, e.progress)) for e in entries)
        before = len(linked.entries or ())
        if len(entries) < before // 2:
            log.warning(
                "%s: a list shrank from %d to %d shows; nothing is deleted because of that",
                linked.provider,
                before,
                len(entries),
            )
        now = datetime.now(UTC)
        linked = attrs.evolve(linked, entries=entries, synced_at=now)
        key = (linked.user_id, linked.provider)
        keeping = self._keeping[key] = self._tasks.spawn(self._keep(linked), name="keep a list")
        keeping.add_done_callback(lambda _: self._keeping.pop(key))
        return linked

    async def _keep(self, linked: LinkedAccount) -> None:
        """Keep a list that was just read; whoever asked for it does not wait for that."""
        user_id, provider = linked.user_id, linked.provider
        if linked.entries is not None and linked.synced_at is not None:
            await stored.save_entries(
                user_id, provider, linked.entries, linked.synced_at, account_id=linked.account.id
            )
        self._events.publish("watchlist", {"provider": provider}, user_id=user_id)

    async def _kept(self, user_id: int, provider: str) -> LinkedAccount:
        """Return an account with the list that was read last."""
        if keeping := self._keeping.get((user_id, provider)):
            await asyncio.wait([keeping])
        return await self._accounts.get(user_id, provider)

    async def set_progress(self, user: User, request: ProgressRequest) -> tuple[EntryReply, bool]:
        """Record the last watched episode; True means that the provider will be told later.

        This is the only thing that ever writes progress, and only a user asks for it.
        """
        listed = await self.locate(user.id, request.provider, EntryId(request.entry))
        _check_progress(listed, request.episode)
        unsent = _unsent(user, listed, request.episode)
        await outbox.put(unsent)  # first: what was said later must not be overtaken
        queued = False
        try:
            entry = await self._write(listed, request.episode)
            await self._sent(unsent)
        except NO_ANSWER as error:
            log.info("%s will be told of progress later: %s", listed.provider, error)
            entry, queued = attrs.evolve(listed.entry, progress=request.episode), True
        except Error:
            await self._sent(unsent)
            raise
        await self._replace(user.id, listed.provider, entry)
        serving = await self._torrents.serving(user.id)
        (shown,) = await self._shown(user, listed.provider, [entry], serving)
        return shown, queued

    @staticmethod
    async def _sent(unsent: UnsentProgress) -> None:
        await outbox.remove(unsent.user_id, unsent.provider, unsent.entry, episode=unsent.episode)

    async def _write(self, listed: Listed, episode: int) -> Entry:
        async def act(provider: WatchlistProvider[object], account: Account) -> Entry:
            if not isinstance(provider, ProgressWriter):
                raise LinkReadOnly(f"{provider.title} cannot be written to.")
            return await provider.set_progress(account, listed.entry.id, episode)

        return await self._renewal.call(listed.linked, "set_progress", act)

    async def _replace(self, user_id: int, provider: str, entry: Entry) -> None:
        """Put *entry* in the place of what the kept list says of the same show."""
        key = (user_id, provider)
        self._marked.setdefault(key, {})[entry.id] = asyncio.get_running_loop().time(), entry
        async with self._saves.hold(key):
            linked = await self._kept(user_id, provider)
            if linked.entries is not None:
                entries = tuple(entry if e.id == entry.id else e for e in linked.entries)
                linked = attrs.evolve(linked, entries=entries)
            await self._keep(linked)

    async def send_progress(self) -> None:
        """Tell the providers what they have not been told yet, as far as they answer."""
        for name in self._instances.watchlists:
            for unsent in await outbox.of(name):
                if not await self._send(unsent):
                    break

    async def _send(self, unsent: UnsentProgress) -> bool:
        """Tell a provider of one episode; False if it answers nobody now."""
        try:
            linked = await self._accounts.get(unsent.user_id, unsent.provider)
            if linked.expired:
                return True  # kept until the user links again
            listed = await self.locate(unsent.user_id, unsent.provider, unsent.entry)
            await self._write(attrs.evolve(listed, linked=linked), unsent.episode)
        except LinkExpired:
            return True
        except NO_ANSWER as error:
            return isinstance(error, BadReply)  # one show's nonsense holds up no other
        except (Conflict, Invalid, NotFound, NotLinked, Refused) as error:
            log.warning("%s will not take progress that waited: %s", unsent.provider, error)
        await self._sent(unsent)
        return True


def _is_fresh(linked: LinkedAccount) -> bool:
    if linked.entries is None or linked.synced_at is None:
        return False
    age = datetime.now(UTC) - linked.synced_at
    return timedelta(0) <= age < FRESH_FOR


def _expired(provider: str) -> LinkExpired:
    return LinkExpired(f"{provider} no longer accepts your link.", hint="Link it again.")


def _source(linked: LinkedAccount, problem: Error | None) -> SourceReply:
    expired = isinstance(problem, LinkExpired)
    return SourceReply(
        provider=linked.provider,
        state="expired" if expired else "stale" if problem else "ok",
        synced_at=linked.synced_at,
        problem=replies.failure(problem) if problem else None,
    )


def _check_progress(listed: Listed, episode: int) -> None:
    if not listed.linked.account.writable:
        raise LinkReadOnly(
            f"{listed.provider} is linked by a public name, which can only be read.",
            hint="Link it with a token to mark episodes as watched.",
        )
    last = listed.entry.work.episodes
    if episode < 0 or (last is not None and episode > last):
        limit = f"0 to {last}" if last is not None else "0 or more"
        problem = Problem("episode", f"must be {limit}, got {episode}")
        raise Invalid(f"{listed.entry.work.titles} has no episode {episode}.", [problem])


def _unsent(user: User, listed: Listed, episode: int) -> UnsentProgress:
    return UnsentProgress(
        user_id=user.id,
        provider=listed.provider,
        entry=listed.entry.id,
        episode=episode,
        created_at=datetime.now(UTC),
    )
