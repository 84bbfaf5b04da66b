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
    Error,
    Invalid,
    LinkExpired,
    LinkReadOnly,
    NotFound,
    Problem,
    Refused,
)
from ..instances import Instances
from ..store import accounts as stored
from ..store import intents, outbox
from ..store.records import Intent, IntentState, LinkedAccount, UnsentProgress, User
from ..tasks import Tasks
from ..wire import (
    EntryDetailReply,
    EntryReply,
    EntryState,
    EpisodeReply,
    EpisodeState,
    ProgressRequest,
    SourceReply,
    WatchlistReply,
)
from . import replies
from .accounts import Accounts
from .events import Events
from .torrents import Serving, Torrents
from .works import work_id

FRESH_FOR = timedelta(minutes=2)
"""For how long a list is served without asking the provider again."""
LISTED_AHEAD = 3
"""How many episodes beyond the last known one are listed for a show without an end."""

log = logging.getLogger("uuutd.watchlists")


@attrs.frozen
class Listed:
    """A show on a user's list, with the account it was read by."""

    provider: str
    account: Account
    entry: Entry

    @property
    def work(self) -> WorkId:
        """The show, whichever list it stands on."""
        return work_id(self.provider, self.entry.work)


class Watchlists:
    """Serves everybody's lists from the last good answers of the providers."""

    def __init__(
        self,
        accounts: Accounts,
        instances: Instances,
        torrents: Torrents,
        events: Events,
        tasks: Tasks,
    ) -> None:
        self._accounts = accounts
        self._instances = instances
        self._torrents = torrents
        self._events = events
        self._tasks = tasks
        self._locks: dict[tuple[int, str], asyncio.Lock] = {}
        self._keeping: dict[tuple[int, str], asyncio.Task[None]] = {}

    async def view(self, user: User, statuses: Collection[ListStatus]) -> WatchlistReply:
        """Return the user's entries with these statuses, all linked lists together.

        A provider that does not answer is named in `sources`, and its last list served.
        """
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
            sources=tuple(source for _, source in read),
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
        jobs = await intents.latest_for(user.id, set(works.values()))
        shown = []
        for entry in entries:
            key = (works[entry.id], entry.next_episode or 0)
            served = serving.get(key)
            shown.append(
                replies.entry(
                    provider,
                    works[entry.id],
                    entry,
                    state=_entry_state(entry, served, jobs.get(key)),
                    torrent=served.link.info_hash if served else None,
                )
            )
        return shown

    async def entry(self, user: User, provider: str, entry_id: EntryId) -> EntryDetailReply:
        """Return one show of the user's list with its episodes."""
        listed = await self.locate(user.id, provider, entry_id)
        serving = await self._torrents.serving(user.id)
        (shown,) = await self._shown(user, listed.provider, [listed.entry], serving)
        return replies.entry_detail(shown, _episodes(listed, serving))

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
        linked, _ = await self._read(linked)
        for entry in linked.entries or ():
            if entry.id == entry_id:
                return Listed(linked.provider, linked.account, entry)
        if linked.expired:
            raise _expired(linked.provider)
        backend = self._instances.watchlist(linked.provider)
        entry = await backend.call("entry", lambda b: b.entry(linked.account, entry_id))
        return Listed(linked.provider, linked.account, entry)

    async def _read(self, linked: LinkedAccount) -> tuple[LinkedAccount, SourceReply]:
        """Return an account with its list, asked for anew if the last one is too old."""
        if _is_fresh(linked):
            return linked, _source(linked)
        lock = self._locks.setdefault((linked.user_id, linked.provider), asyncio.Lock())
        async with lock:
            linked = await self._kept(linked.user_id, linked.provider)
            if _is_fresh(linked):
                return linked, _source(linked)
            if linked.expired:
                return linked, _source(linked, _expired(linked.provider))
            try:
                linked = await self._ask(linked)
            except LinkExpired as error:
                await self._accounts.mark_expired(linked.user_id, linked.provider)
                return attrs.evolve(linked, expired=True), _source(linked, error)
            except (BackendError, NotFound) as error:
                return linked, _source(linked, error)
            return linked, _source(linked)

    async def _ask(self, linked: LinkedAccount) -> LinkedAccount:
        backend = self._instances.watchlist(linked.provider)
        entries = tuple(await backend.call("watching", lambda b: b.watching(linked.account)))
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
        try:
            entry = await self._write(listed, request.episode)
            queued = False
            await outbox.remove(user.id, listed.provider, listed.entry.id)
        except Refused:
            raise
        except BackendError as error:
            log.info("%s will be told of progress later: %s", listed.provider, error)
            await outbox.put(_unsent(user, listed, request.episode))
            entry, queued = attrs.evolve(listed.entry, progress=request.episode), True
        await self._replace(user.id, listed.provider, entry)
        serving = await self._torrents.serving(user.id)
        (shown,) = await self._shown(user, listed.provider, [entry], serving)
        return shown, queued

    async def _write(self, listed: Listed, episode: int) -> Entry:
        backend = self._instances.watchlist(listed.provider)

        async def act(provider: WatchlistProvider[object]) -> Entry:
            if not isinstance(provider, ProgressWriter):
                raise LinkReadOnly(f"{provider.title} cannot be written to.")
            return await provider.set_progress(listed.account, listed.entry.id, episode)

        return await backend.call("set_progress", act)

    async def _replace(self, user_id: int, provider: str, entry: Entry) -> None:
        """Put *entry* in the place of what the kept list says of the same show."""
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
        """Tell a provider of one episode; False if it does not answer."""
        try:
            linked = await self._accounts.get(unsent.user_id, unsent.provider)
            listed = await self.locate(unsent.user_id, unsent.provider, unsent.entry)
            await self._write(attrs.evolve(listed, account=linked.account), unsent.episode)
        except LinkExpired:
            await self._accounts.mark_expired(unsent.user_id, unsent.provider)
            return True  # kept until the user links again
        except BackendError as error:
            if not isinstance(error, Refused):
                return False
            log.warning("%s refuses progress that waited: %s", unsent.provider, error)
        except Error as error:
            log.warning("%s: progress that waited makes no sense: %s", unsent.provider, error)
        await outbox.remove(unsent.user_id, unsent.provider, unsent.entry, episode=unsent.episode)
        return True


def _is_fresh(linked: LinkedAccount) -> bool:
    if linked.entries is None or linked.synced_at is None:
        return False
    age = datetime.now(UTC) - linked.synced_at
    return timedelta(0) <= age < FRESH_FOR


def _expired(provider: str) -> LinkExpired:
    return LinkExpired(f"{provider} no longer accepts your link.", hint="Link it again.")


def _source(linked: LinkedAccount, problem: Error | None = None) -> SourceReply:
    expired = isinstance(problem, LinkExpired)
    return SourceReply(
        provider=linked.provider,
        state="expired" if expired else "stale" if problem else "ok",
        synced_at=linked.synced_at,
        problem=replies.failure(problem) if problem else None,
    )


def _entry_state(entry: Entry, served: Serving | None, job: Intent | None) -> EntryState:
    if entry.next_episode is None:
        return "done"
    if served is not None:
        return "on_disk" if served.finished else "downloading"
    if job is not None and not job.state.ended:
        return "downloading"
    if entry.has_aired(entry.next_episode) is False:
        return "unaired"
    if job is not None and job.state is IntentState.FAILED and job.problem is not None:
        return "none" if job.problem.code == "no-release" else "ready"
    return "ready"


def _episodes(
    listed: Listed, serving: dict[tuple[WorkId, int], Serving]
) -> tuple[EpisodeReply, ...]:
    entry = listed.entry
    last = entry.work.episodes or max(entry.progress, entry.aired or 0) + LISTED_AHEAD
    return tuple(
        _episode(entry, number, serving.get((listed.work, number))) for number in range(1, last + 1)
    )


def _episode(entry: Entry, number: int, served: Serving | None) -> EpisodeReply:
    return EpisodeReply(
        number=number,
        aired=entry.has_aired(number),
        state=_episode_state(entry, number, served),
        airs_at=entry.airs_at if entry.aired is not None and number == entry.aired + 1 else None,
        torrent=served.link.info_hash if served else None,
    )


def _episode_state(entry: Entry, number: int, served: Serving | None) -> EpisodeState:
    if served is not None:
        return "on_disk" if served.finished else "downloading"
    if number <= entry.progress:
        return "watched"
    return "unaired" if entry.has_aired(number) is False else "ready"


def _check_progress(listed: Listed, episode: int) -> None:
    if not listed.account.writable:
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
