"""Intents: what somebody wants done, recorded before anything is done about it.

The key of an intent, (user, work, episode), is unique among those that run or whose
link lives.  That one constraint is what makes a download happen once, however often,
from wherever and at whatever moment it is asked for.
"""

import functools
import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import msgspec
from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from ..domain import WorkId
from ..errors import Busy, Conflict, NotFound
from ..wire import FailureReply
from . import quotas
from .errors import answering, reading
from .intent_rows import columns, read
from .records import Intent, IntentState, LinkedEpisode, LinkState
from .statements import Statement
from .tables import EpisodeRow, IdempotencyRow, IntentRow, LinkRow
from .touched import transaction_on

REPLAY_FOR = timedelta(hours=24)
TRIES = 5
ENDED = tuple(state.value for state in IntentState if state.ended)
_GET = Statement("SELECT * FROM intents WHERE id = :id")
_HOLDER = Statement("SELECT * FROM intents WHERE key = :key")
_OF_USER = Statement(
    "SELECT * FROM intents WHERE user_id = :user_id ORDER BY created_at DESC, id DESC LIMIT :limit"
)
_UNFINISHED = Statement(
    "SELECT * FROM intents WHERE state NOT IN ('done', 'failed', 'cancelled')"
    " ORDER BY created_at, id"
)
_FOLLOWING = Statement(
    "SELECT * FROM intents WHERE follows = :intent_id"
    " AND state NOT IN ('done', 'failed', 'cancelled')"
)
_INSERT = Statement("""
INSERT INTO intents (id, user_id, kind, state, key, work, provider, entry, title, episode, client,
    info_hash, request, release, source, metainfo, steps, problem, follows, due_at, created_at,
    updated_at)
VALUES (:id, :user_id, :kind, :state, :key, :work, :provider, :entry, :title, :episode, :client,
    :info_hash, :request, :release, :source, :metainfo, :steps, :problem, :follows, :due_at,
    :created_at, :updated_at)
""")
_CHANGE = """
UPDATE intents SET state = :state, info_hash = :info_hash, request = :request,
    release = :release, source = :source, metainfo = :metainfo, steps = :steps,
    problem = :problem, due_at = :due_at, updated_at = :updated_at
"""
_GIVE_BACK = Statement("""
UPDATE intents SET key = :key WHERE id = (
    SELECT i.id FROM intents i
    JOIN torrents t ON t.client = i.client AND t.info_hash = i.info_hash
    JOIN links l ON l.torrent_id = t.id AND l.user_id = i.user_id
    WHERE i.user_id = :user_id AND i.work = :work AND i.episode = :episode
        AND i.kind = 'get' AND i.state = 'done' AND i.key IS NULL AND l.state = 'live'
    ORDER BY i.created_at DESC, i.id DESC LIMIT 1)
""")


@functools.cache
def moving(expect: frozenset[IntentState], *, rekeyed: bool) -> Statement:
    """Return what changes an intent in one of these states: all but how it was begun.

    Its key only if *rekeyed*: while it runs, that of an upgrade may change without its knowing.
    """
    states = ", ".join(sorted(f"'{state.value}'" for state in expect))
    change = f"{_CHANGE}, key = :key" if rekeyed else _CHANGE
    return Statement(f"{change} WHERE id = :id AND state IN ({states})")


@attrs.frozen
class Idempotency:
    """A request's ``Idempotency-Key`` with a digest of what was asked under it."""

    key: str
    digest: str

    @classmethod
    def of(cls, key: str, asked: bytes) -> "Idempotency":
        """Return the mark of a request whose content is *asked*."""
        return cls(key, hashlib.sha256(asked).hexdigest())


def episode_key(user_id: int, work: WorkId, episode: int) -> str:
    """Return the key under which a user gets an episode once."""
    return f"{user_id}:{work}:{episode}"


@answering
async def begin(
    draft: Intent, *, idempotency: Idempotency | None = None, take_over: bool = False
) -> tuple[Intent, bool]:
    """Record *draft*, or return the intent that already stands for the same thing.

    The second value tells whether *draft* is the one recorded.  With *take_over* an
    ended intent gives its key up, even though its link lives.  Raises
    `uuutd.errors.Conflict` when the idempotency key was used for something else, and what
    `uuutd.store.quotas.require` does.
    """
    if idempotency is None and not await quotas.limited(draft.user_id) and await _inserted(draft):
        return draft, True
    for _ in range(TRIES):
        try:
            async with in_transaction():
                return await _begin(draft, idempotency, take_over=take_over)
        except IntegrityError:
            continue  # somebody was faster by a moment: read what they wrote
    raise Busy("The database did not settle who was first.", retry_after=1)


async def _inserted(draft: Intent) -> bool:
    """Record *draft* if nothing holds its key: the usual case takes one statement."""
    try:
        await _INSERT.changed(**columns(draft))
    except IntegrityError:
        return False
    return True


@answering
async def replayed(user_id: int, idempotency: Idempotency) -> Intent | None:
    """Return the intent that a request marked like this led to before, None if it is new."""
    return await _replayed(user_id, idempotency)


@answering
async def forget_replays() -> int:
    """Forget the marks that are too old to be replayed."""
    now = datetime.now(UTC)
    old = Q(created_at__lt=now - REPLAY_FOR) | Q(created_at__gt=now + REPLAY_FOR)
    return await IdempotencyRow.filter(old).delete()


async def _begin(
    draft: Intent, idempotency: Idempotency | None, *, take_over: bool
) -> tuple[Intent, bool]:
    if idempotency and (earlier := await _replayed(draft.user_id, idempotency)):
        return earlier, False
    quota = await quotas.hold(draft.user_id)
    held = await _HOLDER.row(key=draft.key) if draft.key else None
    holder = read(held) if held else None
    if holder is not None and not await _may_take(holder, take_over=take_over):
        await _remember(draft.user_id, idempotency, holder.id)
        return holder, False
    if holder is not None:
        await IntentRow.filter(id=holder.id).update(key=None)
    await quotas.require(draft, quota)
    await _INSERT.changed(**columns(draft))
    await _remember(draft.user_id, idempotency, draft.id)
    return draft, True


async def _replayed(user_id: int, idempotency: Idempotency) -> Intent | None:
    row = await IdempotencyRow.get_or_none(user_id=user_id, key=idempotency.key)
    if row is None:
        return None
    if abs(datetime.now(UTC) - row.created_at) > REPLAY_FOR:  # from before the clock was set, too
        await row.delete()
        return None
    if row.digest != idempotency.digest:
        raise Conflict(
            "This Idempotency-Key was used for another request.",
            hint="Send a new key with each new request.",
        )
    return await get(row.intent_id)  # type: ignore[attr-defined]  # Tortoise makes it at run time


async def _remember(user_id: int, idempotency: Idempotency | None, intent_id: str) -> None:
    if idempotency:
        await IdempotencyRow.create(
            user_id=user_id,
            key=idempotency.key,
            digest=idempotency.digest,
            intent_id=intent_id,
            created_at=datetime.now(UTC),
        )


async def _may_take(holder: Intent, *, take_over: bool) -> bool:
    """Whether a new intent may have the key of *holder*: it ended, and nothing came of it."""
    if not holder.state.ended:
        return False
    if take_over or holder.client is None or holder.info_hash is None:
        return True
    link = await LinkRow.get_or_none(
        user_id=holder.user_id,
        torrent__client=holder.client,
        torrent__info_hash=holder.info_hash,
    )
    return link is None or LinkState(link.state) in (LinkState.MISSING, LinkState.REMOVING)


@reading
async def get(intent_id: str) -> Intent:
    """Return an intent; `uuutd.errors.NotFound` if there is none."""
    row = await _GET.row(id=intent_id)
    if row is None:
        raise NotFound("There is no such job.")
    return read(row)


@answering
async def of_user(user_id: int, *, limit: int = 100) -> list[Intent]:
    """Return a user's intents, the newest first."""
    return [read(row) for row in await _OF_USER.rows(user_id=user_id, limit=limit)]


@answering
async def unfinished() -> list[Intent]:
    """Return everybody's intents that have not ended, the oldest first."""
    return [read(row) for row in await _UNFINISHED.rows()]


@answering
async def following(intent_id: str) -> list[Intent]:
    """Return the intents that follow another and have not ended."""
    return [read(row) for row in await _FOLLOWING.rows(intent_id=intent_id)]


@attrs.frozen
class Outcome:
    """How the last try to get an episode stands; *code* says why it failed."""

    state: IntentState
    code: str | None = None


class _Problem(msgspec.Struct):
    code: str


@answering
async def outcomes(user_id: int, works: Collection[WorkId]) -> dict[tuple[WorkId, int], Outcome]:
    """Return how the newest *get* of each episode of *works* stands, by (work, episode)."""
    found = IntentRow.filter(user_id=user_id, kind="get", work__in=list(works))
    rows = await found.order_by("created_at", "id").values_list(
        "work", "episode", "state", "problem"
    )
    newest = {(WorkId(str(work)), episode): (state, said) for work, episode, state, said in rows}
    return {
        key: Outcome(
            IntentState(state),
            msgspec.json.decode(said, type=_Problem).code if said else None,
        )
        for key, (state, said) in newest.items()
    }


@answering
async def move(intent: Intent, *, expect: Collection[IntentState], **changes: Any) -> Intent | None:
    """Change an intent if it is in one of the states of *expect*, and return it as it is then.

    None means that somebody else moved it meanwhile, a cancellation say.
    """
    changed = attrs.evolve(intent, updated_at=datetime.now(UTC), **changes)
    try:
        statement = moving(frozenset(expect), rekeyed="key" in changes)
        count = await statement.changed(**columns(changed))
    except IntegrityError as error:
        raise Conflict(
            "This episode is being fetched by another job, or is already there.",
            hint="Look at your jobs, or ask for it with force.",
        ) from error
    return changed if count else None


def served(intent: Intent) -> LinkedEpisode | None:
    """Return the episode that an intent is for; None if it is for a torrent only."""
    if intent.provider and intent.entry and intent.work and intent.episode is not None:
        return LinkedEpisode(
            provider=intent.provider,
            entry=intent.entry,
            work=intent.work,
            episode=intent.episode,
        )
    return None


@answering
async def end(
    intent: Intent, state: IntentState, *, cleanup: Intent, problem: FailureReply | None = None
) -> Intent | None:
    """End *intent* without success, in one transaction: its key is free again.

    What it recorded is taken back.  Once the choice is recorded the client may have been
    told, whatever we remember of it: then the link is given to the removal *cleanup*.
    None if it has ended meanwhile.
    """
    async with transaction_on(intent.client, intent.info_hash):
        running = [each for each in IntentState if not each.ended]
        moved = await move(
            intent, expect=running, state=state, problem=problem, key=None, due_at=None
        )
        if moved is not None and intent.kind != "remove":
            await _take_back(intent, cleanup)
            if intent.request.get("force"):
                await _give_back(intent)
        return moved


async def _give_back(intent: Intent) -> None:
    """Give the key that a forced intent took to the one that has the episode all the same."""
    if intent.work is None or intent.episode is None:
        return
    key = episode_key(intent.user_id, intent.work, intent.episode)
    if key == intent.key:
        await _GIVE_BACK.changed(
            key=key, user_id=intent.user_id, work=intent.work, episode=intent.episode
        )


async def _take_back(intent: Intent, cleanup: Intent) -> None:
    link = await LinkRow.get_or_none(
        user_id=intent.user_id,
        torrent__client=intent.client,
        torrent__info_hash=intent.info_hash,
        state=LinkState.PENDING.value,
    )
    if link is None:
        return
    if intent.work is not None:
        await EpisodeRow.filter(link_id=link.id, work=intent.work, episode=intent.episode).delete()
    others = IntentRow.filter(
        user_id=intent.user_id,
        client=intent.client,
        info_hash=intent.info_hash,
        state=IntentState.CHOSEN.value,
    )
    if not await others.exists():
        await LinkRow.filter(id=link.id).update(state=LinkState.REMOVING.value)
        await _INSERT.changed(**columns(cleanup))
