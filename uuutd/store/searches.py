"""Searches for episodes, kept so that they can be explained and judged again."""

import zlib
from datetime import UTC, datetime, timedelta

import msgspec

from ..domain import EntryId, WorkId
from ..errors import NotFound
from .errors import answering
from .records import Findings, Search
from .statements import Statement

KEPT_OF_EPISODE = 3
"""How many searches of a user for one episode are kept: of those by jobs, and of the others."""
KEPT_OF_USER = 500
KEPT_FOR = timedelta(days=90)
PRUNED_AT_ONCE = 500
"""How many are forgotten at once at most, so that nobody waits long for the database."""
LARGEST = 16 * 1024 * 1024
"""Bytes of JSON that are unpacked at most: many times what the largest search needs."""

_LEVEL = 1  # higher ones save a sixth of the room at most, and take their time for it

_INSERT = Statement("""
INSERT INTO searches (user_id, provider, entry, work, episode, searched_at, rules, job, taken,
    content)
VALUES (:user_id, :provider, :entry, :work, :episode, :searched_at, :rules, :job, :taken, :content)
""")
_LAST_EPISODE = Statement(
    "SELECT episode FROM searches WHERE user_id = :user_id AND provider = :provider"
    " AND entry = :entry ORDER BY id DESC LIMIT 1"
)
_NEWEST = Statement(
    "SELECT * FROM searches WHERE user_id = :user_id AND provider = :provider"
    " AND entry = :entry AND episode = :episode ORDER BY job IS NULL, id DESC LIMIT 1"
)
_PRUNE_MANY = Statement("""
DELETE FROM searches WHERE id IN (
    SELECT id FROM (
        SELECT id,
            row_number() OVER (PARTITION BY user_id, provider, entry, episode, job IS NULL
                ORDER BY id DESC) AS of_episode,
            row_number() OVER (PARTITION BY user_id ORDER BY id DESC) AS of_user
        FROM searches
    ) AS counted
    WHERE of_episode > :of_episode OR of_user > :of_user LIMIT :most)
""")
_PRUNE_OLD = Statement(
    "DELETE FROM searches WHERE id IN"
    " (SELECT id FROM searches WHERE searched_at < :before LIMIT :most)"
)


def pack(findings: Findings) -> bytes:
    """Return what was found as it is stored; takes a millisecond or two for a hundred releases."""
    return zlib.compress(msgspec.json.encode(findings), _LEVEL)


def unpack(content: bytes) -> Findings:
    """Return what `pack` has packed.

    Raises `uuutd.errors.NotFound` for what another version of the program stored in a way
    that this one cannot read.
    """
    try:
        text = zlib.decompressobj().decompress(content, LARGEST)
        return msgspec.json.decode(text, type=Findings)
    except (zlib.error, msgspec.DecodeError) as error:
        raise NotFound(
            "The last search was stored by another version of the daemon, and cannot be read.",
            hint="Search again: a new search replaces it.",
        ) from error


@answering
async def add(search: Search, content: bytes) -> None:
    """Record a search, whose findings are *content* as `pack` gives it."""
    await _INSERT.changed(
        user_id=search.user_id,
        provider=search.provider,
        entry=search.entry,
        work=search.work,
        episode=search.episode,
        searched_at=search.searched_at,
        rules=search.rules,
        job=search.job,
        taken=search.taken,
        content=content,
    )


@answering
async def newest(
    user_id: int, provider: str, entry: EntryId, episode: int | None
) -> tuple[Search, bytes] | None:
    """Return a user's last search for an episode with its packed findings; None if there is none.

    The last one that a job made counts before those by which somebody only looked.  Without
    *episode* it is the one that was searched for last.
    """
    show = {"user_id": user_id, "provider": provider, "entry": entry}
    if episode is None:
        last = await _LAST_EPISODE.row(**show)
        if last is None:
            return None
        episode = last["episode"]
    row = await _NEWEST.row(**show, episode=episode)
    if row is None:
        return None
    search = Search(
        user_id=row["user_id"],
        provider=row["provider"],
        entry=EntryId(row["entry"]),
        work=WorkId(row["work"]),
        episode=row["episode"],
        searched_at=row["searched_at"],
        rules=row["rules"],
        job=row["job"],
        taken=row["taken"],
    )
    return search, row["content"]


@answering
async def prune() -> int:
    """Forget the searches that are too many or too old, some at a time; tell how many."""
    gone = await _PRUNE_MANY.changed(
        of_episode=KEPT_OF_EPISODE, of_user=KEPT_OF_USER, most=PRUNED_AT_ONCE
    )
    before = datetime.now(UTC) - KEPT_FOR
    return gone + await _PRUNE_OLD.changed(before=before, most=PRUNED_AT_ONCE)
