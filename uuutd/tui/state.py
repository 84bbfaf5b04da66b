"""Everything that the screen shows, in one place.  Only `State.apply` changes it."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import attrs

from ..remote import RemoteError, StreamDown, StreamUp
from ..terminal.words import Tone, arrived
from ..wire import (
    AboutReply,
    ChoiceReply,
    ClientReply,
    EntryReply,
    JobReply,
    JobsReply,
    MeReply,
    TorrentDetailReply,
    TorrentReply,
    TorrentsEvent,
    TorrentsReply,
    WatchlistReply,
)

Link = Literal["connecting", "live", "polling", "offline"]

ORDER = {
    "ready": 0,
    "downloading": 1,
    "on_disk": 2,
    "late": 3,
    "unaired": 4,
    "none": 5,
    "done": 6,
}
MOST_JOBS = 500
FAR = datetime.max.replace(tzinfo=UTC)


@attrs.frozen
class Said:
    """A text for the message line; the empty one clears it.

    With *until_up* it is about a daemon that does not answer, and goes when it does again.
    """

    text: str
    tone: Tone = "plain"
    until_up: bool = False


@attrs.frozen
class Asked:
    """Somebody wants to know how the show *work* stands: the message line follows it."""

    work: str


@attrs.frozen
class Polling:
    """The daemon answers, but there are no events: the screen asks now and then."""


@attrs.frozen
class Waited:
    """For so many *seconds* a call has had no answer, 0 if there is none."""

    seconds: float


@attrs.frozen
class Sorted:
    """The cards may move to where they belong."""


@attrs.frozen
class Searching:
    """The releases of an episode of *work* are being looked for."""

    work: str


@attrs.frozen
class Found:
    """What the search for an episode of *work* came to."""

    work: str
    choice: ChoiceReply | RemoteError


@attrs.frozen
class Detailed:
    """A torrent in full, or why that could not be read."""

    torrent: str
    detail: TorrentDetailReply | RemoteError


@attrs.frozen
class Seen:
    """The entry as it is after an episode was marked as watched."""

    entry: EntryReply


Event = (
    AboutReply
    | Asked
    | Detailed
    | Found
    | JobReply
    | JobsReply
    | MeReply
    | Polling
    | Said
    | Searching
    | Seen
    | Sorted
    | StreamDown
    | StreamUp
    | TorrentsEvent
    | TorrentsReply
    | Waited
    | WatchlistReply
)


@attrs.frozen
class Card:
    """A show with what belongs to it: the torrent of its next episode, and the last job."""

    entry: EntryReply
    torrent: TorrentReply | None
    job: JobReply | None


@attrs.define
class State:
    """What is known of the daemon at *server*; read it, but change it only with `apply`."""

    server: str
    link: Link = "connecting"
    trouble: RemoteError | None = None
    retry_at: datetime | None = None
    waited: float = 0.0
    user: MeReply | None = None
    watchlist: WatchlistReply | None = None
    order: tuple[str, ...] = ()
    choices: dict[str, ChoiceReply | RemoteError | None] = attrs.field(factory=dict)
    message: Said | Asked | JobReply = Said("")
    version: str | None = None
    revision: int | None = None
    torrents: dict[str, TorrentReply] = attrs.field(factory=dict)
    torrents_read: bool = False
    changes: int = 0  # of torrents, so that a view knows whether to look at all of them again
    clients: tuple[ClientReply, ...] = ()
    detail: Detailed | None = None
    jobs: dict[str, JobReply] = attrs.field(factory=dict)
    jobs_read: bool = False
    rates: tuple[int, int] = (0, 0)  # how fast all torrents together come in and go out
    _skew: timedelta = timedelta()
    _entries: dict[str, EntryReply] = attrs.field(factory=dict)
    _latest: dict[tuple[str, str], JobReply] = attrs.field(factory=dict)

    # --- reading

    def now(self) -> datetime:
        """Return the time on the daemon's clock."""
        return datetime.now(UTC) + self._skew

    def card(self, work: str) -> Card | None:
        """Return the show *work* as it is at this moment."""
        entry = self._entries.get(work)
        if entry is None:
            return None
        job = self._latest.get((entry.provider, entry.id))
        if job is not None and job.episode is not None and job.episode != entry.next_episode:
            job = None
        torrent = self.torrents.get(entry.torrent or (job.torrent if job else None) or "")
        return Card(_advanced(entry, torrent), torrent, job)

    def watched(self, torrent: TorrentReply) -> bool:
        """Tell whether all episodes that *torrent* serves have been watched."""
        served = [(self._entries.get(each.work), each.episode) for each in torrent.entries]
        return bool(served) and all(
            entry is not None and entry.progress >= episode for entry, episode in served
        )

    def unsorted(self) -> bool:
        """Tell whether some card is not where it belongs."""
        return self.order != self._by_rank()

    # --- changing

    def apply(self, event: Event) -> None:
        """Take *event* in."""
        match event:
            case WatchlistReply():
                self._take_watchlist(event)
            case TorrentsReply():
                self.torrents_read = True
                self.clients = event.clients or self.clients
                self.revision = event.revision if event.full else self.revision
                self._take_torrents(event)
            case TorrentsEvent():
                self._take_torrents(event)
            case JobsReply():
                self.jobs_read = True
                for job in reversed(event.jobs):
                    self._take_job(job)
            case JobReply():
                self._take_job(event)
                self.message = event if event.kind == "get" else self.message
            case AboutReply() | MeReply() | Polling() | StreamDown() | StreamUp():
                self._take_connection(event)
            case _:
                self._take_action(event)

    def _take_action(
        self, event: Asked | Detailed | Found | Said | Searching | Seen | Sorted | Waited
    ) -> None:
        """Take in what the user did, and what came of it."""
        match event:
            case Detailed():
                self.detail = event
            case Said() | Asked():
                self.message = event
            case Searching():
                self.choices[event.work] = None
            case Found():
                self.choices[event.work] = event.choice
            case Seen():
                self._entries[event.entry.work] = event.entry
            case Sorted():
                self.order = self._by_rank()
            case Waited():
                self.waited = event.seconds

    def _take_connection(
        self, event: AboutReply | MeReply | Polling | StreamDown | StreamUp
    ) -> None:
        """Take in how the daemon is, and who asks."""
        match event:
            case AboutReply():
                self.version = event.version
                self._skew = event.time - datetime.now(UTC)
            case MeReply():
                self.user = event
            case StreamDown():
                self.link, self.trouble = "offline", event.error
                self.retry_at = self.now() + timedelta(seconds=event.retry_in)
            case StreamUp() | Polling():
                self._take_answer(live=isinstance(event, StreamUp))

    def _take_answer(self, *, live: bool) -> None:
        """Take in that the daemon answers; with events, perhaps one that counts from anew."""
        self.link = "live" if live else "polling"
        self.trouble = self.retry_at = None
        if live:
            self.revision = None
        if isinstance(self.message, Said) and self.message.until_up:
            self.message = Said("")

    def _take_watchlist(self, watchlist: WatchlistReply) -> None:
        first = self.watchlist is None
        self.watchlist = watchlist
        # A show on two lists is one card; what stands first counts.
        self._entries = {entry.work: entry for entry in reversed(watchlist.entries)}
        kept = [work for work in self.order if work in self._entries]
        new = [work for work in self._by_rank() if work not in set(kept)]
        self.order = self._by_rank() if first else (*kept, *new)

    def _take_torrents(self, event: TorrentsEvent | TorrentsReply) -> None:
        if self.revision is not None and event.revision < self.revision and not event.full:
            return  # sent before what was read since
        if event.full:
            self.torrents.clear()
        self.torrents.update((torrent.hash, torrent) for torrent in event.torrents)
        for removed in event.removed:
            self.torrents.pop(removed, None)
        self.revision = event.revision
        self.changes += 1
        known = self.torrents.values()
        self.rates = sum(t.down_rate for t in known), sum(t.up_rate for t in known)

    def _take_job(self, job: JobReply) -> None:
        self.jobs[job.id] = job
        if len(self.jobs) > MOST_JOBS:
            self.jobs.pop(min(self.jobs.values(), key=lambda each: each.created_at).id)
        if job.kind == "get" and job.provider and job.entry:
            self._latest[job.provider, job.entry] = job

    def _by_rank(self) -> tuple[str, ...]:
        cards = filter(None, map(self.card, self._entries))
        return tuple(card.entry.work for card in sorted(cards, key=_rank))


def _rank(card: Card) -> tuple[int, datetime, str]:
    entry = card.entry
    return ORDER[entry.state], entry.airs_at or FAR, (entry.title.romaji or "").casefold()


def _advanced(entry: EntryReply, torrent: TorrentReply | None) -> EntryReply:
    """Return *entry* in the state that its *torrent* has reached since the list was read."""
    if torrent is None or entry.next_episode is None or entry.state in ("done", "unaired"):
        return entry
    state: Literal["on_disk", "downloading"] = "on_disk" if arrived(torrent) else "downloading"
    return attrs.evolve(entry, state=state, torrent=torrent.hash)
