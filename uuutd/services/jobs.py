"""Jobs: what users ask for, run in the background, waited for, retried and cancelled."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import attrs
import msgspec

from ..domain import EntryId, InfoHash, Source
from ..errors import Conflict, Error, JobFailed, NoSpace, NotAired, NotFound
from ..instances import Instances
from ..magnets import parse_magnet
from ..metainfo import source_from
from ..store import intents, links, removals, retries
from ..store.intents import Idempotency, episode_key
from ..store.records import Intent, IntentState, Link, LinkState, User
from ..store.upgrades import REPLACES, is_taken, upgrade_key
from ..tasks import Tasks
from ..wire import (
    AddTorrentRequest,
    DownloadRequest,
    JobReply,
    JobsReply,
    TorrentReply,
)
from . import replies
from .additions import Additions
from .audit import Audit
from .events import Events
from .relations import Relations
from .releases import which_episode
from .remover import UNDO_FOR, removal
from .room import Room
from .routing import Routing
from .run import Begun, Run, waiting
from .runner import Runner
from .torrents import Torrents
from .watchlists import Listed, Watchlists

ADD_WITHIN = 20.0
"""Seconds that somebody who adds a torrent by hand waits for the client."""

log = logging.getLogger("uuutd.jobs")


class Jobs:
    """Everybody's jobs."""

    def __init__(
        self,
        runner: Runner,
        watchlists: Watchlists,
        relations: Relations,
        torrents: Torrents,
        instances: Instances,
        *,
        additions: Additions,
        routing: Routing,
        room: Room,
        audit: Audit,
        events: Events,
        tasks: Tasks,
    ) -> None:
        self._runner = runner
        self._additions = additions
        self._routing = routing
        self._room = room
        self._audit = audit
        self._watchlists = watchlists
        self._relations = relations
        self._torrents = torrents
        self._instances = instances
        self._events = events
        self._tasks = tasks
        self._runs: dict[str, Run] = {}
        self._listeners: list[Callable[[Intent], None]] = []

    def listen(self, listener: Callable[[Intent], None]) -> None:
        """Call *listener* with every job that has ended."""
        self._listeners.append(listener)

    async def download(
        self, user: User, request: DownloadRequest, *, idempotency_key: str | None
    ) -> str:
        """Start to get an episode, or join the job that gets it or got it; return the job's id."""
        mark = None
        if idempotency_key is not None:
            mark = Idempotency.of(idempotency_key, msgspec.json.encode(request))
            if earlier := await intents.replayed(user.id, mark):
                return earlier.id
        listed = await self._watchlists.locate(
            user.id,
            request.provider,
            EntryId(request.entry),
            meanwhile=self._relations.foresee,
        )
        show = (listed.provider, listed.entry.id)
        client = await self._routing.client(user.id, request.client, show)
        draft = self._draft(user, request, listed, client)
        await self._require_room(draft)
        begun = await self._runner.begin(draft, listed)
        intent, new = await intents.begin(draft, idempotency=mark, take_over=request.force)
        if intent.state.ended and intent.client not in self._instances.clients:
            # What it got is in a client that is no longer configured: out of everybody's reach.
            intent, new = await intents.begin(draft, take_over=True)
        self.launch(intent, listed, begun, fresh=new)
        return intent.id

    @staticmethod
    def _draft(user: User, request: DownloadRequest, listed: Listed, client: str) -> Intent:
        title = str(listed.entry.work.titles)
        episode = which_episode(listed.entry, request.episode)
        if listed.entry.has_aired(episode) is False and not request.force:
            raise NotAired(
                f"{title} episode {episode} has not aired yet.",
                hint="Ask again with force if it is out all the same.",
            )
        now = datetime.now(UTC)
        return Intent(
            id=uuid.uuid4().hex,
            user_id=user.id,
            kind="get",
            state=IntentState.NEW,
            key=episode_key(user.id, listed.work, episode),
            work=listed.work,
            provider=listed.provider,
            entry=listed.entry.id,
            title=title,
            episode=episode,
            client=client,
            request={"release": request.release, "force": request.force},
            steps=waiting("resolve", "search", "choose", "add", "link"),
            created_at=now,
            updated_at=now,
        )

    async def _require_room(self, draft: Intent) -> None:
        """Refuse what would begin to download while there is no room for it."""
        try:
            await self._room.require_soon(draft.client or "")
        except NoSpace:
            if draft.request.get("force") or not await is_taken(draft.key):
                raise

    def launch(
        self,
        intent: Intent,
        listed: Listed | None = None,
        begun: Begun | None = None,
        *,
        fresh: bool = False,
    ) -> None:
        """Let an intent that has not ended go on, unless it is running already.

        *listed* and *begun* are what is known of its show and its search, if anything is.
        Unless it is *fresh* it is read again first: since it was read, a run of it may have ended.
        """
        if intent.state.ended or intent.id in self._runs:
            return
        run = self._runs[intent.id] = Run(
            intent, self._publish, listed=listed, fresh=fresh, begun=begun
        )
        run.task = self._tasks.spawn(self._run(run), name=f"job {intent.id}")
        run.task.add_done_callback(lambda _: self._ended(run))

    def _ended(self, run: Run) -> None:
        """Note that a run is over, also one that was cancelled before it began."""
        self._runs.pop(run.intent.id, None)
        self._torrents.outdate(run.intent.client, run.intent.user_id)
        run.ended.set()

    async def _run(self, run: Run) -> None:
        try:
            await self._runner.carry_out(run)
        except Exception:  # a bug of ours must not leave a job that runs for ever
            log.exception("job %s failed in a way that nobody expected", run.intent.id)
            if run.intent.kind == "remove":
                return  # it never fails: the next round of reconciliation tries again
            error = Error("Something unexpected happened; the daemon's log says what.")
            await self._runner.give_up(run, IntentState.FAILED, error)
        self._publish(run.intent)
        await self._follow_up(run.intent)
        for listener in self._listeners:
            listener(run.intent)

    async def _follow_up(self, intent: Intent) -> None:
        """Start what the end of *intent* left to be done."""
        if intent.kind != "remove" and intent.state is not IntentState.DONE:
            for other in await intents.following(intent.id):
                self.launch(other)

    def _publish(self, intent: Intent) -> None:
        self._events.publish("job", replies.job(intent), user_id=intent.user_id)

    async def resume_all(self) -> None:
        """Let everything go on that has not ended and is not running."""
        for intent in await intents.unfinished():
            self.launch(intent)

    async def wait(self, job_id: str, seconds: float) -> None:
        """Wait until a job has ended, at most so many seconds."""
        if run := self._runs.get(job_id):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(run.ended.wait(), seconds)

    def let_go(self) -> None:
        """Let nobody wait any longer: the daemon stops, and the jobs go on when it is back."""
        for run in self._runs.values():
            run.ended.set()

    async def _of(self, user: User, job_id: str) -> Intent:
        intent = await intents.get(job_id)
        if intent.user_id != user.id:
            raise NotFound("There is no such job.")
        return self._newest(intent)

    def _newest(self, intent: Intent) -> Intent:
        """Return an intent as its run has it, unless that has yet to read what is recorded."""
        run = self._runs.get(intent.id)
        if run is None or run.intent.updated_at < intent.updated_at:
            return intent
        return run.intent

    async def get(self, user: User, job_id: str) -> JobReply:
        """Return one of the user's jobs as it is now."""
        return replies.job(await self._of(user, job_id))

    async def list(self, user: User) -> JobsReply:
        """Return the user's jobs, the newest first."""
        found = [self._newest(intent) for intent in await intents.of_user(user.id)]
        return JobsReply(jobs=tuple(replies.job(intent) for intent in found))

    async def retry(self, user: User, job_id: str) -> JobReply:
        """Let a failed or cancelled job go on from the step that failed."""
        intent = await self._of(user, job_id)
        if intent.kind == "remove" or intent.state not in (
            IntentState.FAILED,
            IntentState.CANCELLED,
        ):
            raise Conflict("Only a job that failed or was cancelled can be tried again.")
        chosen = intent.info_hash is not None
        steps = tuple(
            each if each.state == "done" and chosen else waiting(each.name)[0]
            for each in intent.steps
        )
        moved = await retries.begin(
            intent,
            expect=[intent.state],
            state=IntentState.CHOSEN if chosen else IntentState.NEW,
            key=await _key_again(intent),
            problem=None,
            steps=steps,
        )
        if moved is None:
            raise Conflict("The job has changed meanwhile.")
        self.launch(moved, fresh=True)
        return replies.job(moved)

    async def cancel(self, user: User, job_id: str) -> JobReply:
        """Cancel a job; what it did so far is undone, and a removal leaves the torrent in place."""
        intent = await self._of(user, job_id)
        if intent.state.ended:
            raise Conflict("The job has ended already.")
        if intent.kind == "remove":
            if await removals.cancel(intent) is None:
                raise Conflict("The torrent is being removed already.")
            self._torrents.listed(user, intent.info_hash)
        run = self._runs.get(job_id) or Run(intent, self._publish)
        if run.task is not None:
            run.task.cancel()
            await asyncio.wait([run.task])
        if intent.kind != "remove":
            await self._runner.give_up(run, IntentState.CANCELLED)
            await self._follow_up(run.intent)
        ended = await intents.get(job_id)
        self._publish(ended)
        return replies.job(ended)

    async def remove(self, user: User, info_hash: InfoHash, *, delete_files: bool) -> JobReply:
        """Take a torrent off the user's list at once, and remove it after ten seconds.

        Until then cancelling the job brings it back.  The torrent itself goes only with
        its last owner, and never if it was in the client before us.
        """
        link = await links.one(user.id, info_hash)
        now = datetime.now(UTC)
        owned = Intent(
            id="",
            user_id=user.id,
            kind="get",
            state=IntentState.DONE,
            title=link.name,
            client=link.client,
            info_hash=link.info_hash,
            created_at=now,
            updated_at=now,
        )
        draft = removal(owned, delete_files=delete_files, due_at=now + UNDO_FOR)
        intent = await removals.begin(attrs.evolve(draft, follows=None))
        self._torrents.gone(user.id, link.info_hash)
        self.launch(intent)
        if delete_files:
            await self._audit.note("delete-files", by=user.id, user=user.id, detail=link.name)
        return await self.get(user, intent.id)

    async def add(self, user: User, request: AddTorrentRequest) -> tuple[TorrentReply, bool]:
        """Add a torrent by its magnet or info hash; True if the user did not have it before."""
        source = parse_magnet(request.source)
        return await self._add(user, source, request)

    async def add_file(
        self, user: User, data: bytes, request: AddTorrentRequest
    ) -> tuple[TorrentReply, bool]:
        """Add a torrent by its ``.torrent`` file; True if the user did not have it before.

        The *source* of *request* counts for nothing.
        """
        source = await asyncio.to_thread(source_from, data)
        return await self._add(user, source, request)

    async def _add(
        self, user: User, source: Source, request: AddTorrentRequest
    ) -> tuple[TorrentReply, bool]:
        draft = await self._additions.draft(user, source, request)
        draft = attrs.evolve(draft, key=_key(draft))
        if link := await self._has(user, draft.info_hash, request.client):
            if request.client not in (None, link.client):
                raise Conflict(
                    f"You have this torrent already: in {link.client}, not in {request.client}.",
                    hint="Leave the client out, or remove the torrent from where it is first.",
                )
            with _unless_removed():
                if served := intents.served(draft):
                    await links.also_serves(link, served)
                return await self._torrents.row(user, link.info_hash), False
        await self._require_room(draft)
        intent, new = await intents.begin(draft)
        if not new and intent.info_hash != draft.info_hash:
            raise Conflict(
                f"Another torrent serves episode {draft.episode} of {draft.title} already.",
                hint="Remove that one first, or leave the episode out.",
            )
        self.launch(intent, fresh=new)
        await self.wait(intent.id, ADD_WITHIN)
        intent = await self._of(user, intent.id)
        if intent.state is IntentState.DONE and intent.info_hash is not None:
            with _unless_removed():
                return await self._torrents.row(user, intent.info_hash), new
        ends = not intent.state.ended and intent.id not in self._runs  # it is being cancelled
        if ends or intent.state is IntentState.CANCELLED:
            raise Conflict("Adding the torrent was cancelled meanwhile.")
        problem = intent.problem if intent.state.ended else None
        problem = problem or replies.still_waiting(intent)
        raise JobFailed(problem.detail, job=intent.id, failure=problem)

    async def _has(self, user: User, info_hash: InfoHash | None, client: str | None) -> Link | None:
        """Return the user's link to a torrent that they really have, in *client* if it is there."""
        found = None
        for link in await links.of_user(user.id):
            good = link.state is not LinkState.MISSING and link.client in self._instances.clients
            if link.info_hash == info_hash and good and (found is None or link.client == client):
                found = link
        return found


@contextlib.contextmanager
def _unless_removed() -> Iterator[None]:
    """Say of a torrent that the user has, and that is not found, what has become of it."""
    try:
        yield
    except NotFound as error:
        raise Conflict(
            "The torrent was removed from your list meanwhile.", hint="Add it again if you want it."
        ) from error


def _key(intent: Intent) -> str | None:
    """Return the key of an intent that runs: its episode, else its torrent."""
    if intent.work is not None and intent.episode is not None:
        key = upgrade_key if REPLACES in intent.request else episode_key
        return key(intent.user_id, intent.work, intent.episode)
    return f"{intent.user_id}:add:{intent.client}:{intent.info_hash}"


async def _key_again(intent: Intent) -> str | None:
    """Return the key of an intent that is tried again.

    An upgrade gets the episode itself once there is nothing left that it would replace.
    """
    if replaced := intent.request.get(REPLACES):
        owned = await links.of_torrent(intent.client or "", InfoHash(replaced))
        if all(link.user_id != intent.user_id for link in owned):
            intent = attrs.evolve(intent, request={})
    return _key(intent)
