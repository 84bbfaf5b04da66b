"""Releases whose torrents did not move, and the jobs that get another one in their place.

Such a job is an upgrade in all but what it brings: a key of its own until the client has
the new torrent, and the info hash that it `replaces`; see `uuutd.store.upgrades`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import attrs
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from ..domain import InfoHash, WorkId
from ..errors import AddsThrottled
from ..wire import StepReply
from . import quotas
from .errors import answering, reading
from .intent_rows import columns, read
from .intents import move
from .records import Intent, IntentState, Link
from .statements import Statement
from .tables import IntentRow
from .upgrades import REPLACES

STALLED = "stalled"
"""What the request of a job calls the reason why it gets another release; only ours have it."""
TRIES = "replacement"
"""What it calls how many releases the same download has had before, this one's included."""

_BLOCK = Statement(
    'INSERT INTO blocks (user_id, work, episode, info_hash, "release", reason, created_at)'
    " VALUES (:user_id, :work, :episode, :info_hash, :release, :reason, :created_at)"
    " ON CONFLICT (user_id, work, episode, info_hash) DO NOTHING"
)
_OF = Statement(
    'SELECT info_hash, "release", reason FROM blocks'
    " WHERE user_id = :user_id AND work = :work AND episode = :episode"
)
_HASHES = Statement("SELECT DISTINCT info_hash FROM blocks")
_LIFT = Statement("DELETE FROM blocks WHERE info_hash = :info_hash")
_OF_LINK = Statement(
    "SELECT * FROM intents WHERE user_id = :user_id AND client = :client"
    " AND info_hash = :info_hash AND kind IN ('get', 'add')"
    " AND state NOT IN ('failed', 'cancelled') ORDER BY created_at DESC, id DESC"
)
_FOLLOWER = Statement(
    "SELECT * FROM intents WHERE follows = :id AND kind = 'get' ORDER BY created_at DESC LIMIT 1"
)


@attrs.frozen
class Blocks:
    """The releases that are not taken for an episode, with the reasons.

    *hashes* has them by info hash and *releases* by the ids of the API, for those whose
    hash a search does not tell.
    """

    hashes: Mapping[str, str] = attrs.field(factory=dict)
    releases: Mapping[str, str] = attrs.field(factory=dict)

    def against(self, info_hash: InfoHash | None, release: str) -> str | None:
        """Return why a release is not taken, None if nothing is held against it."""
        return self.hashes.get(info_hash or "") or self.releases.get(release)


@reading
async def of(user_id: int, work: WorkId, episode: int) -> Blocks:
    """Return what is not taken for an episode of a user's."""
    rows = await _OF.rows(user_id=user_id, work=work, episode=episode)
    return Blocks(
        {row["info_hash"]: row["reason"] for row in rows},
        {row["release"]: row["reason"] for row in rows},
    )


@answering
async def hashes() -> set[InfoHash]:
    """Return the info hashes of everything that is blocked for anybody."""
    return {InfoHash(row["info_hash"]) for row in await _HASHES.rows()}


@answering
async def lift(info_hash: InfoHash) -> None:
    """Forget what is held against a torrent: it moves again."""
    await _LIFT.changed(info_hash=info_hash)


@answering
async def chosen(link: Link) -> Intent | None:
    """Return the job by which a user got a torrent, if the daemon alone chose its release.

    None if they picked the release or added the torrent by hand, whatever else brought it.
    """
    found = [
        read(row)
        for row in await _OF_LINK.rows(
            user_id=link.user_id, client=link.client, info_hash=link.info_hash
        )
    ]
    ours = (
        each.kind == "get"
        and each.state is IntentState.DONE
        and each.release is not None
        and not each.request.get("release")
        for each in found
    )
    return found[0] if found and all(ours) else None


@answering
async def begin(draft: Intent, blocked: Intent, steps: tuple[StepReply, ...]) -> Intent | None:
    """Block the release of *blocked* and record *draft*, which follows it, in one transaction.

    One that failed before is begun again, with *steps*.  None if there is nothing to do:
    one runs or is done, its user cancelled it, or the episode is being upgraded; and nothing
    for now if its user has begun as many downloads in this hour as they may.
    """
    try:
        async with in_transaction():
            return await _begin(draft, blocked, steps)
    except (IntegrityError, AddsThrottled):
        return None  # somebody began to upgrade the episode, or must wait


async def _begin(draft: Intent, blocked: Intent, steps: tuple[StepReply, ...]) -> Intent | None:
    await _BLOCK.changed(
        user_id=blocked.user_id,
        work=blocked.work,
        episode=blocked.episode,
        info_hash=blocked.info_hash,
        release=blocked.release.id if blocked.release else "",
        reason=draft.request[STALLED],
        created_at=datetime.now(UTC),
    )
    row = await _FOLLOWER.row(id=blocked.id)
    if row is None:
        await quotas.require(draft, await quotas.hold(draft.user_id))
        await IntentRow.create(**columns(draft))
        return draft
    earlier = read(row)
    if earlier.state is not IntentState.FAILED or REPLACES not in earlier.request:
        return None
    return await move(
        earlier,
        expect=[IntentState.FAILED],
        state=IntentState.NEW,
        key=draft.key,
        request=draft.request,
        info_hash=None,
        release=None,
        metainfo=None,
        problem=None,
        steps=steps,
    )
