"""What users see of their torrents."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import attrs

from ..domain import InfoHash, Torrent, WorkId
from ..errors import NotFound
from ..filters import Context
from ..store import accounts
from ..store.records import Link, LinkState, User
from ..wire import ClientReply, TorrentReply
from .board import EVERYBODY, Board
from .listings import ALL, Ask, Listing, Question, join, pick
from .rows import Rows
from .snapshots import Snapshots
from .views import View, key_of

KEPT_BODIES = 8
"""How many whole lists are kept as they were written last."""


@attrs.frozen
class Serving:
    """The torrent that serves an episode for a user; *torrent* None if its client lost it."""

    link: Link
    torrent: Torrent | None

    @property
    def finished(self) -> bool:
        """Whether the episode is on the disk."""
        return self.torrent is not None and self.torrent.finished


def _is_on(own: View) -> Callable[[TorrentReply], bool]:
    """Return what tells whether a row of somebody's list is one of the list *own*."""
    return lambda row: own.link((row.client, InfoHash(row.hash))) is not None


class Torrents:
    """Reads the shared lists of the board for each user."""

    def __init__(self, snapshots: Snapshots, rows: Rows, board: Board) -> None:
        self._snapshots = snapshots
        self._rows = rows
        self._board = board
        self._bodies: dict[int, tuple[int, bytes]] = {}

    async def view(self, user: User, ask: Ask = ALL) -> Listing:
        """Return what the user owns; raises `uuutd.errors.Invalid` for a question that is none."""
        return await self._list(user, user.id, ask)

    async def view_all(self, user: User, ask: Ask = ALL) -> Listing:
        """Return everybody's torrents, each once, with its owners' names; *user* is who asks."""
        return await self._list(user, EVERYBODY, ask)

    async def _list(self, user: User, viewer: int, ask: Ask) -> Listing:
        question = Question.read(ask)
        context = await self._context(user, question)
        await self._board.of(viewer)  # before the look: what came since is not missing
        await self._snapshots.look(user.id)
        if question.filter and "mine" in question.filter.words:  # as of the same moment
            context = attrs.evolve(context, mine=_is_on(await self._board.of(user.id)))
        view = await self._board.of(viewer)
        if question.since is None:
            await view.prepare()
        revision, tag = self._board.revision, self._tag(viewer, view, question)
        joined = self._joined(viewer, view) if ask == ALL else None
        picked = await pick(question, view, revision, context)
        return Listing(
            rows=picked.rows,
            revision=revision,
            clients=self._clients(),
            full=picked.full,
            removed=picked.removed,
            cursor=picked.cursor,
            tag=tag,
            joined=joined,
        )

    def _clients(self) -> tuple[ClientReply, ...]:
        return tuple(
            ClientReply(name=s.name, state=s.state, synced_at=s.synced_at)
            for s in self._snapshots.all()
        )

    def _tag(self, viewer: int, view: View, question: Question) -> str | None:
        if not question.is_fixed:
            return None
        states = zlib.crc32(repr([(s.name, s.state) for s in self._snapshots.all()]).encode())
        return f"{viewer:x}.{view.revision:x}.{states:x}.{question.digest}"

    def _joined(self, viewer: int, view: View) -> bytes:
        """Return a whole list as JSON, written once for each change of it."""
        revision, body = self._bodies.pop(viewer, (0, b""))
        if revision != view.revision:
            body = join(view.rows())
        self._bodies[viewer] = (view.revision, body)
        if len(self._bodies) > KEPT_BODIES:
            self._bodies.pop(next(iter(self._bodies)))
        return body

    async def _context(self, user: User, question: Question) -> Context:
        words = question.filter.words if question.filter else frozenset[str]()
        context = Context(now=datetime.now(UTC))
        if "watched" in words:
            context = attrs.evolve(context, watched=await self._watched(user))
        return context

    async def _watched(self, user: User) -> Callable[[TorrentReply], bool]:
        progress = await accounts.progress(user.id)

        def is_watched(row: TorrentReply) -> bool:
            return bool(row.entries) and all(
                each.episode <= progress.get((each.provider, each.id), 0) for each in row.entries
            )

        return is_watched

    async def shown(self, link: Link) -> TorrentReply:
        """Return one ownership as the list shows it."""
        await self._snapshots.look(link.user_id)
        return await self._shown(link.user_id, link.info_hash)

    async def row(self, user: User, info_hash: InfoHash) -> TorrentReply:
        """Return one of the user's torrents as the list shows it, looked at just now."""
        view = await self._board.of(user.id)
        for client in {link.client for link in view.links if link.info_hash == info_hash}:
            await self._snapshots.look_anew(client, user.id)
        return await self._shown(user.id, info_hash)

    async def _shown(self, user_id: int, info_hash: InfoHash) -> TorrentReply:
        view = await self._board.of(user_id)
        for link in view.links:  # the newest first
            if link.info_hash == info_hash and (row := view.row(key_of(link))):
                return row.reply
        raise NotFound("You have no such torrent.")

    def outdate(self, client: str | None, user_id: int | None = None) -> None:
        """Say that a job changed something in a client, for a user or for everybody."""
        self._snapshots.outdate(client or "", user_id)
        self._board.stir()

    async def serving(
        self, user_id: int, *, look: bool = True
    ) -> dict[tuple[WorkId, int], Serving]:
        """Return which torrent serves which episode for a user, by (work, episode).

        Without *look* as the clients were seen last: none of them is waited for.
        """
        owned = (await self._board.of(user_id)).links
        if owned and look:
            await self._snapshots.look(user_id)
        best: dict[tuple[WorkId, int], Serving] = {}
        for link in owned:  # the newest first
            if link.state is LinkState.MISSING or not self._rows.is_configured(link):
                continue
            serving = Serving(link, self._rows.torrent(link))
            for episode in link.episodes:
                key = (episode.work, episode.episode)
                if key not in best or (serving.finished and not best[key].finished):
                    best[key] = serving
        return best

    def gone(self, _user_id: int, _info_hash: InfoHash) -> None:
        """Tell those who watch that a torrent left the user's list."""
        self._board.stir()

    def listed(self, _user: User, _info_hash: InfoHash | None) -> None:
        """Tell those who watch that a torrent is on the user's list again."""
        self._board.stir()
