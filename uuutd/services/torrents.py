"""A user's torrents: what they see, and what they may do with them."""

import asyncio
from collections.abc import Collection, Iterable
from typing import Any

import attrs

from ..domain import InfoHash, Torrent, TorrentState, WorkId
from ..errors import Conflict, Foreign, Invalid, Problem
from ..instances import Instances
from ..store import links
from ..store.records import Link, LinkState, User
from ..tasks import Tasks
from ..wire import (
    ClientReply,
    TorrentDetailReply,
    TorrentEntryReply,
    TorrentFileReply,
    TorrentReply,
    TorrentsEvent,
    TorrentsReply,
)
from .events import Events
from .snapshots import Snapshots

EVENTS_EVERY = 1.0
"""Seconds between two events about the torrents of one client."""


@attrs.frozen
class Serving:
    """The torrent that serves an episode for a user; *torrent* None if its client lost it."""

    link: Link
    torrent: Torrent | None

    @property
    def finished(self) -> bool:
        """Whether the episode is on the disk."""
        return self.torrent is not None and self.torrent.finished


class Torrents:
    """Reads the shared snapshots through each user's links."""

    def __init__(
        self, snapshots: Snapshots, instances: Instances, events: Events, tasks: Tasks
    ) -> None:
        self._snapshots = snapshots
        self._instances = instances
        self._events = events
        self._tasks = tasks
        self._unsaid: dict[str, set[InfoHash]] = {}
        self._said: dict[str, float] = {}
        snapshots.listen(self._moved)

    async def view(self, user: User) -> TorrentsReply:
        """Return what the user owns."""
        owned = await links.of_user(user.id)  # before the look: what came since is not missing
        await self._snapshots.look()
        return self._reply(self._row(link) for link in owned)

    async def view_all(self) -> TorrentsReply:
        """Return everybody's torrents, each once, with the names of its owners."""
        everybody = await links.everybody()
        names = await links.owner_names(everybody)
        await self._snapshots.look()
        owners: dict[int, list[str]] = {}
        for link in everybody:
            owners.setdefault(link.torrent_id, []).append(names.get(link.user_id, "?"))
        once = {link.torrent_id: link for link in everybody}
        return self._reply(
            attrs.evolve(self._row(link), owner_names=tuple(sorted(owners[key])))
            for key, link in once.items()
        )

    def _reply(self, rows: Iterable[TorrentReply]) -> TorrentsReply:
        clients = tuple(
            ClientReply(name=s.name, state=s.state, synced_at=s.synced_at)
            for s in self._snapshots.all()
        )
        return TorrentsReply(
            torrents=tuple(rows), revision=self._snapshots.revision, clients=clients
        )

    async def one(self, user: User, info_hash: InfoHash) -> TorrentDetailReply:
        """Return one of the user's torrents with its files."""
        link = await links.one(user.id, info_hash)
        await self._snapshots.look()
        files: tuple[TorrentFileReply, ...] = ()
        if self._torrent(link) is not None:
            client = self._instances.client(link.client)
            found = await client.call("files", lambda c: c.files(info_hash))
            files = tuple(TorrentFileReply(**attrs.asdict(file)) for file in found)
        row = attrs.asdict(self._row(link), recurse=False)
        return TorrentDetailReply(files=files, **row)

    async def row(self, user: User, info_hash: InfoHash) -> TorrentReply:
        """Return one of the user's torrents as the list shows it, looked at just now."""
        await self._snapshots.look(max_age=0)
        return self._row(await links.one(user.id, info_hash))

    async def pause(self, user: User, info_hash: InfoHash) -> None:
        """Stop a torrent, as soon as all of its owners want it stopped."""
        link = await self._ours(user, info_hash)
        if await links.want_pause(link, wants=True):
            await self._act(link, "pause", lambda c: c.pause(info_hash))

    async def resume(self, user: User, info_hash: InfoHash) -> None:
        """Let a torrent run again."""
        link = await self._ours(user, info_hash)
        await links.want_pause(link, wants=False)
        await self._act(link, "resume", lambda c: c.resume(info_hash))

    async def set_wanted(self, user: User, info_hash: InfoHash, wanted: Collection[int]) -> None:
        """Download these files of a torrent and no others; only its one owner may say so."""
        link = await self._ours(user, info_hash)
        if link.owners > 1:
            raise Conflict(f"Others here have {link.name}, too, and may want its other files.")
        client = self._instances.client(link.client)
        there = {file.index for file in await client.call("files", lambda c: c.files(info_hash))}
        if there and (unknown := sorted(set(wanted) - there)):
            problem = Problem("wanted", f"the torrent has no file {unknown[0]}")
            raise Invalid("There is no such file.", [problem])
        await self._act(link, "set_wanted", lambda c: c.set_wanted(info_hash, wanted))

    async def _ours(self, user: User, info_hash: InfoHash) -> Link:
        link = await links.one(user.id, info_hash)
        if link.foreign:
            raise Foreign(
                f"{link.name} was in {link.client} before us and is never touched.",
                hint="Use that client itself, or ask an administrator to adopt the torrent.",
            )
        return link

    async def _act(self, link: Link, operation: str, act: Any) -> None:
        await self._instances.client(link.client).call(operation, act)
        self._snapshots.outdate(link.client)

    def outdate(self, client: str | None) -> None:
        """Say that a job changed something in a client."""
        self._snapshots.outdate(client or "")

    async def serving(
        self, user_id: int, *, look: bool = True
    ) -> dict[tuple[WorkId, int], Serving]:
        """Return which torrent serves which episode for a user, by (work, episode).

        Without *look* as the clients were seen last: none of them is waited for.
        """
        owned = await links.of_user(user_id)
        if owned and look:
            await self._snapshots.look()
        best: dict[tuple[WorkId, int], Serving] = {}
        for link in owned:  # the newest first
            if link.state is LinkState.MISSING or link.client not in self._instances.clients:
                continue
            serving = Serving(link, self._torrent(link))
            for episode in link.episodes:
                key = (episode.work, episode.episode)
                if key not in best or (serving.finished and not best[key].finished):
                    best[key] = serving
        return best

    def _torrent(self, link: Link) -> Torrent | None:
        if link.client not in self._instances.clients:
            return None
        return self._snapshots.of(link.client).rows.get(link.info_hash)

    def _row(self, link: Link) -> TorrentReply:
        torrent = self._torrent(link)
        if torrent is None:
            torrent = self._absent(link)
        return TorrentReply(
            hash=link.info_hash,
            name=torrent.name or link.name,
            state=torrent.state.value,
            progress=torrent.progress,
            size=torrent.size,
            done_bytes=torrent.done_bytes,
            down_rate=torrent.down_rate,
            up_rate=torrent.up_rate,
            ratio=torrent.ratio,
            client=link.client,
            eta=torrent.eta,
            seeders=torrent.seeders,
            leechers=torrent.leechers,
            added_at=torrent.added_at or link.added_at,
            completed_at=torrent.completed_at,
            save_path=torrent.save_path,
            entries=tuple(
                TorrentEntryReply(provider=e.provider, id=e.entry, work=e.work, episode=e.episode)
                for e in link.episodes
            ),
            owners=link.owners,
            foreign=link.foreign,
            error=torrent.error,
        )

    def _absent(self, link: Link) -> Torrent:
        """Return how a torrent looks that its client does not show: not yet, or no longer."""
        pending = link.state is LinkState.PENDING
        return Torrent(
            info_hash=link.info_hash,
            name=link.name,
            state=TorrentState.QUEUED if pending else TorrentState.MISSING,
            error=None if pending else self._why_absent(link),
        )

    def _why_absent(self, link: Link) -> str:
        if link.client not in self._instances.clients:
            return f"{link.client} is no longer in the configuration"
        if self._snapshots.of(link.client).synced_at is None:
            return f"{link.client} has not answered yet"
        return f"{link.client} no longer has it"

    def gone(self, user_id: int, info_hash: InfoHash) -> None:
        """Tell those who watch that a torrent left the user's list."""
        event = TorrentsEvent(revision=self._snapshots.revision, removed=(info_hash,))
        self._events.publish("torrents", event, user_id=user_id)

    def listed(self, user: User, info_hash: InfoHash | None) -> None:
        """Tell those who watch that a torrent is on the user's list again."""
        if info_hash is not None and self._events.watchers:
            self._tasks.spawn(self._show(user, info_hash), name="torrent events")

    async def _show(self, user: User, info_hash: InfoHash) -> None:
        row = self._row(await links.one(user.id, info_hash))
        event = TorrentsEvent(revision=self._snapshots.revision, torrents=(row,))
        self._events.publish("torrents", event, user_id=user.id)

    def _moved(self, client: str, hashes: Collection[InfoHash]) -> None:
        waiting = bool(self._unsaid.get(client))
        self._unsaid.setdefault(client, set()).update(hashes)
        if not waiting:
            self._tasks.spawn(self._publish_soon(client), name="torrent events")

    async def _publish_soon(self, client: str) -> None:
        """Tell of what moved, at most once a second."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._said.get(client, 0.0) + EVENTS_EVERY - clock()))
        self._said[client] = clock()
        hashes = frozenset(self._unsaid.pop(client, ()))
        if self._events.watchers:
            await self._publish(client, hashes)

    async def _publish(self, client: str, hashes: frozenset[InfoHash]) -> None:
        rows: dict[int, list[TorrentReply]] = {}
        for link in await links.everybody():
            if link.client == client and link.info_hash in hashes:
                rows.setdefault(link.user_id, []).append(self._row(link))
        for user_id, moved in rows.items():
            event = TorrentsEvent(revision=self._snapshots.revision, torrents=tuple(moved))
            self._events.publish("torrents", event, user_id=user_id)


async def want_files(
    instances: Instances, client: str, info_hash: InfoHash, files: Collection[int], *, alone: bool
) -> None:
    """Let a client download *files* of a torrent that it has; *alone* means no others."""
    wanted = set(files)
    if not alone:
        listed = await instances.client(client).call("files", lambda c: c.files(info_hash))
        wanted |= {file.index for file in listed if file.wanted}
    await instances.client(client).call("set_wanted", lambda c: c.set_wanted(info_hash, wanted))
    await instances.client(client).call("resume", lambda c: c.resume(info_hash))
