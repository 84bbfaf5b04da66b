"""What ``/events`` tells."""

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
