"""Upgrades: downloads of a newer version of an episode that the user has.

While one runs, and until its torrent is finished, it has a key of its own beside that of
the episode, which stays with what is there.  So it happens once, and if nothing comes of
it, nothing has changed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from ..domain import InfoHash, WorkId
from .errors import answering, reading
from .intent_rows import read
from .intents import episode_key
from .records import Intent
from .statements import Statement

REPLACES = "replaces"
"""What an upgrade's request calls the info hash of the torrent that it is to replace."""
_PREFIX = "upgrade:"

_UNDER_WAY = Statement("""
SELECT * FROM intents i WHERE key = :key AND (state <> 'done' OR EXISTS (
    SELECT 1 FROM links l JOIN torrents t ON t.id = l.torrent_id
    WHERE l.user_id = i.user_id AND l.state IN ('pending', 'live')
        AND t.client = i.client AND t.info_hash = i.info_hash))
""")
# The first condition lets the index be used: all other keys begin with a digit.
_UNSETTLED = Statement(
    "SELECT * FROM intents WHERE key >= 'upgrade' AND key LIKE 'upgrade:%' AND state = 'done'"
    " ORDER BY created_at, id"
)
_TAKEN_KEY = Statement("SELECT id FROM intents WHERE key = :key")
_REKEY = Statement("UPDATE intents SET key = :new WHERE key = :old")
_TAKEN = Statement(
    "SELECT release FROM intents WHERE user_id = :user_id AND client = :client"
    " AND info_hash = :info_hash AND release IS NOT NULL ORDER BY created_at DESC LIMIT 1"
)
_NOTICE = Statement(
    "INSERT INTO notices (user_id, mark, created_at) VALUES (:user_id, :mark, :created_at)"
    " ON CONFLICT (user_id, mark) DO NOTHING RETURNING id"
)


class _Taken(msgspec.Struct):
    title: str


def upgrade_key(user_id: int, work: WorkId, episode: int) -> str:
    """Return the key under which a user's episode is upgraded once."""
    return _PREFIX + episode_key(user_id, work, episode)


async def stand_in(keys: Iterable[str]) -> None:
    """Give *keys*, which were just freed, to the upgrades of the same episodes.

    What they were to replace is gone, so it is they who get the episode from now on.  Part
    of the caller's transaction.
    """
    for key in keys:
        await _REKEY.changed(new=key, old=_PREFIX + key)


@reading
async def is_taken(key: str | None) -> bool:
    """Whether a job runs under *key*, or what one got under it is still there."""
    return key is not None and await _TAKEN_KEY.row(key=key) is not None


@answering
async def under_way(user_id: int, work: WorkId, episode: int) -> Intent | None:
    """Return the upgrade of an episode that runs or whose torrent is on its way, None if none."""
    row = await _UNDER_WAY.row(key=upgrade_key(user_id, work, episode))
    return read(row) if row else None


@answering
async def unsettled() -> list[Intent]:
    """Return everybody's upgrades that their clients have, and that replaced nothing yet."""
    return [read(row) for row in await _UNSETTLED.rows()]


@answering
async def title_taken(user_id: int, client: str, info_hash: InfoHash) -> str | None:
    """Return how the release was called that a user got a torrent by, None if by none."""
    row = await _TAKEN.row(user_id=user_id, client=client, info_hash=info_hash)
    return msgspec.json.decode(row["release"], type=_Taken).title if row else None


@answering
async def is_news(user_id: int, mark: str) -> bool:
    """Note that a user is told of what *mark* names; False if they were told before."""
    now = datetime.now(UTC)
    return await _NOTICE.row(user_id=user_id, mark=mark, created_at=now) is not None
