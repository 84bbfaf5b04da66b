"""Torrents and their files."""

from datetime import datetime
from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class TorrentEntryReply:
    """An episode that a torrent serves for the user."""

    provider: str
    id: str
    work: str
    episode: int


@attrs.frozen(kw_only=True)
class TorrentReply:
    """One torrent of the user.

    *owners* counts the users who have it, the asking one among them; nobody may only on
    everybody's list.  *labels* are this user's own.  *fetch_commands* are lines for a shell
    of the user's machine that bring what is finished there.
    """

    hash: str
    name: str
    state: str
    progress: float
    size: int
    done_bytes: int
    down_rate: int
    up_rate: int
    ratio: float
    client: str
    eta: int | None = None
    seeders: int = 0
    leechers: int = 0
    added_at: datetime | None = None
    completed_at: datetime | None = None
    save_path: str | None = None
    fetch_commands: tuple[str, ...] = ()
    entries: tuple[TorrentEntryReply, ...] = ()
    owners: int = 1
    owner_names: tuple[str, ...] | None = None
    foreign: bool = False
    labels: tuple[str, ...] = ()
    error: str | None = None


@attrs.frozen(kw_only=True)
class TorrentFileReply:
    """One file of a torrent."""

    index: int
    path: str
    size: int
    done_bytes: int
    wanted: bool


@attrs.frozen(kw_only=True)
class TrackerReply:
    """One tracker of a torrent: *url* without what may be a secret.

    *seeders* and *leechers* are those in the whole swarm.
    """

    url: str
    state: Literal["working", "updating", "waiting", "error", "off"]
    message: str | None = None
    seeders: int | None = None
    leechers: int | None = None


@attrs.frozen(kw_only=True)
class PeerReply:
    """Somebody a torrent is connected to; *client* is the program by its own word."""

    address: str
    client: str
    progress: float
    down_rate: int
    up_rate: int


@attrs.frozen(kw_only=True)
class SpeedLimits:
    """The most bytes per second to receive and to send; null for no limit."""

    down: int | None
    up: int | None


@attrs.frozen(kw_only=True)
class TorrentDetailReply(TorrentReply):
    """One torrent in full; *limits* are those that this user wants.

    *fetch_problem* says why it has no *fetch_commands*, null if it has some.
    """

    files: tuple[TorrentFileReply, ...] = ()
    trackers: tuple[TrackerReply, ...] = ()
    peers: tuple[PeerReply, ...] = ()
    limits: SpeedLimits = SpeedLimits(down=None, up=None)
    fetch_problem: str | None = None


@attrs.frozen(kw_only=True)
class ClientReply:
    """A torrent client as the list saw it: *synced_at* is when it last answered."""

    name: str
    state: str
    synced_at: datetime | None = None


@attrs.frozen(kw_only=True)
class TorrentsReply:
    """The user's torrents, or with *full* false what changed among them.

    *removed* are the hashes of those that left the list since.  Asked with *revision*, the
    next call gives what changes from now on, and with *cursor* what follows on the list.
    """

    torrents: tuple[TorrentReply, ...]
    revision: int
    full: bool = True
    removed: tuple[str, ...] = ()
    clients: tuple[ClientReply, ...] = ()
    cursor: str | None = None


@attrs.frozen(kw_only=True)
class AddTorrentRequest:
    """A magnet link or an info hash, and what it is for if anything."""

    source: str
    client: str | None = None
    provider: str | None = None
    entry: str | None = None
    episode: int | None = None


@attrs.frozen(kw_only=True)
class FilesRequest:
    """Which files of a torrent to download: those with these indexes, and no others."""

    wanted: tuple[int, ...]


@attrs.frozen(kw_only=True)
class LabelsRequest:
    """All labels that the user wants a torrent to have."""

    labels: tuple[str, ...]
