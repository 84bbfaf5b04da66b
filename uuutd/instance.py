"""One live backend: its state, what it refuses, and how it mends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

import aiohttp
import attrs

from .backends import (
    Backend,
    CredentialRefresher,
    Host,
    ProgressWriter,
    RelationReader,
    TitleSearcher,
    TorrentFileFetcher,
)
from .breaker import Breaker, Patience, Schedule
from .config.model import SECTIONS, BackendTable
from .domain import Kind
from .errors import (
    BackendError,
    BadReply,
    Error,
    Invalid,
    LoginFailed,
    RateLimited,
    TimedOut,
    Unavailable,
)
from .guard import Guard, limit
from .metrics import BackendState, Metrics
from .tasks import Tasks
from .text import clean
from .threads import Threads
from .wire import AlarmReply, BackendReply

B = TypeVar("B", bound=Backend[Any])
T = TypeVar("T")

ABILITIES: Mapping[str, type] = MappingProxyType(
    {
        "set-progress": ProgressWriter,
        "refresh": CredentialRefresher,
        "titles": TitleSearcher,
        "relations": RelationReader,
        "fetch": TorrentFileFetcher,
    }
)
"""What a backend may be able to do beyond its kind, as the API calls it."""

LEVELS: Mapping[BackendState, int] = MappingProxyType(
    {
        "closed": logging.DEBUG,
        "opening": logging.DEBUG,
        "ready": logging.INFO,
        "down": logging.WARNING,
        "misconfigured": logging.ERROR,
        "disabled": logging.ERROR,
    }
)
LONGEST_VERSION = 80
AlarmCode = Literal["disk-full", "lost-state"]


@attrs.frozen(kw_only=True)
class Means:
    """What the daemon lends to every instance; *changed* hears of each change of state."""

    data_dir: Path
    http: aiohttp.ClientSession
    outside: aiohttp.ClientSession
    metrics: Metrics
    patience: Patience
    tasks: Tasks
    changed: Callable[["Instance[Any]"], None]


class Instance(Generic[B]):
    """One configured backend.

    *state* is ``closed``, ``opening``, ``ready``, ``down`` (probed by itself at
    *retry_at*, or earlier), ``misconfigured`` (waits for the administrator) or ``disabled``
    (its plugin does not work).  *problem* says why it is not well.
    """

    def __init__(self, table: BackendTable[B], means: Means) -> None:
        self.kind: Kind = table.kind
        self.name = table.name
        self.type = table.type
        self.state: BackendState = "closed"
        self.version: str | None = None
        self.problem: str | None = table.problem
        self.retry_at: datetime | None = None
        self.alarms: dict[AlarmCode, AlarmReply] = {}
        self._table = table
        self._means = means
        self._log = logging.getLogger(f"uuutd.{SECTIONS[self.kind]}.{self.name}")
        self._guard = Guard(self.kind, self.name, log=self._log, metrics=means.metrics)
        self._breaker = Breaker(means.patience)
        self._made: B | None = None
        self._backend: B | None = None
        self._settled = asyncio.Event()
        self._refusal: BackendError | None = None
        self._schedule = Schedule()
        self._hold_until = 0.0
        self._probing = asyncio.Lock()
        self._opening: asyncio.Task[None] | None = None
        self._mending: asyncio.Task[None] | None = None

    def supports(self, ability: type) -> bool:
        """Say whether the backend's class has *ability*; works before it is open."""
        return self._table.backend is not None and issubclass(self._table.backend, ability)

    async def call(
        self,
        operation: str,
        act: Callable[[B], Awaitable[T]],
        *,
        seconds: float | None = None,
    ) -> T:
        """Return what *act* makes of the backend.

        *operation* is the name of the method that *act* calls.  Raises only errors of
        `uuutd.errors`.  While the backend opens, the call waits for it inside of the same
        time limit; one that is known not to work is not asked at all.
        """
        left = limit(self.kind, operation) if seconds is None else seconds
        self.want()
        if self.state == "opening":
            left = await self._until_settled(operation, left)
        backend = self._admit(operation)
        try:
            result = await self._guard.run(operation, lambda: act(backend), seconds=left)
        except Error as error:
            self._failed(error)
            raise
        self._answered()
        return result

    def want(self) -> None:
        """Say that somebody waits: a torrent client that cannot be reached is probed sooner."""
        if self.state == "down":
            self._schedule.want()

    def reply(self) -> BackendReply:
        """Describe the instance as the API does."""
        return BackendReply(
            kind=self.kind,
            name=self.name,
            type=self.type,
            state=self.state,
            version=self.version,
            can=tuple(word for word, ability in ABILITIES.items() if self.supports(ability)),
            problem=self.problem,
            retry_at=self.retry_at,
            alarms=tuple(self.alarms.values()),
        )

    @property
    def settings(self) -> Any:
        """The backend's own settings, None if its plugin does not work."""
        return self._table.settings

    def alarm(self, code: AlarmCode, text: str | None) -> None:
        """Raise an alarm, or end it without a *text*; whoever listens is told of a change."""
        raised = self.alarms.get(code)
        if (raised.text if raised else None) == text:
            return
        self._means.metrics.backend_alarm.labels(self.kind, self.name, code).set(text is not None)
        if text is None:
            del self.alarms[code]
            self._log.warning("%s %s: %s is over", self.kind, self.name, code)
        else:
            since = raised.since if raised else datetime.now(UTC)
            self.alarms[code] = AlarmReply(code=code, text=text, since=since)
            if raised is None:
                self._log.error("%s %s: %s", self.kind, self.name, text)
        self._means.changed(self)

    # --- its life ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to open the backend in the background; what fails is noted, not raised."""
        if self._table.backend is None:
            self._move("disabled", self._table.problem)
            return
        self._move("opening")
        self._opening = self._means.tasks.spawn(self._probe(), name=f"open {self.kind} {self.name}")

    async def opened(self) -> None:
        """Wait until `start` has done what it could."""
        if self._opening is not None:
            await self._opening

    async def try_again(self) -> None:
        """Forget all failures and probe: the administrator says that it is mended."""
        if self.state == "closed" or self._table.backend is None:
            return
        self._breaker.reset()
        self._hold_until = 0.0
        self._refusal = None
        await self._probe()

    async def close(self) -> None:
        """Close the backend, whatever its state."""
        await self._let_go()
        self._move("closed")

    async def _probe(self, *, early: bool = False) -> None:
        """Ask the service how it is, after opening the backend if it is not open."""
        async with self._probing:
            backend = self._backend or await self._open(early=early)
            if backend is None:
                return
            try:
                version = await self._guard.run("check", backend.check)
            except Error as error:
                self._failed(error, probe=True, early=early)
            else:
                self.version = clean(str(version), LONGEST_VERSION)
                self._answered(probe=True)

    async def _open(self, *, early: bool) -> B | None:
        made = self._made = self._make()
        try:
            if made is not None:
                await self._guard.run("open", made.open)
                self._backend = made
        except Error as error:
            await self._let_go()
            if isinstance(error, LoginFailed) or not isinstance(error, BackendError):
                self._refuse(error)
            else:
                self._breaker.failed(probe=not early)
                self._go_down(error, early=early)
        finally:
            self._settled.set()
        return self._backend

    def _make(self) -> B | None:
        folder = self._means.data_dir / "backends" / self.kind / self.name
        try:
            for path in reversed((folder, *folder.parents[:2])):
                path.mkdir(mode=0o700, exist_ok=True)
            host = Host(
                instance=self.name,
                data_dir=folder,
                http=self._means.http,
                outside=self._means.outside,
                log=self._log,
                in_thread=Threads(self.name),
            )
            assert self._table.backend is not None  # noqa: S101 - else it is never started
            return self._table.backend(self._table.settings, host)
        except Exception as error:  # noqa: BLE001 - a plugin's constructor may raise anything
            self._log.exception("%s %s cannot be made", self.kind, self.name)
            self._move("disabled", f"it cannot be made: {type(error).__name__}: {error}")
            return None

    async def _let_go(self) -> None:
        made, self._made, self._backend = self._made, None, None
        if made is None:
            return
        try:
            await self._guard.run("close", made.close)
        except Error as error:
            self._log.warning("closing failed: %s", error)

    async def _mend(self) -> None:
        while self.state == "down":
            early = await self._schedule.until_due()
            if self.state == "down":  # a call may have come through meanwhile
                await self._probe(early=early)

    # --- before a call ----------------------------------------------------------------------

    async def _until_settled(self, operation: str, seconds: float) -> float:
        """Wait until opening has ended one way or the other; return the seconds that are left."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(seconds):
                await self._settled.wait()
        except TimeoutError as error:
            raise TimedOut(
                f"{self.kind} {self.name} is still starting",
                backend=self.name,
                operation=operation,
            ) from error
        return max(seconds - (clock() - started), 1.0)

    def _admit(self, operation: str) -> B:
        """Return the backend if it may be asked now, else raise why not."""
        now = asyncio.get_running_loop().time()
        named: dict[str, Any] = {"backend": self.name, "operation": operation}
        if self._refusal is not None:
            error = self._refusal
            raise type(error)(error.detail, hint=error.hint, **named)
        if self._backend is None or self._breaker.open:
            raise Unavailable(
                f"{self.kind} {self.name} is not available: {self.problem or self.state}",
                retry_after=self._schedule.left_if_wanted if self.state == "down" else None,
                **named,
            )
        if (wait := self._hold_until - now) > 0:
            raise RateLimited(
                f"{self.kind} {self.name} asks us to wait {wait:.0f} s more",
                retry_after=wait,
                **named,
            )
        return self._backend

    # --- after a call -----------------------------------------------------------------------

    def _answered(self, *, probe: bool = False) -> None:
        if self._refusal is not None or self.state in ("closed", "disabled"):
            return
        self._breaker.succeeded(probe=probe)
        self._move("ready")

    def _failed(self, error: Error, *, probe: bool = False, early: bool = False) -> None:
        """Draw the consequences; an error that is the user's own shows that the service works."""
        if isinstance(error, LoginFailed):
            self._refuse(error)
        elif isinstance(error, RateLimited):
            self._hold(error)
        elif isinstance(error, Unavailable | TimedOut | BadReply):
            late = self._breaker.open and not probe
            self._breaker.failed(probe=probe and not early)
            unreachable = probe or isinstance(error, Unavailable)
            if not late and (unreachable or self._breaker.open):
                self._go_down(error, early=early)
        elif probe or not isinstance(error, Invalid):
            self._answered(probe=probe)

    def _refuse(self, error: Error) -> None:
        if not isinstance(error, LoginFailed):
            error = Unavailable(error.detail, hint=error.hint)
        self._refusal = error
        self._move("misconfigured", error.detail)

    def _hold(self, error: RateLimited) -> None:
        wait = min(max(error.retry_after or 0.0, 0.0), self._means.patience.longest)
        self._answered()
        self._hold_until = asyncio.get_running_loop().time() + wait
        if self.state == "ready" and wait:
            self._move("ready", error.detail, wait)

    def _go_down(self, error: BackendError, *, early: bool = False) -> None:
        """Wait for a probe; one that was *early* and met the same changes nothing.

        A torrent client of the administrator's that cannot be reached, after a restart say, is
        not harmed by being asked more often.  Whatever answered, or did not in time, may be.
        """
        if self.state == "closed" or self._refusal is not None:
            return
        patience = self._means.patience
        unreachable = isinstance(error, Unavailable) and error.retry_after is None
        soon = patience.soon if self.kind == "client" and unreachable else None
        self._schedule.failed(soon)
        if not early or soon is None:
            wait = max(self._breaker.wait, error.retry_after or 0.0)
            self._schedule.put_off(min(wait, patience.longest))
        self._move("down", error.detail, self._schedule.left)
        if self._mending is None or self._mending.done():
            name = f"mend {self.kind} {self.name}"
            self._mending = self._means.tasks.spawn(self._mend(), name=name)

    def _move(
        self, state: BackendState, problem: str | None = None, wait: float | None = None
    ) -> None:
        before, told = self.state, self.problem
        self.state, self.problem = state, problem
        self.retry_at = None if wait is None else datetime.now(UTC) + timedelta(seconds=wait)
        if before != state:
            self._means.metrics.set_backend_state(self.kind, self.name, state)
            self._log.log(
                LEVELS[state],
                "%s %s is %s%s",
                self.kind,
                self.name,
                state,
                f": {problem}" if problem else "",
            )
        if before != state or told != problem:
            self._means.changed(self)
