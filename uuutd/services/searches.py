"""Why a release was taken, or none: every search for an episode, kept and explained."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import attrs

from ..choice import Judge
from ..domain import Choice, EntryId, Taste, Verdict
from ..errors import Error, NotFound
from ..store import searches as stored
from ..store.records import Findings, Search, User
from ..tasks import Tasks
from ..wire import FailureReply, WantedReply, WhyReply
from . import replies
from .findings import best_of, compare, findings_of, judge_again, shown
from .offers import Offers
from .rules import rules_digest
from .watchlists import Listed

WRITE_AFTER = 3.0
"""Seconds that a search waits to be written: a download that goes on comes first."""
WRITE_AT = 100
"""How many may wait before they are written at once."""
MOST_WAITING = 300
"""How many may wait at all; more than that the database cannot keep up with."""
STOPS_WITHIN = 3.0
"""Seconds that a daemon which stops may still write."""
PRUNE_EVERY = timedelta(hours=12)
"""How often old searches are looked for if no new ones came."""

log = logging.getLogger("uuutd.searches")


@attrs.frozen(kw_only=True)
class Made:
    """A search as it was made, *at* a moment, and what was taken by which job, if any."""

    user_id: int
    listed: Listed
    choice: Choice
    taste: Taste
    failures: tuple[FailureReply, ...]
    at: datetime
    job: str | None = None
    taken: Verdict | None = None


class Searches:
    """Keeps searches, some moments after they were made, and explains them."""

    def __init__(self, tasks: Tasks, offers: Offers, judges: Sequence[tuple[str, Judge]]) -> None:
        self._tasks = tasks
        self._offers = offers
        self._judges = judges
        self._waiting: deque[Made] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._pruned_at: datetime | None = None

    def keep(self, made: Made) -> None:
        """Let a search be written in the background; whatever happens there disturbs nobody."""
        if len(self._waiting) >= MOST_WAITING:
            log.warning("a search is not kept: %d wait to be written", len(self._waiting))
            return
        self._waiting.append(made)
        if len(self._waiting) >= WRITE_AT:
            self._hurry.set()
        self._start()

    def _start(self) -> asyncio.Task[None]:
        if self._writer is None or self._writer.done():
            self._writer = self._tasks.spawn(self._write(), name="keep searches")
        return self._writer

    async def _write(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), WRITE_AFTER)
        while self._waiting:
            made = self._waiting.popleft()
            search, content = await asyncio.to_thread(_packed, made, self._judges)
            try:
                await stored.add(search, content)
            except Error as error:
                log.warning("a search is not kept: %s", error)
            self._pruned_at = None
        self._hurry.clear()

    async def aclose(self) -> None:
        """Write what still waits, as far as that is possible now: the daemon stops."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.written(), STOPS_WITHIN)

    async def written(self) -> None:
        """Wait until everything that was made so far is written."""
        while self._waiting or not (self._writer is None or self._writer.done()):
            self._hurry.set()
            await asyncio.wait([self._start()])

    async def why(
        self, user: User, provider: str, entry: EntryId, episode: int | None, *, replay: bool
    ) -> WhyReply:
        """Explain the user's last search for an episode, by default the one searched for last.

        With *replay* it is also judged by the rules of today, as of then: nothing is changed.
        Raises `uuutd.errors.NotFound` if there was none.
        """
        await self.written()
        found = await stored.newest(user.id, provider, entry, episode)
        if found is None:
            what = "this show" if episode is None else f"episode {episode} of this show"
            raise NotFound(
                f"No search for {what} is kept.",
                hint="Searches are kept for 90 days, the last ones of each episode. "
                "Look for releases or get the episode to make one.",
            )
        search, content = found
        findings, rules = await asyncio.to_thread(self._unpacked, content)
        newer = await self._offers.found(user.id, search, findings)
        reply = attrs.evolve(_reply(search, findings, rules), upgrade=newer)
        if not replay:
            return reply
        again = judge_again(findings, search.searched_at, self._judges)
        return attrs.evolve(reply, replay=compare(findings.candidates, again))

    def _unpacked(self, content: bytes) -> tuple[Findings, str]:
        return stored.unpack(content), rules_digest(self._judges)

    async def prune(self) -> None:
        """Forget what is too much or too old, if there may be such."""
        now = datetime.now(UTC)
        last = self._pruned_at
        if last is None or not timedelta(0) <= now - last < PRUNE_EVERY:
            gone = await stored.prune()
            self._pruned_at = None if gone >= stored.PRUNED_AT_ONCE else now


def _packed(made: Made, judges: Sequence[tuple[str, Judge]]) -> tuple[Search, bytes]:
    """Return a search as it is stored; this takes too long for the event loop."""
    listed = made.listed
    findings = findings_of(made.choice, made.taste, listed.entry, made.failures)
    search = Search(
        user_id=made.user_id,
        provider=listed.provider,
        entry=listed.entry.id,
        work=listed.work,
        episode=made.choice.wanted.episode,
        searched_at=made.at,
        rules=rules_digest(judges),
        job=made.job,
        taken=None if made.taken is None else replies.release_id(made.taken.release),
    )
    return search, stored.pack(findings)


def _reply(search: Search, findings: Findings, rules: str) -> WhyReply:
    return WhyReply(
        wanted=WantedReply(
            provider=search.provider,
            entry=search.entry,
            work=search.work,
            title=str(findings.wanted.work.titles),
            episode=search.episode,
        ),
        best=best_of(findings.candidates),
        releases=tuple(shown(candidate) for candidate in findings.candidates),
        queries=findings.queries,
        failures=findings.failures,
        searched_at=search.searched_at,
        rules="same" if search.rules == rules else "changed",
        found=findings.found,
        job=search.job,
        taken=search.taken,
    )
