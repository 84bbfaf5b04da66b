"""Deleting users: first what they had is given up, then they are.

That they go is recorded before anything is done about it.  Everything after that may be
done twice, and whichever daemon finds somebody half gone goes on.
"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import attrs

from ..errors import Conflict, Error
from ..store import intents, links, people, removals
from ..store.records import Intent, IntentState, Link, Person
from ..tasks import Tasks
from .jobs import Jobs
from .remover import removal
from .torrents import Torrents

log = logging.getLogger("uuutd.departures")


class Departures:
    """Lets users go, one step after the other, until nothing of them is left."""

    def __init__(self, jobs: Jobs, torrents: Torrents, tasks: Tasks) -> None:
        self._jobs = jobs
        self._torrents = torrents
        self._tasks = tasks
        self._lock = asyncio.Lock()
        self._leaving: set[int] = set()
        self._stirred = False
        jobs.listen(self._ended)

    def stir(self) -> None:
        """Go on in the background; a round that is about to begin is enough."""
        if not self._stirred:
            self._stirred = True
            self._tasks.spawn(self._soon(), name="departures")

    def _ended(self, job: Intent) -> None:
        if job.user_id in self._leaving:
            self.stir()

    async def _soon(self) -> None:
        try:
            await self.once()
        except Error as error:
            log.warning("users are deleted further within a minute: %s", error)

    async def once(self) -> None:
        """Go on with everybody who is to be deleted, as far as that is possible now."""
        async with self._lock:
            self._stirred = False  # what ends from now on needs another round
            for person in await people.leaving():
                self._leaving.add(person.user.id)
                await self._go_on(person)

    async def _go_on(self, person: Person) -> None:
        user = person.user
        for intent in await intents.unfinished():
            if intent.user_id == user.id and intent.kind != "remove":
                with contextlib.suppress(Conflict):  # it has ended meanwhile
                    await self._jobs.cancel(user, intent.id)
        for link in await links.of_user(user.id):
            await self._give_up(person, link)
        if await people.finish_leaving(user.id):
            self._leaving.discard(user.id)
            log.info("user %d is deleted", user.id)

    async def _give_up(self, person: Person, link: Link) -> None:
        """Begin the removal of a torrent; like any other it spares what others own."""
        now = datetime.now(UTC)
        owned = Intent(
            id="",
            user_id=person.user.id,
            kind="get",
            state=IntentState.DONE,
            title=link.name,
            client=link.client,
            info_hash=link.info_hash,
            created_at=now,
            updated_at=now,
        )
        draft = removal(
            owned,
            delete_files=person.fate == "remove-files",
            due_at=now,
            keeps=person.fate == "keep",
        )
        intent = await removals.begin(attrs.evolve(draft, follows=None))
        self._torrents.gone(person.user.id, link.info_hash)
        self._jobs.launch(intent)
