"""Carrying out removals: off the list at once, out of the client once nothing speaks against it."""

import asyncio
import contextlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from ..backends import TorrentClient
from ..domain import InfoHash
from ..errors import BackendError, Busy, Error, Invalid, NotFound, Unavailable
from ..instances import Instances
from ..store import links, removals, wishes
from ..store.records import Intent, IntentState
from . import replies
from .locks import Locks
from .run import Cancelled, Run, waiting
from .seeding import Seeding
from .waiting import LOST_STATE, Patience

LABEL = "uuut"
"""How our torrents are marked in clients that keep labels; only our tables say what is ours."""
MARKED = "marked"
"""Where a removal says that nothing may go but what bears our mark."""
UNDO_FOR = timedelta(seconds=10)
"""How long a removal can be undone."""
LOOKS_AGAIN_EVERY = 10.0
"""Seconds between two looks at a client that lost its state for what is to be removed."""
LOOKS_AT_SEEDING_EVERY = 60.0
"""Seconds between two looks whether a torrent that is to be removed was seeded long enough."""


class Remover:
    """Takes a removal from wherever it stands to its end; it never fails, it waits."""

    def __init__(self, instances: Instances, *, seeding: Seeding, locks: Locks) -> None:
        self._instances = instances
        self._seeding = seeding
        self._locks = locks

    async def remove(self, run: Run) -> None:
        """Remove a user's torrent, and the torrent itself if nobody else owns it."""
        if run.intent.state is IntentState.WAITING:
            async with run.step("wait"):
                await Patience.until(run.intent.due_at, at_most=UNDO_FOR)
                await self._seed_on(run)
        client = self._instances.clients.get(run.intent.client or "")
        patience = Patience(client)
        while True:
            try:
                await self._remove_now(run)
            except Error as error:
                run.say("remove", f"waiting: {error.detail}", problem=replies.failure(error))
                wait = error.retry_after if isinstance(error, BackendError | Busy) else None
                await patience.wait(wait)
            else:
                return

    async def _seed_on(self, run: Run) -> None:
        """Wait until the torrent has been seeded for as long as its indexer asks for."""
        if run.intent.request.get(removals.KEEPS):
            return
        patience = Patience(self._instances.clients.get(run.intent.client or ""))
        while True:
            try:
                until = await self._seeding.until(run.intent)
            except BackendError as error:
                await patience.wait(error.retry_after)
                continue
            if until is None:
                return
            run.say("wait", f"its indexer wants it seeded until {until:%Y-%m-%d %H:%M} UTC")
            left = (until - datetime.now(UTC)).total_seconds()
            await asyncio.sleep(min(max(left, 0.0), LOOKS_AT_SEEDING_EVERY))

    async def _remove_now(self, run: Run) -> None:
        name, info_hash = run.intent.client or "", run.intent.info_hash
        if info_hash is None:
            raise Invalid("The job does not say which torrent it is for.")
        async with self._locks.hold((name, info_hash)):
            async with run.step("unlink") as step:
                unlinked = await removals.unlink(run.intent)
                if unlinked is None:
                    raise Cancelled
                moved, goes = unlinked
                run.now(attrs.evolve(moved, steps=run.intent.steps))
                step.detail = None if goes else "the torrent itself stays"
            if name not in self._instances.clients:
                run.spare("remove")
            elif goes:
                async with run.step("remove") as step:
                    step.detail = await self._remove_from(name, run.intent, info_hash)
            else:
                run.spare("remove")
                with contextlib.suppress(NotFound):  # the client lost it: there is nothing to do
                    await self._leave_to_others(name, info_hash)
            run.now(await removals.finish(run.intent))

    async def _remove_from(self, name: str, intent: Intent, info_hash: InfoHash) -> str | None:
        """Remove a torrent from its client, and say why if it stays there.

        A client may find another torrent by this hash, one that is known by another: that
        stays.  What is left of a job that failed must bear our mark: for all we know, the
        job failed because somebody else's torrent was there.
        """
        client = self._instances.client(name)
        files = bool(intent.request.get("delete_files"))
        marked = bool(intent.request.get(MARKED))

        async def act(c: TorrentClient[Any]) -> str | None:
            for row in await c.torrents([info_hash]):
                if row.info_hash != info_hash:
                    return f"{name} has it as {row.info_hash}: that stays"
                if marked and c.keeps_labels and row.label != LABEL:
                    return f"what {name} has does not bear our mark: it stays"
            await c.remove(info_hash, delete_files=files)
            return None

        if LOST_STATE in client.alarms and not await client.call(
            "torrents", lambda c: c.torrents([info_hash])
        ):
            raise Unavailable(
                f"{name} seems to have lost its state: what it does not show may come back.",
                backend=name,
                retry_after=LOOKS_AGAIN_EVERY,
            )
        return await client.call("remove", act)

    async def _leave_to_others(self, name: str, info_hash: InfoHash) -> None:
        """Pause a torrent if all who still own it want that, and hold it back as they agree."""
        paused, owners = await links.paused_by(name, info_hash)
        if 0 < paused == owners:
            await self._instances.client(name).call("pause", lambda c: c.pause(info_hash))
        await hold_back(self._instances, name, info_hash)


async def hold_back(instances: Instances, name: str, info_hash: InfoHash) -> None:
    """Let a torrent be as fast as the most generous of its owners wants, if any cares."""
    if agreed := await wishes.limits(name, info_hash):
        await instances.client(name).call("limit", lambda c: c.limit(info_hash, agreed))


def removal(
    intent: Intent,
    *,
    delete_files: bool,
    due_at: datetime,
    marked: bool = False,
    keeps: bool = False,
) -> Intent:
    """Return the draft of an intent that removes the torrent of *intent*.

    With *marked* it does so only if the torrent bears our mark.  With *keeps* the torrent
    stays where it is, and only its owner leaves.
    """
    now = datetime.now(UTC)
    flags = {MARKED: marked, removals.KEEPS: keeps}
    return Intent(
        id=uuid.uuid4().hex,
        user_id=intent.user_id,
        kind="remove",
        state=IntentState.WAITING,
        work=intent.work,
        provider=intent.provider,
        entry=intent.entry,
        title=intent.title,
        episode=intent.episode,
        client=intent.client,
        info_hash=intent.info_hash,
        request={"delete_files": delete_files, **{name: True for name in flags if flags[name]}},
        steps=waiting("wait", "unlink", "remove"),
        follows=intent.id,
        due_at=due_at,
        created_at=now,
        updated_at=now,
    )
