"""Searching all indexers at once, and choosing from what they found."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import attrs

from ..choice import Judge, rank
from ..domain import Choice, Entry, EntryId, Release, Taste, Verdict, Wanted, WorkId
from ..errors import (
    BackendError,
    Conflict,
    Error,
    Invalid,
    NoRelease,
    NotFound,
    Problem,
    Refused,
    ReleaseRejected,
)
from ..instances import Instances
from ..store import blocks
from ..store.records import User
from ..tasks import spawn
from ..titles import SearchTerm, search_terms
from ..turns import Turns
from ..wire import ChoiceReply, FailureReply, SearchReply, WantedReply
from . import findings, replies
from .blocked import without_blocked
from .kept_group import keep_to_group, waits_for
from .offers import Offers
from .preferences import Preferences, Wish
from .relations import Relations
from .searches import Made, Searches
from .watchlists import Listed, Watchlists

LIMIT = 300
"""How many releases one indexer may answer."""
FRESH_FOR = 300.0
"""For how many seconds what was found is not searched again."""
KEPT = 200
"""How many searches are remembered."""


@attrs.frozen
class Found:
    """What the indexers answered: the releases, and which of them failed to answer."""

    releases: tuple[Release, ...]
    failures: tuple[FailureReply, ...] = ()


@attrs.frozen
class Chosen:
    """A choice with the search that it was made from, whose taste counted, and when."""

    choice: Choice
    found: Found
    taste: Taste
    at: datetime


Key = tuple[WorkId, int, tuple[SearchTerm, ...]]
"""What tells one search from another: the show, the episode, and what is asked."""


@attrs.frozen
class Ahead:
    """A search that was begun, and what the user wishes of the show."""

    wish: Wish
    key: Key
    task: asyncio.Task[Found]


@attrs.define
class _Search:
    task: asyncio.Task[Found]
    started: float


class Releases:
    """Finds releases for an episode; the same search is made once, however many ask."""

    def __init__(
        self,
        watchlists: Watchlists,
        relations: Relations,
        instances: Instances,
        *,
        preferences: Preferences,
        searches: Searches,
        offers: Offers,
        judges: Sequence[tuple[str, Judge]],
    ) -> None:
        self._watchlists = watchlists
        self._relations = relations
        self._instances = instances
        self._preferences = preferences
        self._kept = searches
        self._offers = offers
        self._judges = judges
        self._searches: dict[Key, _Search] = {}
        self._judging = Turns()

    async def choice(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None
    ) -> ChoiceReply:
        """Search for an episode of the user's list, judge what is found, and take nothing."""
        listed = await self._watchlists.locate(
            user.id, provider, entry_id, meanwhile=self._relations.foresee
        )
        number = which_episode(listed.entry, episode)
        chosen = await self.choose(user.id, listed, number)
        self.keep(user.id, listed, chosen)
        best = chosen.choice.best
        return ChoiceReply(
            wanted=WantedReply(
                provider=listed.provider,
                entry=entry_id,
                work=listed.work,
                title=str(listed.entry.work.titles),
                episode=number,
            ),
            best=replies.release_id(best.release) if best else None,
            releases=findings.judged_and_read(chosen.choice, chosen.taste),
            queries=findings.queries(chosen.choice.wanted),
            failures=chosen.found.failures,
            upgrade=await self._offers.seen(user.id, listed, chosen.choice, chosen.taste),
        )

    async def begin(self, user_id: int, listed: Listed, episode: int) -> Ahead:
        """Begin the search that `choose` will wait for.

        While the show's relatives are being read, the search that knows of none is on its
        way: unless there are prequels it is the right one.
        """
        work = listed.entry.work
        wish = await self._preferences.wish(user_id, listed)
        if await self._relations.at_hand(listed.provider, work.id):
            wanted = await self._wanted(listed, episode, wish)
        else:
            wanted = Wanted(work=work, episode=episode, batch=wish.taste.batch)
        key = _key(listed.work, wanted)
        return Ahead(wish, key, self._search(key, wanted))

    async def _wanted(self, listed: Listed, episode: int, wish: Wish) -> Wanted:
        wanted = await self._relations.wanted(
            listed.provider, listed.entry.work, episode, counts_from=wish.counts_from
        )
        return attrs.evolve(wanted, batch=wish.taste.batch)

    async def choose(
        self, user_id: int, listed: Listed, episode: int, *, ahead: Ahead | None = None
    ) -> Chosen:
        """Search for an episode and rank what is found; an error only if no indexer answered.

        The search is everybody's; the order, and what is refused, the user's own.  *ahead* is
        what `begin` returned a moment ago, if it was called.
        """
        ahead = ahead or await self.begin(user_id, listed, episode)
        wish = ahead.wish
        wanted = await self._wanted(listed, episode, wish)
        key = _key(listed.work, wanted)
        search = ahead.task if key == ahead.key else self._search(key, wanted)
        taste = await self._preferences.with_group(wish.taste, user_id, listed.work)
        held = await blocks.of(user_id, listed.work, episode)
        found = await asyncio.shield(search)
        async with self._judging.one():
            ranked = rank(wanted, found.releases, taste, self._judges)
        now = datetime.now(UTC)
        kept = keep_to_group(ranked, taste, listed.entry, now)
        return Chosen(without_blocked(kept, held), found, taste, now)

    def keep(
        self,
        user_id: int,
        listed: Listed,
        chosen: Chosen,
        *,
        job: str | None = None,
        taken: Verdict | None = None,
        again: bool = False,
    ) -> None:
        """Let a choice be kept in the background, with what was taken by which job if any.

        *again* tells that the user may have the episode: perhaps there is a newer version.
        """
        if again:
            self._offers.look_later(user_id, listed, chosen.choice, chosen.taste)
        self._kept.keep(
            Made(
                user_id=user_id,
                listed=listed,
                choice=chosen.choice,
                taste=chosen.taste,
                failures=chosen.found.failures,
                at=chosen.at,
                job=job,
                taken=taken,
            )
        )

    async def search(self, text: str) -> SearchReply:
        """Search for a text, as it is."""
        found = await self._ask(text)
        return SearchReply(
            releases=tuple(replies.raw_release(release) for release in found.releases),
            failures=found.failures,
        )

    def _search(self, key: Key, wanted: Wanted) -> asyncio.Task[Found]:
        """Return the search for *wanted* that is on its way or was made a moment ago."""
        now = asyncio.get_running_loop().time()
        search = self._searches.get(key)
        if search is None or _is_over(search, now):
            while len(self._searches) >= KEPT:
                del self._searches[next(iter(self._searches))]
            search = _Search(spawn(self._ask(wanted), name="search"), now)
            self._searches[key] = search
        return search.task

    async def _ask(self, wanted: Wanted | str) -> Found:
        instances = list(self._instances.indexers.values())
        if not instances:
            raise NotFound("No indexer is configured.", hint="Add an [indexers.NAME] table.")
        answers = await asyncio.gather(
            *(i.call("search", lambda b: b.search(wanted, limit=LIMIT)) for i in instances),
            return_exceptions=True,
        )
        releases: dict[str, Release] = {}
        failures: list[FailureReply] = []
        for instance, answer in zip(instances, answers, strict=True):
            if isinstance(answer, Error):
                failures.append(attrs.evolve(replies.failure(answer), backend=instance.name))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                for release in answer[:LIMIT]:
                    named = attrs.evolve(release, indexer=instance.name)
                    releases.setdefault(release.info_hash or replies.release_id(named), named)
        if len(failures) == len(instances) and isinstance(answers[0], Error):
            raise answers[0] if isinstance(wanted, str) else _blamed(answers[0], instances[0].name)
        return Found(tuple(releases.values()), tuple(failures))


def _key(work: WorkId, wanted: Wanted) -> Key:
    return work, wanted.episode, search_terms(wanted)


def _blamed(error: Error, indexer: str) -> BackendError:
    """Return *error* as the indexer's own: what it was asked is not of the user's wording."""
    if isinstance(error, BackendError):
        return error
    return Refused(error.detail, backend=indexer, operation="search", hint=error.hint)


def which_episode(entry: Entry, asked: int | None) -> int:
    """Return the episode that is meant: the one *asked* for, or the next unwatched one."""
    titles, last = entry.work.titles, entry.work.episodes
    if asked is not None:
        if asked < 1 or (last is not None and asked > last):
            limit = f"1 to {last}" if last is not None else "1 or more"
            problem = Problem("episode", f"must be {limit}, got {asked}")
            raise Invalid(f"{titles} has no episode {asked}.", [problem])
        return asked
    if entry.next_episode is None:
        raise Conflict(f"All episodes of {titles} are watched.", hint="Name an episode.")
    return entry.next_episode


def pick(chosen: Chosen, *, release_id: str | None, force: bool) -> Verdict:
    """Return the release to take: the best one, or the one the user picked.

    Raises `uuutd.errors.NoRelease` when nothing fits, and
    `uuutd.errors.ReleaseRejected` for a picked one that breaks a rule, unless *force*.
    """
    if release_id is None:
        best = chosen.choice.best
        if best is None:
            raise NoRelease(
                _why_none(chosen),
                hint="Pick another group's with force." if waits_for(chosen.choice) else None,
            )
        return best
    for verdict in chosen.choice.verdicts:
        if replies.release_id(verdict.release) == release_id:
            if verdict.fits or force:
                return verdict
            reasons = "; ".join(r.text for r in verdict.rejections)
            raise ReleaseRejected(
                f"{verdict.release.title}: {reasons}.", hint="Ask again with force to take it."
            )
    raise NotFound(
        "The search no longer finds this release.", hint="Search again and pick from the answer."
    )


def _why_none(chosen: Chosen) -> str:
    count = len(chosen.choice.verdicts)
    if waits := waits_for(chosen.choice):
        text = f"{waits[0].upper()}{waits[1:]}; what fits is by other groups."
    elif count == 0:
        packs = {"only": "packs of this show", "allow": "this episode and packs of the show"}
        sought = packs.get(chosen.taste.batch, "this episode")
        text = f"The searches for {sought} found nothing."
    else:
        text = f"{count} found, none of them fits."
    silent = ", ".join(str(f.backend) for f in chosen.found.failures)
    return f"{text} These did not answer: {silent}." if silent else text


def _is_over(search: _Search, now: float) -> bool:
    if not search.task.done():
        return False
    if search.task.cancelled() or search.task.exception() is not None:
        return True
    # An indexer that did not answer is asked again by the next who wants to know.
    return bool(search.task.result().failures) or now - search.started > FRESH_FOR
