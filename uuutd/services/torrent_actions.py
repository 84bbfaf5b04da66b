"""What users may do with their torrents: stop them, let them run, hold them back, check them.

One user's wish never harms another's: see ``docs/torrents.md``.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from ..backends import TorrentClient
from ..domain import InfoHash, Limits, TorrentState
from ..errors import Conflict, Foreign, Invalid, Problem
from ..instances import Instances
from ..store import links, wishes
from ..store.records import Link, User
from ..text import clean
from ..wire import SpeedLimits
from .limits import read_limits
from .locks import Locks
from .snapshots import Snapshots
from .torrents import Torrents

MOST_LABELS = 20
LONGEST_LABEL = 40
"""Characters of a label."""

Act = Callable[[TorrentClient[Any]], Awaitable[None]]


class TorrentActions:
    """Carries out what owners want, as far as it harms no other owner.

    What was in a client before us is never touched: `uuutd.errors.Foreign`.  *locks* are
    those of the jobs, which look at the owners' wishes, too.
    """

    def __init__(
        self, instances: Instances, snapshots: Snapshots, torrents: Torrents, locks: Locks
    ) -> None:
        self._instances = instances
        self._snapshots = snapshots
        self._torrents = torrents
        self._locks = locks

    async def pause(self, user: User, info_hash: InfoHash) -> None:
        """Stop a torrent, as soon as all of its owners want it stopped."""
        link = await self._ours(user, info_hash)
        async with self._locks.hold((link.client, link.info_hash)):
            if await links.want_pause(link, wants=True):
                await self._act(link, "pause", lambda c: c.pause(link.info_hash))

    async def resume(self, user: User, info_hash: InfoHash) -> None:
        """Let a torrent run again."""
        link = await self._ours(user, info_hash)
        async with self._locks.hold((link.client, link.info_hash)):
            await links.want_pause(link, wants=False)
            await self._act(link, "resume", lambda c: c.resume(link.info_hash))

    async def limit(self, user: User, info_hash: InfoHash, said: SpeedLimits) -> None:
        """Hold a torrent back to these speeds, as far as all of its owners agree."""
        limits = read_limits(said)
        link = await self._ours(user, info_hash)
        async with self._locks.hold((link.client, link.info_hash)):
            await wishes.limit(link, limits)
            agreed = await wishes.limits(link.client, link.info_hash) or Limits()
            await self._act(link, "limit", lambda c: c.limit(link.info_hash, agreed))

    async def label(self, user: User, info_hash: InfoHash, labels: Sequence[str]) -> None:
        """Mark a torrent for this user alone: neither its client nor other owners see it."""
        found = _read_labels(labels)
        link = await self._ours(user, info_hash)
        await wishes.label(link, found)
        self._torrents.listed(user, link.info_hash)

    async def recheck(self, user: User, info_hash: InfoHash) -> None:
        """Let the client verify the files again; while it does, nobody gets anything of them."""
        link = await self._ours(user, info_hash)
        async with self._locks.hold((link.client, link.info_hash)):
            if not self._is_broken(link):
                await self._check_alone(link, "its files are checked only if something is wrong")
            await self._act(link, "recheck", lambda c: c.recheck(link.info_hash))

    async def set_wanted(self, user: User, info_hash: InfoHash, wanted: Collection[int]) -> None:
        """Download these files of a torrent and no others; only its one owner may say so."""
        link = await self._ours(user, info_hash)
        async with self._locks.hold((link.client, link.info_hash)):
            await self._check_alone(link, "they may want its other files")
            client = self._instances.client(link.client)
            found = await client.call("files", lambda c: c.files(link.info_hash))
            there = {file.index for file in found}
            if there and (unknown := sorted(set(wanted) - there)):
                problem = Problem("wanted", f"the torrent has no file {unknown[0]}")
                raise Invalid("There is no such file.", [problem])
            await self._act(link, "set_wanted", lambda c: c.set_wanted(link.info_hash, wanted))

    async def _ours(self, user: User, info_hash: InfoHash) -> Link:
        link = await links.one(user.id, info_hash)
        if link.foreign:
            raise Foreign(
                f"{link.name} was in {link.client} before us and is never touched.",
                hint="Use that client itself, or ask an administrator to adopt the torrent.",
            )
        return link

    @staticmethod
    async def _check_alone(link: Link, why: str) -> None:
        _, owners = await links.paused_by(link.client, link.info_hash)
        if owners > 1:
            raise Conflict(f"Others here have {link.name}, too: {why}.")

    def _is_broken(self, link: Link) -> bool:
        row = self._snapshots.of(link.client).rows.get(link.info_hash)
        return row is not None and row.state is TorrentState.ERROR

    async def _act(self, link: Link, operation: str, act: Act) -> None:
        await self._instances.client(link.client).call(operation, act)
        self._snapshots.outdate(link.client, link.user_id)


def _read_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Return labels each once, as they may be shown."""
    found = dict.fromkeys(label.strip() for label in labels)
    problems = [
        Problem("labels", f"must be of 1 to {LONGEST_LABEL} plain characters, got {label[:80]!r}")
        for label in found
        if not label or len(label) > LONGEST_LABEL or clean(label, LONGEST_LABEL) != label
    ]
    if len(found) > MOST_LABELS:
        problems.append(Problem("labels", f"must not be more than {MOST_LABELS}"))
    if problems:
        raise Invalid("These labels cannot be kept.", problems)
    return tuple(found)


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
