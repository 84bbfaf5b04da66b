"""Intents as they stand in their table."""

from typing import Any

import attrs
import msgspec

from ..domain import EntryId, InfoHash, WorkId
from ..wire import FailureReply, ReleaseReply, StepReply
from .records import Intent, IntentState
from .statements import Row


def columns(intent: Intent) -> dict[str, Any]:
    """Return an intent as its row."""
    row = attrs.asdict(intent, recurse=False)
    row["state"] = intent.state.value
    row["request"] = _text(dict(intent.request))
    row["release"] = _text(intent.release) if intent.release else None
    row["source"] = _text(row.pop("trackers"))
    row["steps"] = _text(intent.steps)
    row["problem"] = _text(intent.problem) if intent.problem else None
    return row


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def read(row: Row) -> Intent:
    """Return a row as an intent."""
    decode = msgspec.json.decode
    return Intent(
        id=row["id"],
        user_id=row["user_id"],
        kind=row["kind"],
        state=IntentState(row["state"]),
        key=row["key"],
        work=None if row["work"] is None else WorkId(row["work"]),
        provider=row["provider"],
        entry=None if row["entry"] is None else EntryId(row["entry"]),
        title=row["title"],
        episode=row["episode"],
        client=row["client"],
        info_hash=None if row["info_hash"] is None else InfoHash(row["info_hash"]),
        request=decode(row["request"]),
        release=decode(row["release"], type=ReleaseReply) if row["release"] else None,
        trackers=decode(row["source"], type=tuple[str, ...]) if row["source"] else (),
        metainfo=row["metainfo"],
        steps=decode(row["steps"], type=tuple[StepReply, ...]),
        problem=decode(row["problem"], type=FailureReply) if row["problem"] else None,
        follows=row["follows"],
        due_at=row["due_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
