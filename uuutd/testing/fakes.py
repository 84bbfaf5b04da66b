"""Backends that live in memory and pass the same contracts as the real ones.

They serve tests of the core.  Each has a *gate*: a test can hold a call there, or let
it fail, at the very moment it is interested in.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

import attrs

from ..backends import (
    CredentialRefresher,
    Host,
    Indexer,
    ProgressWriter,
    RelationReader,
    TorrentClient,
    WatchlistProvider,
)
from ..domain import (
    Account,
    Changes,
    Cursor,
    Entry,
    EntryId,
    InfoHash,
    Limits,
    LinkField,
    LinkPrompt,
    Peer,
    Relation,
    Release,
    Secret,
    Source,
    Torrent,
    TorrentFile,
    TorrentState,
    Tracker,
    TrackerState,
    Wanted,
)
from ..errors import Error, Invalid, LinkExpired, NotFound
from ..metainfo import read_metainfo


class Gate:
    """Counts the calls of each operation, and can hold or fail them.

    *failing* maps operations to the error they raise while it is set.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failing: dict[str, Error] = {}
        self._held: dict[str, tuple[asyncio.Event, asyncio.Event]] = {}

    def count(self, operation: str) -> int:
        """Return how often an operation was called."""
        return self.calls.count(operation)

    @asynccontextmanager
    async def hold(self, operation: str) -> AsyncIterator[asyncio.Event]:
        """Hold all calls of an operation for the block; the event is set when one has come."""
        came, free = asyncio.Event(), asyncio.Event()
        self._held[operation] = came, free
        try:
            yield came
        finally:
            del self._held[operation]
            free.set()

    async def pass_through(self, operation: str) -> None:
        """Count a call, and do to it what the test has set."""
        self.calls.append(operation)
        if held := self._held.get(operation):
            came, free = held
            came.set()
            await free.wait()
        if error := self.failing.get(operation):
            raise error


@attrs.frozen
class FakeConfig:
    """The settings of a fake: none."""


class FakeWatchlist(WatchlistProvider[FakeConfig], ProgressWriter, RelationReader):
    """A watchlist of one user, whose token is *token*."""

    name = "fake-watchlist"
    title = "Fake watchlist"
    Config = FakeConfig
    token = "fake-token"  # noqa: S105 - it opens nothing

    def __init__(self, config: FakeConfig, host: Host) -> None:
        super().__init__(config, host)
        self.gate = Gate()
        self.entries: dict[EntryId, Entry] = {}
        self.relatives: dict[EntryId, list[Relation]] = {}

    async def check(self) -> str:
        """Return a version."""
        await self.gate.pass_through("check")
        return "1"

    def link_prompt(self, redirect_uri: str, state: str) -> LinkPrompt:
        """Ask for the token."""
        del redirect_uri, state
        return LinkPrompt(None, "Fill in the token.", (LinkField("answer", "Token", secret=True),))

    async def link(self, fields: Mapping[str, str], redirect_uri: str) -> Account:
        """Take the token, or any user name for reading."""
        del redirect_uri
        await self.gate.pass_through("link")
        if fields.get("answer") == self.token:
            secret = {"token": Secret(self.token)}
            return Account(id="1", name="somebody", credentials=secret, writable=True)
        if name := fields.get("username"):
            return Account(id="1", name=name)
        raise Invalid("This is not the token.")

    async def watching(self, account: Account) -> list[Entry]:
        """Return all entries."""
        await self._pass("watching", account)
        return list(self.entries.values())

    async def entry(self, account: Account, entry_id: EntryId) -> Entry:
        """Return one entry."""
        await self._pass("entry", account)
        if entry_id not in self.entries:
            raise NotFound(f"The list has no show {entry_id}.")
        return self.entries[entry_id]

    async def set_progress(self, account: Account, entry_id: EntryId, episode: int) -> Entry:
        """Write the progress of an entry."""
        await self._pass("set_progress", account)
        self.entries[entry_id] = attrs.evolve(self.entries[entry_id], progress=episode)
        return self.entries[entry_id]

    async def relations(self, entry_id: EntryId) -> list[Relation]:
        """Return the relatives that the test has set."""
        await self.gate.pass_through("relations")
        return self.relatives.get(entry_id, [])

    async def _pass(self, operation: str, account: Account) -> None:
        await self.gate.pass_through(operation)
        token = account.credentials.get("token")
        if account.writable and (token is None or token.reveal() != self.token):
            raise LinkExpired("The token is not good.")


class RenewingWatchlist(FakeWatchlist, CredentialRefresher):
    """A watchlist whose tokens end after *life*, and are renewed with a token that is good once.

    Only what was given out last is good, and a second use of an older one ends the link, as
    the sites do that hold with RFC 9700, section 4.14.
    """

    name = "renewing-watchlist"
    life = timedelta(hours=24)

    def __init__(self, config: FakeConfig, host: Host) -> None:
        super().__init__(config, host)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.number = 0

    async def link(self, fields: Mapping[str, str], redirect_uri: str) -> Account:
        """Take the token that is always good for linking, and give those of a new link."""
        account = await super().link(fields, redirect_uri)
        return self._given(account) if account.writable else account

    async def refresh(self, account: Account) -> Account:
        """Take the last token for renewing; any other one ends the link."""
        await self.gate.pass_through("refresh")
        renewing = account.credentials.get("refresh")
        if renewing is None or renewing.reveal() != f"renewing-{self.number}":
            self.number += 1
            raise LinkExpired("The token to renew with is not good.")
        return self._given(account)

    def revoke(self) -> None:
        """End the token of the last link, but not what renews it."""
        self.token = "revoked"  # noqa: S105 - it opens nothing

    def _given(self, account: Account) -> Account:
        self.number += 1
        self.token = f"token-{self.number}"
        tokens = {"token": Secret(self.token), "refresh": Secret(f"renewing-{self.number}")}
        ends = self.clock() + self.life
        return attrs.evolve(account, credentials=tokens, expires_at=ends)


class FakeIndexer(Indexer[FakeConfig]):
    """Offers *releases*, whatever is asked for."""

    name = "fake-indexer"
    title = "Fake indexer"
    Config = FakeConfig

    def __init__(self, config: FakeConfig, host: Host) -> None:
        super().__init__(config, host)
        self.gate = Gate()
        self.releases: list[Release] = []

    async def check(self) -> str:
        """Return a version."""
        await self.gate.pass_through("check")
        return "1"

    async def search(self, wanted: Wanted | str, *, limit: int) -> list[Release]:
        """Return the first *limit* releases."""
        del wanted
        await self.gate.pass_through("search")
        return self.releases[:limit]


class FakeClient(TorrentClient[FakeConfig]):
    """Keeps torrents in memory; the test downloads them with `download`.

    *free* is what is left on its disk, and *connected* who each torrent is connected to.
    """

    name = "fake-client"
    title = "Fake client"
    Config = FakeConfig

    def __init__(self, config: FakeConfig, host: Host) -> None:
        super().__init__(config, host)
        self.gate = Gate()
        self.rows: dict[InfoHash, Torrent] = {}
        self.listed: dict[InfoHash, tuple[TorrentFile, ...]] = {}
        self.added: list[InfoHash] = []
        self.free: int | None = None
        self.connected: dict[InfoHash, list[Peer]] = {}
        self.emptied: set[InfoHash] = set()
        self._trackers: dict[InfoHash, tuple[str, ...]] = {}
        self._limits = Limits()
        self._log: list[InfoHash] = []

    async def check(self) -> str:
        """Return a version."""
        await self.gate.pass_through("check")
        return "1"

    async def add(
        self,
        source: Source,
        *,
        label: str,
        folder: PurePath,
        wanted: Collection[int] | None = None,
        paused: bool = False,
    ) -> InfoHash:
        """Take the torrent; `Gate` operation ``added`` comes when it is taken."""
        await self.gate.pass_through("add")
        if source.info_hash not in self.rows:
            self.added.append(source.info_hash)
            files = read_metainfo(source.metainfo).files if source.metainfo else ()
            if wanted is not None:
                files = tuple(attrs.evolve(f, wanted=f.index in wanted) for f in files)
            self.listed[source.info_hash] = files
            self._trackers[source.info_hash] = source.trackers
            self._put(
                Torrent(
                    info_hash=source.info_hash,
                    name=source.name,
                    state=TorrentState.PAUSED if paused else TorrentState.DOWNLOADING,
                    size=sum(file.size for file in files),
                    added_at=datetime.now(UTC),
                    save_path=str(folder),
                    label=label,
                )
            )
        await self.gate.pass_through("added")
        return source.info_hash

    def download(self, info_hash: InfoHash, progress: float = 1.0) -> None:
        """Let a torrent get so far."""
        state = TorrentState.SEEDING if progress >= 1 else TorrentState.DOWNLOADING
        self._put(attrs.evolve(self.rows[info_hash], progress=progress, state=state))

    def lose(self, info_hash: InfoHash) -> None:
        """Lose a torrent, as a client does whose folder was emptied."""
        del self.rows[info_hash]
        self._log.append(info_hash)

    def put_foreign(self, info_hash: InfoHash, name: str) -> None:
        """Have a torrent that somebody else put there."""
        self._put(Torrent(info_hash=info_hash, name=name, state=TorrentState.SEEDING, progress=1.0))

    async def torrents(self, hashes: Collection[InfoHash]) -> list[Torrent]:
        """Return those of *hashes* that are there."""
        await self.gate.pass_through("torrents")
        return [self.rows[each] for each in set(hashes) if each in self.rows]

    async def changes(self, since: Cursor | None) -> Changes:
        """Return what moved."""
        await self.gate.pass_through("changes")
        cursor = Cursor(str(len(self._log)))
        if since is None:
            return Changes(cursor=cursor, full=True, torrents=tuple(self.rows.values()))
        moved = set(self._log[int(since) :])
        return Changes(
            cursor=cursor,
            full=False,
            torrents=tuple(self.rows[each] for each in moved if each in self.rows),
            removed=tuple(each for each in moved if each not in self.rows),
        )

    async def files(self, info_hash: InfoHash) -> list[TorrentFile]:
        """Return the files, none for a magnet."""
        self._one(info_hash)
        return list(self.listed.get(info_hash, ()))

    async def set_wanted(self, info_hash: InfoHash, wanted: Collection[int]) -> None:
        """Want these files."""
        self._one(info_hash)
        self.listed[info_hash] = tuple(
            attrs.evolve(file, wanted=file.index in wanted) for file in self.listed[info_hash]
        )

    async def pause(self, info_hash: InfoHash) -> None:
        """Pause a torrent."""
        await self.gate.pass_through("pause")
        self._put(attrs.evolve(self._one(info_hash), state=TorrentState.PAUSED))

    async def resume(self, info_hash: InfoHash) -> None:
        """Resume a torrent."""
        await self.gate.pass_through("resume")
        row = self._one(info_hash)
        state = TorrentState.SEEDING if row.progress >= 1 else TorrentState.DOWNLOADING
        self._put(attrs.evolve(row, state=state))

    async def remove(self, info_hash: InfoHash, *, delete_files: bool) -> None:
        """Forget a torrent; *emptied* are those whose files went with them."""
        await self.gate.pass_through("remove")
        if info_hash in self.rows:
            if delete_files:
                self.emptied.add(info_hash)
            self.lose(info_hash)

    async def recheck(self, info_hash: InfoHash) -> None:
        """Find everything as it was, as a client does whose files are whole."""
        await self.gate.pass_through("recheck")
        self._one(info_hash)

    async def limit(self, info_hash: InfoHash, limits: Limits) -> None:
        """Note the limits of a torrent."""
        await self.gate.pass_through("limit")
        self._put(attrs.evolve(self._one(info_hash), limits=limits))

    async def limits(self) -> Limits:
        """Return the limits of all."""
        await self.gate.pass_through("limits")
        return self._limits

    async def set_limits(self, limits: Limits) -> None:
        """Note the limits of all."""
        await self.gate.pass_through("set_limits")
        self._limits = limits

    async def trackers(self, info_hash: InfoHash) -> list[Tracker]:
        """Return the trackers it was added with, all at work."""
        await self.gate.pass_through("trackers")
        self._one(info_hash)
        urls = self._trackers.get(info_hash, ())
        return [Tracker(url=url, state=TrackerState.WORKING) for url in urls]

    async def peers(self, info_hash: InfoHash) -> list[Peer]:
        """Return what the test has set."""
        await self.gate.pass_through("peers")
        self._one(info_hash)
        return self.connected.get(info_hash, [])

    async def free_bytes(self, folder: PurePath) -> int | None:
        """Return what the test has set."""
        del folder
        await self.gate.pass_through("free_bytes")
        return self.free

    def _one(self, info_hash: InfoHash) -> Torrent:
        if info_hash not in self.rows:
            raise NotFound(f"There is no torrent {info_hash}.")
        return self.rows[info_hash]

    def _put(self, row: Torrent) -> None:
        self.rows[row.info_hash] = row
        self._log.append(row.info_hash)


def fake_hash(text: str) -> InfoHash:
    """Return an info hash that stands for *text*."""
    return InfoHash(hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())
