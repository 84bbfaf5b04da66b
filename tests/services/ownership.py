"""Two users, two torrents of one client, and a model of what must come of what they do.

A history is a list of steps.  After each of them everything that it began is over, and the
services and the client are compared with the model.
"""

import asyncio
import itertools
from contextlib import AsyncExitStack, suppress
from typing import Self

import attrs
import pytest
from hypothesis import strategies as st

from uuutd.domain import InfoHash, Limits, TorrentState
from uuutd.errors import Conflict, Error, NotFound
from uuutd.store import links, wishes
from uuutd.store.records import Intent, LinkState, User
from uuutd.store.tables import IntentRow, LinkRow, TorrentRow
from uuutd.testing.fakes import fake_hash
from uuutd.wire import AddTorrentRequest, SpeedLimits

from .conftest import World, make_user
from .tools import until

USERS = (0, 1)
TORRENTS = (0, 1)
FOREIGN = 1
"""The torrent that the client has before anybody here wants it, in half of the histories."""
SPEEDS = (None, 4096, 1 << 20)
TOUCHING = frozenset({"add", "pause", "resume", "recheck", "limit", "set_wanted", "remove"})

someone, mostly_one = st.sampled_from(USERS), st.sampled_from((0, 0, 0, 1))
STEP = st.one_of(
    *(
        st.tuples(st.just(operation), someone, mostly_one)
        for operation in ("add", "pause", "pause", "resume", "remove", "undo", "recheck")
    ),
    st.tuples(st.just("limit"), someone, mostly_one, st.sampled_from(SPEEDS)),
    st.sampled_from([("time",), ("time",), ("reconcile",), ("restart",), ("lose", 0), ("lose", 1)]),
)
BOTH_HAVE_IT = [("add", user, 0) for user in USERS]
HISTORY = st.tuples(
    st.booleans(),
    st.sampled_from([[], BOTH_HAVE_IT, BOTH_HAVE_IT]),
    st.lists(STEP, min_size=1, max_size=14),
)

ACT = st.tuples(
    st.sampled_from([*["pause", "resume"] * 2, "add", "remove", "undo", "limit"]),
    st.sampled_from(SPEEDS),
)
AT_ONCE = st.lists(st.tuples(ACT, ACT, st.booleans()), min_size=4, max_size=12)
"""What both users do at the same time, and whether removals become due at that moment."""


@attrs.define
class Tie:
    """A user's tie to a torrent."""

    state: LinkState = LinkState.LIVE
    was: LinkState = LinkState.LIVE
    pause: bool = False
    down: int | None = None

    @property
    def shown(self) -> bool:
        return self.state is not LinkState.REMOVING


@attrs.define
class Payload:
    """A torrent as the client has it."""

    ours: bool = True
    present: bool = False
    ties: dict[int, Tie] = attrs.field(factory=dict)

    @property
    def paused(self) -> bool:
        return bool(self.ties) and all(tie.pause for tie in self.ties.values())

    @property
    def limits(self) -> Limits:
        wanted = [tie.down for tie in self.ties.values()]
        known = [value for value in wanted if value is not None]
        return Limits(down=max(known) if wanted and len(known) == len(wanted) else None)


class Due:
    """Stands in for the ten seconds in which a removal can be undone: they pass when told."""

    def __init__(self) -> None:
        self._passed = asyncio.Event()

    async def until(self, *_: object, **__: object) -> None:
        await self._passed.wait()

    def passes(self) -> None:
        """Let all removals that wait be carried out."""
        self._passed.set()
        self._passed = asyncio.Event()


class Home:
    """A daemon that can be killed and started again, with its two users."""

    def __init__(self, boot, world: World, due: Due) -> None:
        self._boot = boot
        self._due = due
        self._numbers = itertools.count()
        self.world = world
        self.users: list[User] = []

    async def __aenter__(self) -> Self:
        await self._start()
        self.users = [await make_user(self.box, f"user{number}") for number in USERS]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def _start(self) -> None:
        self._stack = AsyncExitStack()
        self.box = await self._stack.enter_async_context(self._boot())
        self.services = self.box.services

    async def _stop(self) -> None:
        await self.box.crash()
        await self._stack.aclose()

    async def restart(self) -> None:
        """Kill the daemon, and start another on what it left."""
        await self._stop()
        await self._start()
        await self.services.reconciler.once()

    async def live(self, history, *, at_once: bool = False) -> None:
        """Go through a history with torrents of its own, and leave nothing behind."""
        try:
            await (self._live_at_once(history) if at_once else self._live(history))
        except BaseException:  # what is left of it would spoil those that are tried next
            await self._stop()
            for table in (IntentRow, LinkRow, TorrentRow):
                await table.all().delete()
            self.world.client.rows.clear()
            await self._start()
            raise

    async def _live(self, history) -> None:
        foreign, before, steps = history
        number = next(self._numbers)
        story = Story(self, [fake_hash(f"{number} {torrent}") for torrent in TORRENTS])
        if foreign:
            story.put_foreign(FOREIGN)
        for step in (*before, *steps):
            await story.do(*step)
            await story.check(step)
        await story.end()

    async def _live_at_once(self, history) -> None:
        """Go through a history in which both users act on one torrent at the same time."""
        info_hash = fake_hash(f"{next(self._numbers)} at once")
        removals: list[str | None] = [None, None]
        add, remove = (("add", None),) * 2, (("remove", None),) * 2
        for first, second, time_passes in ((*add, False), *history, (*remove, True)):
            begun = [
                asyncio.ensure_future(self._act(user, info_hash, removals, *act))
                for user, act in enumerate((first, second))
            ]
            if time_passes:
                self._due.passes()
            await asyncio.gather(*begun)
            await self._quiet()
            await self._check_records(info_hash)
        await self.time()
        await self._check_records(info_hash)
        assert info_hash not in self.world.client.rows

    async def _act(self, number: int, info_hash: InfoHash, removals, operation, speed) -> None:
        user, jobs = self.users[number], self.services.jobs
        actions = self.services.torrent_actions
        with suppress(NotFound, Conflict):
            match operation:
                case "add":
                    await jobs.add(user, AddTorrentRequest(source=info_hash))
                case "remove":
                    job = await jobs.remove(user, info_hash, delete_files=True)
                    removals[number] = job.id
                case "undo" if (job := removals[number]) is not None:
                    await jobs.cancel(user, job)
                case "limit":
                    await actions.limit(user, info_hash, SpeedLimits(down=speed, up=None))
                case "pause" | "resume":
                    await getattr(actions, operation)(user, info_hash)

    async def _check_records(self, info_hash: InfoHash) -> None:
        """See that the client was told what the owners want, as it is recorded."""
        paused, owners = await links.paused_by("main", info_hash)
        row = self.world.client.rows.get(info_hash)
        assert (row is not None) == bool(owners)
        if row is not None:
            assert (row.state is TorrentState.PAUSED) == (paused == owners)
            assert row.limits == (await wishes.limits("main", info_hash) or Limits())

    async def time(self) -> None:
        """Let the time pass in which removals can be undone, and wait for what follows."""
        await self._quiet()
        self._due.passes()
        try:
            await until(lambda: not self._running)
        except TimeoutError:
            raise AssertionError(self._running) from None

    async def _quiet(self) -> None:
        """Wait until nothing runs but removals that can still be undone."""
        try:
            await until(lambda: all(map(_waits, self._running)))
        except TimeoutError:
            raise AssertionError(self._running) from None

    @property
    def _running(self) -> list[Intent]:
        return [run.intent for run in self.services.jobs._runs.values()]


def _waits(intent: Intent) -> bool:
    return any((step.name, step.state) == ("wait", "running") for step in intent.steps)


class Story:
    """One history, and what the model says of it so far."""

    def __init__(self, here: Home, hashes: list[InfoHash]) -> None:
        self._here = here
        self._client = here.world.client
        self._hashes = hashes
        self._payloads = [Payload() for _ in hashes]
        self._theirs = None
        self._jobs: dict[tuple[int, int], str] = {}

    def put_foreign(self, torrent: int) -> None:
        self._client.put_foreign(self._hashes[torrent], "theirs")
        self._payloads[torrent] = Payload(ours=False, present=True)
        self._theirs = self._client.rows[self._hashes[torrent]]

    async def do(self, operation: str, *args) -> None:
        """Do a step, and let the model do it."""
        await getattr(self, f"_{operation}")(*args)

    async def check(self, step) -> None:
        """Compare everything that anybody can see with the model."""
        for info_hash, payload in zip(self._hashes, self._payloads, strict=True):
            row = self._client.rows.get(info_hash)
            assert (row is not None) == payload.present, step
            if row is not None and not payload.ours:
                assert row == self._theirs, step
            elif row is not None and payload.ties:
                assert (row.state is TorrentState.PAUSED) == payload.paused, step
                assert row.limits == payload.limits, step
            for number, user in enumerate(self._here.users):
                await self._check_seen(step, payload.ties.get(number), user, info_hash, payload)

    async def _check_seen(self, step, tie, user, info_hash, payload) -> None:
        (link,) = [
            each for each in await links.of_user(user.id) if each.info_hash == info_hash
        ] or [None]
        if tie is None or not tie.shown:
            assert link is None, step
            return
        assert link is not None, step
        assert (link.state, link.foreign) == (tie.state, not payload.ours), step
        assert link.owners == sum(each.shown for each in payload.ties.values()), step

    async def end(self) -> None:
        """Remove everything, and see that nothing but what was foreign is left."""
        for torrent, payload in enumerate(self._payloads):
            for user in list(payload.ties):
                await self._remove(user, torrent)
        await self._time()
        await self.check("the end")
        for payload, info_hash in zip(self._payloads, self._hashes, strict=True):
            assert not (payload.present and payload.ours)
            if payload.present:
                self._client.lose(info_hash)
            assert await links.of_torrent("main", info_hash) == []

    # --- the steps --------------------------------------------------------------------------

    async def _add(self, user: int, torrent: int) -> None:
        payload = self._payloads[torrent]
        row, new = await self._here.services.jobs.add(
            self._here.users[user], AddTorrentRequest(source=self._hashes[torrent].upper())
        )
        tie = payload.ties.get(user)
        assert row.hash == self._hashes[torrent]
        if tie is not None and tie.state is LinkState.LIVE:
            assert not new
            return
        tie = payload.ties.setdefault(user, Tie())
        if not payload.present:
            payload.present = payload.ours = True
            payload.ties[user] = Tie()
        tie = payload.ties[user]
        tie.state = LinkState.LIVE
        self._jobs.pop((user, torrent), None)

    async def _pause(self, user: int, torrent: int) -> None:
        if await self._act("pause", user, torrent):
            self._payloads[torrent].ties[user].pause = True

    async def _resume(self, user: int, torrent: int) -> None:
        if await self._act("resume", user, torrent):
            self._payloads[torrent].ties[user].pause = False

    async def _limit(self, user: int, torrent: int, down: int | None) -> None:
        if await self._act("limit", user, torrent, SpeedLimits(down=down, up=None)):
            self._payloads[torrent].ties[user].down = down

    async def _recheck(self, user: int, torrent: int) -> None:
        payload = self._payloads[torrent]
        before = self._client.gate.count("recheck")
        allowed = await self._act("recheck", user, torrent)
        done = self._client.gate.count("recheck") - before
        assert done <= (1 if allowed and len(payload.ties) == 1 else 0)

    async def _act(self, operation: str, user: int, torrent: int, *more) -> bool:
        """Let a user do something; tell whether it was theirs to do.

        What is not refused may still fail: the client may have lost the torrent.
        """
        payload = self._payloads[torrent]
        tie = payload.ties.get(user)
        act = getattr(self._here.services.torrent_actions, operation)
        code = None
        try:
            await act(self._here.users[user], self._hashes[torrent], *more)
        except Error as error:
            code = error.code
        if tie is None or not tie.shown:
            assert code == "not-found"
            return False
        if not payload.ours:
            assert code == "foreign"
            return False
        assert code is None or not payload.present or operation == "recheck", code
        return True

    async def _remove(self, user: int, torrent: int) -> None:
        services = self._here.services
        tie = self._payloads[torrent].ties.get(user)
        asked = services.jobs.remove(
            self._here.users[user], self._hashes[torrent], delete_files=True
        )
        if tie is None or not tie.shown:
            with pytest.raises(NotFound):
                await asked
            return
        job = await asked
        self._jobs[user, torrent] = job.id
        tie.was, tie.state = tie.state, LinkState.REMOVING

    async def _undo(self, user: int, torrent: int) -> None:
        job = self._jobs.pop((user, torrent), None)
        if job is not None:
            await self._here.services.jobs.cancel(self._here.users[user], job)
            tie = self._payloads[torrent].ties[user]
            tie.state = tie.was

    async def _time(self) -> None:
        await self._here.time()
        self._jobs.clear()
        for payload in self._payloads:
            left = {user: tie for user, tie in payload.ties.items() if tie.shown}
            if payload.ties and not left and payload.ours:
                payload.present = False
            payload.ties = left

    async def _reconcile(self) -> None:
        await self._here.services.reconciler.once()
        self._mark()

    def _mark(self) -> None:
        for payload in self._payloads:
            before, after = LinkState.LIVE, LinkState.MISSING
            if payload.present:
                before, after = after, before
            for tie in payload.ties.values():
                if tie.state is before:
                    tie.state = after

    async def _restart(self) -> None:
        await self._here.restart()
        self._mark()

    async def _lose(self, torrent: int) -> None:
        payload = self._payloads[torrent]
        if payload.present:
            self._client.lose(self._hashes[torrent])
            payload.present = False
