"""What the keys do where jobs are listed, and where one is shown."""

import functools
from collections.abc import Awaitable, Callable, Mapping

from ..remote import Remote
from ..terminal.cells import Symbols
from ..wire import JobReply
from .keys import Action
from .screens.activity import Activity
from .screens.job import Job
from .shell import Shell
from .state import Said, State

NONE_HERE = Said("there is no job here to do that to")


class JobDesk:
    """Carries out what is asked for in the view *activity* and in those opened from it."""

    def __init__(
        self,
        shell: Shell,
        state: State,
        symbols: Symbols,
        activity: Activity,
        remote: Remote,
        follow: Callable[[JobReply], Awaitable[None]],
    ) -> None:
        self._shell = shell
        self._state = state
        self._symbols = symbols
        self._activity = activity
        self._remote = remote
        self._follow = follow
        self.handlers: Mapping[Action, Callable[[], object]] = {
            Action.OPEN: self._open,
            Action.RETRY: self._retry,
            Action.CANCEL: self._cancel,
            Action.REFRESH: lambda: shell.do("jobs", self._read),
        }

    def _focused(self) -> JobReply | None:
        view = self._shell.view()
        return view.focused() if isinstance(view, Activity | Job) else None

    def _open(self) -> None:
        job = self._focused()
        if job is not None:
            self._shell.open(Job(self._state, self._symbols, job.id))

    def _retry(self) -> None:
        job = self._focused()
        if job is None:
            self._shell.apply(NONE_HERE)
        elif job.state != "failed":
            self._shell.apply(Said(f"retry: this job is {job.state}, it has not failed"))
        else:
            self._shell.do("retry", functools.partial(self._ask, self._remote.retry, job))

    def _cancel(self) -> None:
        job = self._focused()
        if job is None:
            self._shell.apply(NONE_HERE)
        elif job.state != "running":
            self._shell.apply(Said(f"cancel: this job is {job.state} already"))
        else:
            self._shell.do("cancel", functools.partial(self._ask, self._remote.cancel, job))

    async def _ask(self, ask: Callable[[str], Awaitable[JobReply]], job: JobReply) -> None:
        now = await ask(job.id)
        self._shell.apply(now)
        if now.state == "cancelled":
            undone = "undone: it is back on your list" if job.kind == "remove" else "cancelled"
            self._shell.apply(Said(undone, "good"))
            self._shell.apply(await self._remote.torrents())
        else:
            await self._follow(now)

    async def _read(self) -> None:
        self._shell.apply(await self._remote.jobs())
        self._shell.apply(Said("read everything again", "good"))
