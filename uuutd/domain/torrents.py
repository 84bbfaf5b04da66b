"""Torrents, as their clients tell of them."""

import enum
from datetime import datetime
from typing import NewType

import attrs
from attrs import validators

InfoHash = NewType("InfoHash", str)
"""An info hash in its one canonical spelling: lower-case hex, 40 digits (v1) or 64 (v2).

Made only by `uuutd.magnets.info_hash`.
"""


@attrs.frozen(kw_only=True)
class Source:
    """What a torrent client is given: an info hash with trackers, or a ``.torrent`` file's bytes.

    Never a URL, and never a magnet as somebody else wrote it: `magnet` builds a new one.
    *aliases* are other hashes of the same torrent, only those that its file proves.
    """

    info_hash: InfoHash
    name: str
    trackers: tuple[str, ...] = ()
    aliases: tuple[InfoHash, ...] = ()
    metainfo: bytes | None = attrs.field(default=None, repr=False)


_LIMIT = validators.optional(validators.ge(1))


class TorrentState(enum.Enum):
    """What a torrent is doing, in the words people see."""

    METADATA = "metadata"
    QUEUED = "queued"
    CHECKING = "checking"
    DOWNLOADING = "downloading"
    STALLED = "stalled"
    SEEDING = "seeding"
    PAUSED = "paused"
    ERROR = "error"
    MISSING = "missing"


@attrs.frozen
class Limits:
    """The most bytes per second to receive and to send; None for no limit.

    A client counts in units of its own: what it tells may be up to 1,024 bytes off what it
    was told.
    """

    down: int | None = attrs.field(default=None, validator=_LIMIT)
    up: int | None = attrs.field(default=None, validator=_LIMIT)


@attrs.frozen(kw_only=True)
class Torrent:
    """One torrent as its client sees it now.

    *eta* is in seconds, None when there is none.  *seeders* and *leechers* are those
    connected.  *error* is set with `TorrentState.ERROR` and says why in plain words.
    *finished* tells whether every wanted file is there, whatever the torrent does now.
    *private* and *limits* are what the client tells beside the rest, and else their defaults.
    *content* is the absolute path, as the client calls it, of the file or folder that has all of
    it, spelled as on the disk; *name* may be a claim of whoever added the torrent.  It is None
    while the files are not known, and if the client does not tell.
    """

    info_hash: InfoHash
    name: str
    state: TorrentState
    progress: float = 0.0
    size: int = 0
    done_bytes: int = 0
    down_rate: int = 0
    up_rate: int = 0
    uploaded: int = 0
    eta: int | None = None
    seeders: int = 0
    leechers: int = 0
    ratio: float = 0.0
    added_at: datetime | None = None
    completed_at: datetime | None = None
    save_path: str | None = None
    content: str | None = None
    label: str | None = None
    error: str | None = None
    private: bool = False
    limits: Limits = Limits()

    @property
    def finished(self) -> bool:
        """Whether everything that was wanted is on the disk."""
        return self.progress >= 1.0 and self.state in (TorrentState.SEEDING, TorrentState.PAUSED)


@attrs.frozen(kw_only=True)
class TorrentFile:
    """One file of a torrent; *path* is relative to the save path, with ``/`` between parts."""

    index: int
    path: str
    size: int
    done_bytes: int = 0
    wanted: bool = True


class TrackerState(enum.Enum):
    """What comes of a tracker: OFF is one that is not asked at all, WAITING one not asked yet."""

    WORKING = "working"
    UPDATING = "updating"
    WAITING = "waiting"
    ERROR = "error"
    OFF = "off"


@attrs.frozen(kw_only=True)
class Tracker:
    """One tracker of a torrent, and how it answers.

    *url* is whole, with the passkey that may be in it: nobody is shown it like that.
    *message* is what the tracker said last.  *seeders* and *leechers* are those in the
    whole swarm, None when the tracker does not say.
    """

    url: str = attrs.field(repr=False)
    state: TrackerState
    message: str | None = None
    seeders: int | None = None
    leechers: int | None = None


@attrs.frozen(kw_only=True)
class Peer:
    """Somebody a torrent is connected to: *address* is ``1.2.3.4:6881`` or ``[2001:db8::1]:6881``.

    *client* is the program by its own word, empty while it has not said.
    """

    address: str
    client: str
    progress: float
    down_rate: int
    up_rate: int


Cursor = NewType("Cursor", str)
"""How far a client's changes have been read; only that client knows what it means."""


@attrs.frozen(kw_only=True)
class Changes:
    """What moved in a client: with *full* everything it has, else only what changed since."""

    cursor: Cursor
    full: bool
    torrents: tuple[Torrent, ...] = ()
    removed: tuple[InfoHash, ...] = ()
