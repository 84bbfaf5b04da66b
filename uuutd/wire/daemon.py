"""The daemon itself and its backends."""

from datetime import datetime
from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class AlarmReply:
    """What the administrator must look at: *code* for programs, *text* for people.

    ``disk-full`` says that no download begins, ``lost-state`` that the client misses so many
    torrents that nothing is recorded until they are back or an administrator confirms.
    """

    code: Literal["disk-full", "lost-state"]
    text: str
    since: datetime


@attrs.frozen(kw_only=True)
class BackendReply:
    """One configured backend and how it is; it may be ready and raise alarms all the same."""

    kind: Literal["watchlist", "indexer", "client"]
    name: str
    type: str
    state: str
    version: str | None = None
    can: tuple[str, ...] = ()
    problem: str | None = None
    retry_at: datetime | None = None
    alarms: tuple[AlarmReply, ...] = ()


@attrs.frozen(kw_only=True)
class BackendsReply:
    """All configured backends."""

    backends: tuple[BackendReply, ...]


@attrs.frozen(kw_only=True)
class AboutReply:
    """What a client must know before anybody logs in."""

    version: str
    api: int
    signup: Literal["closed", "invite", "open"]
    setup_needed: bool
    time: datetime


@attrs.frozen(kw_only=True)
class HealthReply:
    """The process is alive."""

    status: Literal["ok"] = "ok"


@attrs.frozen(kw_only=True)
class ReadyReply:
    """Whether the daemon can do its work."""

    ready: bool
    database: bool
    clients: bool
