"""Asking the torrent clients whether they have a torrent."""

import asyncio

import attrs

from ..domain import InfoHash
from ..errors import Error
from ..instances import Instances
from ..tasks import Tasks

Answer = frozenset[InfoHash] | Error


@attrs.define
class _Question:
    """What will be asked of a client next, and the task that asks it."""

    hashes: set[InfoHash]
    task: asyncio.Task[Answer] | None = None


class Presence:
    """Asks a client one question at a time; those that come meanwhile are asked together.

    An answer always comes from a call that began after its question was asked.
    """

    def __init__(self, instances: Instances, tasks: Tasks) -> None:
        self._instances = instances
        self._tasks = tasks
        self._next: dict[str, _Question] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def has(self, client: str, info_hash: InfoHash) -> bool:
        """Ask a client itself whether it has a torrent; raises the client's errors."""
        question = self._next.get(client)
        if question is None:
            question = self._next[client] = _Question(set())
            question.task = self._tasks.spawn(self._ask(client, question), name="presence")
        question.hashes.add(info_hash)
        assert question.task is not None  # noqa: S101 - made with the question
        answer = await asyncio.shield(question.task)
        if isinstance(answer, Error):
            raise answer
        return info_hash in answer

    async def _ask(self, client: str, question: _Question) -> Answer:
        async with self._asking.setdefault(client, asyncio.Lock()):
            del self._next[client]
            try:
                found = await self._instances.client(client).call(
                    "torrents", lambda c: c.torrents(question.hashes)
                )
            except Error as error:
                return error  # told to all who asked, and logged by none
        return frozenset(torrent.info_hash for torrent in found)

    async def appears(self, client: str, info_hash: InfoHash, *, seconds: float) -> bool:
        """Wait until a client shows a torrent that it was given; False if it does not in time."""
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + seconds, 0.05
        while not await self.has(client, info_hash):
            if loop.time() > deadline:
                return False
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1.0)
        return True
