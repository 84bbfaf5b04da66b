"""What ``/events`` tells."""

from datetime import datetime
from typing import Literal

import attrs

from .torrents import TorrentReply


@attrs.frozen(kw_only=True)
class TorrentsEvent:
    """What changed among the user's torrents."""

    revision: int
    torrents: tuple[TorrentReply, ...] = ()
    removed: tuple[str, ...] = ()
    full: bool = False


@attrs.frozen(kw_only=True)
class NoticeEvent:
    """Something that the user may want to know: *text* for people, *code* for programs.

    With ``upgrade`` it is about a newer version, *release*, of an episode that they have; with
    ``stalled`` about a download that does not move, of *release*.
    """

    code: Literal["upgrade", "stalled"]
    text: str
    provider: str
    entry: str
    episode: int
    release: str


@attrs.frozen(kw_only=True)
class LinkNoticeEvent:
    """What a user may want to know of a linked watchlist: *text* for people.

    With ``link-ends`` the provider takes it until *expires_at*, and linking again renews it.
    """

    code: Literal["link-ends"]
    text: str
    provider: str
    expires_at: datetime
