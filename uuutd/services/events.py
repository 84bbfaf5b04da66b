"""What happens, told to the users whom it concerns."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from functools import cached_property

import attrs
import msgspec

from ..errors import Error
from ..wire import JobReply

KEPT = 200
"""How many past events can be resumed from."""
QUEUED = 100
"""How far a subscriber may fall behind before it is told to start over."""
LONGEST_NUMBER = 18
"""Digits of a number of an id."""

RESYNC = "resync"
TORRENTS = "torrents"

log = logging.getLogger("uuutd.events")


@attrs.frozen(slots=False)
class Event:
    """One thing that happened, told as *value*; *user_id* None means that it concerns all."""

    id: int
    name: str
    value: object
    user_id: int | None = None

    @cached_property
    def data(self) -> bytes:
        """What is told, as JSON; written once, and not at all if nobody watches."""
        return msgspec.json.encode(self.value)

    def concerns(self, user_id: int) -> bool:
        """Whether a user may see it."""
        return self.user_id is None or self.user_id == user_id

    @property
    def about(self) -> str | int:
        """What it tells the whole of: of two events about the same the newer one is enough."""
        return self.value.id if isinstance(self.value, JobReply) else self.id


@attrs.frozen
class Delta:
    """What changed among a user's torrents, as JSON, up to *revision*; None if nothing did."""

    revision: int
    data: bytes | None


@attrs.frozen
class Written:
    """An event about torrents, which was written for all watchers of a user together."""

    data: bytes
    name: str = TORRENTS


@attrs.frozen
class Place:
    """How far a watcher was told: all events up to one number, the torrents up to another.

    They differ, as changes among torrents are held back for a moment and other events are not.
    """

    events: int
    torrents: int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """Read the id of an event, or the revision of a list; None if it is neither."""
        first, dot, second = text.partition(".")
        numbers = (first, second if dot else first)
        if not all(n.isascii() and n.isdigit() and len(n) <= LONGEST_NUMBER for n in numbers):
            return None
        return cls(*map(int, numbers))

    def __str__(self) -> str:
        return f"{self.events}.{self.torrents}"


@attrs.frozen
class Told:
    """An event as it is told to one watcher; *id* is what they resume from."""

    id: str
    event: Event | Written

    @property
    def name(self) -> str:
        """What kind of event it is."""
        return self.event.name

    @property
    def data(self) -> bytes:
        """What is told, as JSON."""
        return self.event.data


class Sequence:
    """The numbers of events, and of the revisions of the lists of torrents.

    They go on over a restart: nobody takes a new daemon's for those that they know.
    """

    def __init__(self) -> None:
        self.last = time.time_ns() // 1_000

    def next(self) -> int:
        """Return the next number."""
        self.last += 1
        return self.last


class _Watcher:
    """One subscriber: what waits for it, and how far it has been told of the torrents.

    Of the torrents no events wait, only a mark that there is something to tell: whoever is
    slow gets more at a time, not more to wait for.
    """

    def __init__(self, user_id: int, told: int) -> None:
        self.user_id = user_id
        self.told = told
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUED)
        self.marked = False

    def put(self, event: Event) -> None:
        """Let *event* wait, or instead of all that waits the word to start over."""
        if self.queue.full():
            self._forget_overtaken(event)
        if self.queue.full():
            self.empty()
            self.start_over(event.id)
        else:
            self.queue.put_nowait(event)

    def _forget_overtaken(self, event: Event) -> None:
        """Forget what waits to be told of a job if there is newer of it, *event* perhaps."""
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        newest = {each.about: each.id for each in (*waiting, event) if each is not None}
        for each in waiting:
            if each is None or newest[each.about] == each.id:
                self.queue.put_nowait(each)

    def mark(self, number: int) -> None:
        """Note that there is something to tell of the torrents."""
        if not self.marked:
            self.marked = True
            self.put(Event(number, TORRENTS, None, self.user_id))

    def start_over(self, number: int) -> None:
        """Say that too much was missed, and tell all of the torrents."""
        self.queue.put_nowait(Event(number, RESYNC, {}, self.user_id))
        self.told, self.marked = 0, True
        self.queue.put_nowait(Event(number, TORRENTS, None, self.user_id))

    def empty(self) -> None:
        """Forget all that waits."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.marked = False


async def _nothing(_: int, since: int) -> Delta:
    return Delta(since, None)


class Events:
    """The one place where events are published and subscribed to.

    *on_watch* is called whenever somebody begins to watch.  *torrents* says what changed
    among a user's torrents since a revision: everything if it is too old.
    """

    def __init__(self, *, on_watch: Callable[[], None] = lambda: None) -> None:
        self.sequence = Sequence()
        self.on_watch = on_watch
        self.torrents: Callable[[int, int], Awaitable[Delta]] = _nothing
        self._past: deque[Event] = deque(maxlen=KEPT)
        self._watchers: set[_Watcher] = set()
        self._closed = False
        self._forgotten = self.sequence.last

    @property
    def watchers(self) -> int:
        """How many subscribers there are now."""
        return len(self._watchers)

    @property
    def watching(self) -> frozenset[int]:
        """The ids of the users who watch now."""
        return frozenset(watcher.user_id for watcher in self._watchers)

    def publish(self, name: str, data: object, *, user_id: int | None = None) -> None:
        """Tell *data*, a value of `uuutd.wire`, to a user or to all."""
        event = Event(self.sequence.next(), name, data, user_id)
        if len(self._past) == KEPT:
            self._forgotten = self._past[0].id
        self._past.append(event)
        for watcher in self._watchers:
            if event.concerns(watcher.user_id):
                watcher.put(event)

    def torrents_moved(self, users: Collection[int]) -> None:
        """Let those of *users* who watch be told what changed among their torrents."""
        for watcher in self._watchers:
            if watcher.user_id in users:
                watcher.mark(self.sequence.last)

    @asynccontextmanager
    async def subscribe(
        self, user_id: int, last_event_id: str | None
    ) -> AsyncIterator[AsyncIterator[Told]]:
        """Hand over what concerns a user, from now on or from after *last_event_id*.

        That is the id of an event, or the revision of a list of torrents.  A subscriber
        that cannot be given everything since then, or that falls behind, gets one ``resync``
        event, for which it should read everything again, and all torrents.
        """
        await self.torrents(user_id, self.sequence.last)  # from now on they are kept up to date
        watcher = _Watcher(user_id, self.sequence.last)
        missed: list[Event] = []
        place = None if last_event_id is None else Place.read(last_event_id)
        if place is not None and self._can_resume(place):
            missed = [e for e in self._past if e.id > place.events and e.concerns(user_id)]
            watcher.told = place.torrents
            watcher.mark(self.sequence.last)
        elif last_event_id is not None:
            watcher.start_over(self.sequence.last)
        self._watchers.add(watcher)
        self.on_watch()
        if self._closed:
            watcher.queue.put_nowait(None)
        try:
            yield self._stream(watcher, missed)
        finally:
            self._watchers.discard(watcher)

    def _can_resume(self, place: Place) -> bool:
        newest = self.sequence.last
        return self._forgotten <= place.events <= newest and place.torrents <= newest

    async def _stream(self, watcher: _Watcher, missed: Iterable[Event]) -> AsyncIterator[Told]:
        for each in missed:
            yield Told(str(Place(each.id, watcher.told)), each)
        while (event := await watcher.queue.get()) is not None:
            if event.name != TORRENTS:
                yield Told(str(Place(event.id, watcher.told)), event)
                continue
            watcher.marked = False
            try:
                delta = await self.torrents(watcher.user_id, watcher.told)
            except Error as error:  # the database, say: with the next change it is tried again
                log.info("what changed among the torrents is told later: %s", error)
                continue
            watcher.told = delta.revision
            if delta.data is not None:
                yield Told(str(Place(event.id, watcher.told)), Written(delta.data))

    def close(self) -> None:
        """End all subscriptions."""
        self._closed = True
        for watcher in self._watchers:
            watcher.empty()
            watcher.queue.put_nowait(None)
