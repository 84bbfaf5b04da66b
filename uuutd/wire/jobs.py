"""Work that the daemon does for a user."""

from datetime import datetime
from typing import Literal

import attrs

from .problems import FailureReply
from .releases import ReleaseReply

StepName = Literal["resolve", "search", "choose", "add", "link", "wait", "unlink", "remove"]
StepState = Literal["waiting", "running", "done", "failed", "cancelled"]
JobKind = Literal["get", "add", "remove", "sync"]
JobState = Literal["running", "done", "failed", "cancelled"]


@attrs.frozen(kw_only=True)
class StepReply:
    """One step of a job; *ms* is how long it took."""

    name: StepName
    state: StepState
    ms: int | None = None
    detail: str | None = None


@attrs.frozen(kw_only=True)
class JobReply:
    """Work that the daemon does for a user, step by step."""

    id: str
    kind: JobKind
    state: JobState
    steps: tuple[StepReply, ...]
    created_at: datetime
    follows: str | None = None
    provider: str | None = None
    entry: str | None = None
    title: str | None = None
    episode: int | None = None
    release: ReleaseReply | None = None
    torrent: str | None = None
    client: str | None = None
    problem: FailureReply | None = None


@attrs.frozen(kw_only=True)
class JobsReply:
    """The user's jobs, the newest first."""

    jobs: tuple[JobReply, ...]
