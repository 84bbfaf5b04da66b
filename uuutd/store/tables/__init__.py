"""The tables.

Only `uuutd.store` knows them; it takes and gives the values of `uuutd.domain` and
`uuutd.store.records`.  The migrations are written by hand: a test compares what they
build with what stands here, on SQLite and on PostgreSQL.

``_no_comments`` keeps Tortoise from reading the files for comments at each start.
"""

from .administration import AuditRow, ResetRow
from .people import (
    AccountRow,
    InviteRow,
    NoticeRow,
    PersonalTokenRow,
    PreferenceRow,
    ProgressRow,
    SessionRow,
    UserRow,
)
from .shows import RelationRow, SearchRow
from .throttles import ThrottleRow
from .torrents import AliasRow, BlockRow, EpisodeRow, IdempotencyRow, IntentRow, LinkRow, TorrentRow

__all__ = [
    "AccountRow",
    "AliasRow",
    "AuditRow",
    "BlockRow",
    "EpisodeRow",
    "IdempotencyRow",
    "IntentRow",
    "InviteRow",
    "LinkRow",
    "NoticeRow",
    "PersonalTokenRow",
    "PreferenceRow",
    "ProgressRow",
    "RelationRow",
    "ResetRow",
    "SearchRow",
    "SessionRow",
    "ThrottleRow",
    "TorrentRow",
    "UserRow",
]
