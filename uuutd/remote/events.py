"""The daemon's event stream: Server-Sent Events, read and kept going."""

import asyncio
import contextlib
import math
import random
from collections.abc import AsyncGenerator, Iterator

import attrs

from ..wire import JobReply, TorrentsEvent
from .errors import BadAnswer, ProblemError, RemoteError, Unreachable
from .transport import Call, Transport

LARGEST_EVENT = 16 * 1024 * 1024
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LIVED = 10.0  # seconds after which the end of a stream is no breakdown


@attrs.frozen
class StreamUp:
    """The stream is there; what changed while it was away follows by itself."""


@attrs.frozen
class StreamDown:
    """The stream broke because of *error*; the next try is in *retry_in* seconds."""

    error: RemoteError
    retry_in: float


@attrs.frozen
class WatchlistChanged:
    """The user's watchlist is not what it was: read it again."""


@attrs.frozen
class BackendsChanged:
    """A backend is in another state than before."""


@attrs.frozen
class Resync:
    """Too much was missed to be sent: read everything again."""


Event = (
    Resync | StreamUp | StreamDown | TorrentsEvent | JobReply | WatchlistChanged | BackendsChanged
)


@attrs.frozen
class Message:
    """One message of the stream as it was sent."""

    name: str
    data: str
    id: str | None


class _Closed(Unreachable):
    """The stream ended as it should: nothing broke, and nobody fell silent."""


class Reader:
    """Cuts a stream of bytes into messages, as the HTML standard describes the format.

    https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._name = ""
        self._data: list[str] = []
        self._id: str | None = None

    def feed(self, piece: bytes) -> Iterator[Message]:
        """Take *piece*, and give the messages that it completes.  Raises `BadAnswer`."""
        self._rest += piece
        if len(self._rest) > LARGEST_EVENT:
            raise BadAnswer(f"an event of more than {LARGEST_EVENT >> 20} MiB")
        # A line may end with \r\n; while its second half is missing, the line is not over.
        whole, newline, rest = self._rest.rpartition(b"\n")
        self._rest = rest if newline else bytearray(whole + rest)
        if newline:
            for line in bytes(whole).split(b"\n"):
                message = self._line(line.removesuffix(b"\r").decode("utf-8", "replace"))
                if message is not None:
                    yield message

    def _line(self, line: str) -> Message | None:
        if not line:
            return self._complete()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _complete(self) -> Message | None:
        name, data = self._name or "message", self._data
        self._name, self._data = "", []
        return Message(name, "\n".join(data), self._id) if data else None


async def follow(transport: Transport) -> AsyncGenerator[Event, None]:
    """Give the user's events for ever, connecting again with growing pauses after a break.

    The daemon ends a stream when the token it was opened with is over: after one that lived
    the next try is at once, and only that one's failure is a break.

    Raises what makes another try pointless: `LoginNeeded`, `BadAnswer`, and a problem that
    does not go away by itself, such as a daemon without this call.
    """
    pause = FIRST_PAUSE
    last_id: str | None = None
    clock = asyncio.get_running_loop().time
    while True:
        opened = math.inf
        try:
            async with contextlib.aclosing(_messages(transport, last_id)) as messages:
                async for message in messages:
                    pause = FIRST_PAUSE
                    if message is None:
                        opened = clock()
                        yield StreamUp()
                        continue
                    last_id = message.id or last_id
                    event = _event(transport, message)
                    if event is not None:
                        yield event
        except (Unreachable, ProblemError) as error:
            if isinstance(error, ProblemError) and not _passes(error):
                raise
            if isinstance(error, _Closed) and clock() - opened > LIVED:
                continue
            wait = max(error.retry_after or 0, pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads the load
            yield StreamDown(error, wait)
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _messages(
    transport: Transport, last_id: str | None
) -> AsyncGenerator[Message | None, None]:
    """Give None once the stream is open, then its messages; its end is `_Closed`."""
    headers = {"Accept": "text/event-stream"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    reader = Reader()
    async with transport.stream(Call(method="GET", path="events", headers=headers)) as pieces:
        yield None
        async for piece in pieces:
            for message in reader.feed(piece):
                yield message
    raise _Closed(f"{transport.server} closed the event stream")


def _event(transport: Transport, message: Message) -> Event | None:
    """Read one message; None for a kind that is not known here."""
    match message.name:
        case "torrents":
            return transport.decode(message.data.encode(), TorrentsEvent)
        case "job":
            return transport.decode(message.data.encode(), JobReply)
        case "watchlist":
            return WatchlistChanged()
        case "resync":
            return Resync()
        case "backend":
            return BackendsChanged()
        case _:
            return None


def _passes(error: ProblemError) -> bool:
    return error.problem.status == 429 or error.problem.status >= 500
