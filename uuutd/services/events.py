"""What happens, told to the users whom it concerns."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import cached_property

import attrs
import msgspec

KEPT = 200
"""How many past events can be resumed from."""
QUEUED = 100
"""How far a subscriber may fall behind before it is told to start over."""


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


RESYNC = "resync"


class Events:
    """The one place where events are published and subscribed to.

    *on_watch* is called whenever somebody begins to watch.
    """

    def __init__(self, *, on_watch: Callable[[], None] = lambda: None) -> None:
        # Numbers go on over a restart: nobody takes the new daemon's for those they know.
        self._last = time.time_ns() // 1_000
        self.on_watch = on_watch
        self._past: deque[Event] = deque(maxlen=KEPT)
        self._queues: dict[asyncio.Queue[Event | None], int] = {}
        self._closed = False

    @property
    def watchers(self) -> int:
        """How many subscribers there are now."""
        return len(self._queues)

    def publish(self, name: str, data: object, *, user_id: int | None = None) -> None:
        """Tell *data*, a value of `uuutd.wire`, to a user or to all."""
        self._last += 1
        event = Event(self._last, name, data, user_id)
        self._past.append(event)
        for queue, owner in self._queues.items():
            if event.concerns(owner):
                self._put(queue, event)

    @staticmethod
    def _put(queue: asyncio.Queue[Event | None], event: Event) -> None:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            event = Event(event.id, RESYNC, {}, event.user_id)
        queue.put_nowait(event)

    @asynccontextmanager
    async def subscribe(
        self, user_id: int, last_event_id: int | None
    ) -> AsyncIterator[AsyncIterator[Event]]:
        """Hand over what concerns a user, from now on or from after *last_event_id*.

        A subscriber that cannot be given everything since then, or that falls behind,
        gets one ``resync`` event: it should read the full state again.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUED)
        missed = self._missed(user_id, last_event_id)
        self._queues[queue] = user_id
        self.on_watch()
        if self._closed:
            queue.put_nowait(None)
        try:
            yield _stream(missed, queue)
        finally:
            del self._queues[queue]

    def _missed(self, user_id: int, last_event_id: int | None) -> list[Event]:
        if last_event_id is None or last_event_id == self._last:
            return []
        oldest = self._past[0].id if self._past else self._last + 1
        if last_event_id > self._last or last_event_id < oldest - 1:
            return [Event(self._last, RESYNC, {}, user_id)]
        return [e for e in self._past if e.id > last_event_id and e.concerns(user_id)]

    def close(self) -> None:
        """End all subscriptions."""
        self._closed = True
        for queue in self._queues:
            while queue.full():
                queue.get_nowait()
            queue.put_nowait(None)


async def _stream(
    missed: Iterable[Event], queue: asyncio.Queue[Event | None]
) -> AsyncIterator[Event]:
    for event in missed:
        yield event
    while (following := await queue.get()) is not None:
        yield following
