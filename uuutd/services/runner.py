"""Carrying out intents.  See docs/decisions/0001-exactly-once.md for why in this order."""

import asyncio
import logging
from datetime import UTC, datetime

import attrs

from ..domain import InfoHash, Source, Verdict
from ..errors import (
    Busy,
    ClientLost,
    Error,
    Invalid,
    NoRelease,
    NoSpace,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from ..instances import Instances
from ..store import choices, intents, links
from ..store.blocks import STALLED
from ..store.records import Intent, IntentState, LinkState
from ..store.upgrades import REPLACES, is_taken
from ..tasks import Tasks
from ..wire import FailureReply
from . import replies
from .beside import Beside
from .folders import show_folder
from .locks import Locks
from .packs import Held, Packs
from .presence import Presence
from .releases import Chosen, Releases, pick
from .remover import LABEL, Remover, hold_back, removal
from .room import LOOKS_AT_DISK_EVERY, Room
from .run import Begun, Cancelled, Run
from .taking import Taking
from .torrent_actions import want_files
from .waiting import Patience
from .watchlists import Listed, Watchlists

APPEARS_WITHIN = 15.0
"""Seconds in which a client must show a torrent that it took."""

log = logging.getLogger("uuutd.jobs")


class Runner:
    """Takes an intent from wherever it stands to its end."""

    def __init__(
        self,
        watchlists: Watchlists,
        releases: Releases,
        instances: Instances,
        *,
        presence: Presence,
        packs: Packs,
        taking: Taking,
        beside: Beside,
        room: Room,
        remover: Remover,
        locks: Locks,
        tasks: Tasks,
    ) -> None:
        self._watchlists = watchlists
        self._releases = releases
        self._instances = instances
        self._presence = presence
        self._packs = packs
        self._taking = taking
        self._beside = beside
        self._room = room
        self._remover = remover
        self._tasks = tasks
        self._locks = locks

    async def carry_out(self, run: Run) -> None:
        """Take the intent of *run* to its end; an error ends it as failed.

        A removal never fails: it waits until the client is back.
        """
        patience = Patience(None)
        while not run.intent.state.ended:
            try:
                if not run.fresh:
                    run.intent = await intents.get(run.intent.id)
                    run.fresh = True
                await self._go_on(run)
            except Busy as error:  # the database: what is not recorded has not happened
                log.warning("job %s waits: %s", run.intent.id, error)
                await patience.wait(error.retry_after)

    async def _go_on(self, run: Run) -> None:
        try:
            if run.intent.kind == "remove":
                await self._remover.remove(run)
            else:
                await self._fetch(run)
        except Cancelled:
            run.intent = await intents.get(run.intent.id)
        except Busy:
            raise
        except Error as error:
            await self.give_up(run, IntentState.FAILED, error)

    async def give_up(self, run: Run, state: IntentState, error: Error | None = None) -> None:
        """End the intent of *run*; what the client may have of it is removed again.

        It may also be somebody else's, put there meanwhile: only what bears our mark goes.
        """
        now = datetime.now(UTC)
        ended = await intents.end(
            run.intent,
            state,
            cleanup=removal(run.intent, delete_files=True, due_at=now, marked=True),
            problem=None if error is None else _failure(error),
        )
        run.intent = ended or await intents.get(run.intent.id)

    async def _fetch(self, run: Run) -> None:
        if run.intent.state is IntentState.NEW and run.intent.kind == "get":
            await self._find(run)
        async with run.step("add") as step:
            source = _source(run.intent)
            foreign = await self._ensure(run, source)
            step.detail = f"{run.intent.client} had it already" if foreign else run.intent.client
        run.did("link")  # in the same transaction that makes it so
        run.now(await choices.finish(run.intent))

    async def _find(self, run: Run) -> None:
        """Resolve, search, choose: afterwards the intent knows its torrent."""
        intent = run.intent
        if intent.provider is None or intent.entry is None or intent.work is None:
            raise Invalid("The job does not say which show it is for.")
        async with run.step("resolve") as step:
            listed = run.listed or await self._watchlists.locate(
                intent.user_id, intent.provider, intent.entry
            )
            step.detail = f"{listed.entry.work.titles} episode {intent.episode}"
            if why := intent.request.get(STALLED):
                step.detail += f" once more: {why}"
        begun = run.begun or await self._begin(intent, listed)
        run.begun = None
        if held := begun.held:
            run.spare("search")
            async with run.step("choose") as step:
                step.detail = f"in {held.name}, which you have"
            request = {**intent.request, "name": held.name, "files": held.files}
            run.change(info_hash=held.info_hash, request=request)
            return
        async with run.step("search") as step:
            chosen = await self._releases.choose(
                intent.user_id, listed, intent.episode or 1, ahead=begun.ahead
            )
            step.detail = _found(chosen)
        async with run.step("choose") as step:
            verdict = self._pick(run.intent, listed, chosen)
            step.detail = verdict.release.title
            run.change(release=replies.judged_release(verdict))
            await self._taking.take(run, chosen.choice.wanted, verdict)

    async def begin(self, draft: Intent, listed: Listed) -> Begun | None:
        """Begin the search for an intent that is about to be recorded; that takes longest.

        None if another intent stands for the same thing, and if the search cannot begin: the
        job will meet the same error, and tell it.
        """
        if await is_taken(draft.key):
            return None
        try:
            return await self._begin(draft, listed)
        except Error:
            return None

    async def _begin(self, intent: Intent, listed: Listed) -> Begun:
        held = await self._held(intent, listed)
        if held is not None:
            return Begun(held)
        return Begun(None, await self._releases.begin(intent.user_id, listed, intent.episode or 1))

    async def _held(self, intent: Intent, listed: Listed) -> Held | None:
        """Return what the user has already and what holds the episode, unless they pick anew."""
        if {"release", "force", REPLACES} & {key for key, asked in intent.request.items() if asked}:
            return None
        return await self._packs.holding(
            intent.user_id, intent.client or "", listed, intent.episode or 1
        )

    def _pick(self, intent: Intent, listed: Listed, chosen: Chosen) -> Verdict:
        taken = None
        try:
            taken = pick(
                chosen,
                release_id=intent.request.get("release"),
                force=bool(intent.request.get("force")),
            )
        except NoRelease as error:
            error.releases = replies.judged(chosen.choice)
            all_of_it = f"All refusals: uuut why {intent.provider}:{intent.entry} {intent.episode}"
            error.hint = " ".join(filter(None, (error.hint, all_of_it)))
            raise
        finally:
            again = bool(intent.request.get("force"))
            self._releases.keep(
                intent.user_id, listed, chosen, job=intent.id, taken=taken, again=again
            )
        return taken

    async def _ensure(self, run: Run, source: Source) -> bool:
        """Make the client have the torrent, however long that takes; tell whether it is foreign."""
        client = self._instances.client(run.intent.client or "")
        patience = Patience(client)
        while True:
            # A try that has begun goes on when the job is cancelled: what then removes the
            # torrent waits for the same lock, and so finds what the client was told last.
            attempt = self._tasks.spawn(self._try(run, source), name=f"add {source.info_hash}")
            try:
                foreign = await asyncio.shield(attempt)
            except (Unavailable, TimedOut, RateLimited, Busy, NoSpace) as error:
                await self._keep_choice(run)
                run.say("add", f"waiting: {error.detail}", problem=replies.failure(error))
                await patience.wait(_pause(error))
            else:
                if foreign is None:
                    raise Cancelled
                return foreign

    async def _try(self, run: Run, source: Source) -> bool | None:
        async with self._locks.hold((run.intent.client, source.info_hash)):
            return await self._ensure_now(run, source)

    async def _ensure_now(self, run: Run, source: Source) -> bool | None:
        """Make the client have the torrent now; None if the job has ended meanwhile."""
        name = run.intent.client or ""
        has_it = await self._presence.has(name, source.info_hash)
        if not has_it:
            await self._room.require(name)
        recorded = await choices.record_choice(run.intent, name=source.name, present=has_it)
        if recorded is None:
            return None
        moved, foreign = recorded
        run.now(moved)
        if not has_it:
            await self._add(run, source)
        elif not foreign:
            await self._share(run, source.info_hash)
        return foreign

    async def _add(self, run: Run, source: Source) -> None:
        name, files = run.intent.client or "", run.intent.request.get("files")
        folder = show_folder(run.intent.title) / await self._beside.folder(run.intent, source)
        added = await self._instances.client(name).call(
            "add", lambda c: c.add(source, label=LABEL, folder=folder, wanted=files)
        )
        if added != source.info_hash:
            raise Refused(
                f"{name} has this torrent already, and it is known as {added}.",
                backend=name,
                hint="Give that hash, or the .torrent file.",
            )
        if not await self._presence.appears(name, source.info_hash, seconds=APPEARS_WITHIN):
            raise ClientLost(
                f"{name} took {source.name}, and does not show it after {APPEARS_WITHIN:.0f} s.",
                backend=name,
                hint="Look at the client's log, then try the job again.",
            )

    async def _share(self, run: Run, info_hash: InfoHash) -> None:
        """Go on with a torrent of ours that the client has already.

        It runs unless all of its owners want it paused.  Of a pack the wanted files are
        downloaded, too, and what is downloaded for others stays wanted.  If we were
        interrupted while adding it for this job alone, it was told of no files yet.
        """
        name, files = run.intent.client or "", run.intent.request.get("files")
        paused, owners = await links.paused_by(name, info_hash)
        if 0 < paused < owners:
            await self._instances.client(name).call("resume", lambda c: c.resume(info_hash))
        await hold_back(self._instances, name, info_hash)
        if files is not None:
            owned = await links.of_torrent(name, info_hash)
            alone = len(owned) == 1 and (
                owned[0].state is LinkState.PENDING and len(owned[0].episodes) <= 1
            )
            await want_files(self._instances, name, info_hash, files, alone=alone)

    @staticmethod
    async def _keep_choice(run: Run) -> None:
        """Record the choice even though the client cannot be asked: a restart keeps to it."""
        if run.intent.state is IntentState.NEW:
            run.now(
                await intents.move(run.intent, expect=[IntentState.NEW], state=IntentState.CHOSEN)
            )


def _source(intent: Intent) -> Source:
    if intent.info_hash is None:
        raise Invalid("The job does not say which torrent it is for.")
    name = intent.release.title if intent.release else intent.request.get("name")
    return Source(
        info_hash=intent.info_hash,
        name=name or intent.info_hash,
        trackers=intent.trackers,
        metainfo=intent.metainfo,
    )


def _pause(error: Unavailable | TimedOut | RateLimited | Busy | NoSpace) -> float | None:
    """Return for how many seconds at least to wait after an error, None if nobody knows."""
    return LOOKS_AT_DISK_EVERY if isinstance(error, NoSpace) else error.retry_after


def _found(chosen: Chosen) -> str:
    fitting = sum(verdict.fits for verdict in chosen.choice.verdicts)
    text = f"{len(chosen.choice.verdicts)} found, {fitting} fit"
    silent = ", ".join(str(failure.backend) for failure in chosen.found.failures)
    return f"{text}; no answer from {silent}" if silent else text


def _failure(error: Error) -> FailureReply:
    said = replies.failure(error)
    if isinstance(error, NoRelease):
        return attrs.evolve(said, releases=tuple(error.releases))
    return said
