"""What the user can have done about a card: each asks the daemon, and tells the state."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

from ..remote import LoginNeeded, Remote, RemoteError
from ..terminal import words
from ..wire import DownloadRequest, JobReply, ProgressRequest, ReleaseReply
from .state import Asked, Card, Event, Found, Said, Searching, Seen, State

LOOK_EVERY = 1.0


class Actions:
    """Works on *remote*, reads *state* and changes it through *apply*."""

    def __init__(self, remote: Remote, state: State, apply: Callable[[Event], None]) -> None:
        self._remote = remote
        self._state = state
        self._apply = apply
        self._busy: set[str] = set()

    async def next_step(self, card: Card) -> None:
        """Do what the card's badge calls for."""
        entry, job = card.entry, card.job
        if job is not None and job.state == "running":
            self._apply(job)
        elif job is not None and job.state == "failed" and _has_release(job):
            await self._once(entry.work, lambda: self._remote.retry(job.id))
        elif (job is not None and job.state == "failed") or entry.state in (
            "ready",
            "none",
            "late",
        ):
            await self.get(card)
        else:
            self._apply(Asked(entry.work))

    async def get(self, card: Card, release: ReleaseReply | None = None) -> None:
        """Get the next episode, from *release* if one is named, even if that breaks a rule."""
        request = DownloadRequest(
            entry=card.entry.id,
            provider=card.entry.provider,
            episode=card.entry.next_episode,
            release=None if release is None else release.id,
            force=release is not None and bool(release.rejections),
        )
        key = uuid.uuid4().hex
        await self._once(
            card.entry.work, lambda: self._remote.download(request, key=key, wait=False)
        )

    async def _once(self, work: str, start: Callable[[], Awaitable[JobReply]]) -> None:
        """Start a job, unless one is being started for the same show, and follow it."""
        if work in self._busy:
            self._apply(Said("already at it", "busy"))
            return
        self._busy.add(work)
        try:
            job = await start()
        finally:
            self._busy.discard(work)
        self._apply(job)
        await self.follow(job)

    async def follow(self, job: JobReply) -> None:
        """Look at *job* until it has ended: the event stream may be away, or late."""
        while job.state == "running":
            await asyncio.sleep(LOOK_EVERY)
            now = await self._remote.job(job.id)
            if now != job:
                self._apply(now)
            job = now
        self._apply(await self._remote.torrents())
        self._apply(await self._remote.watchlist())

    async def watched(self, card: Card) -> None:
        """Mark the next episode as watched, unless the list has moved on since it was read."""
        entry = card.entry
        self._apply(await self._remote.watchlist())
        now = self._state.card(entry.work)
        if now is None or now.entry.progress != entry.progress:
            self._apply(Said("the list has changed meanwhile: look, and press + again", "bad"))
            return
        if entry.next_episode is None:
            self._apply(Said("all episodes are watched already"))
            return
        request = ProgressRequest(
            entry=entry.id, episode=entry.next_episode, provider=entry.provider
        )
        marked = await self._remote.progress(request)
        self._apply(Seen(marked.entry))
        later = f"; {entry.provider} is told as soon as it answers" if marked.queued else ""
        name = words.title(entry.title)
        self._apply(Said(f"{name}: ep {entry.next_episode} is watched{later}", "good"))
        self._apply(await self._remote.watchlist())

    async def search(self, card: Card) -> None:
        """Look for the releases of the next episode."""
        entry = card.entry
        self._apply(Searching(entry.work))
        try:
            found = await self._remote.releases(entry.provider, entry.id, entry.next_episode)
        except LoginNeeded:
            raise
        except RemoteError as error:
            self._apply(Found(entry.work, error))
        else:
            self._apply(Found(entry.work, found))


def _has_release(job: JobReply) -> bool:
    """Tell whether *job* came as far as to choose; if not, another try searches anew."""
    return any(step.name == "choose" and step.state == "done" for step in job.steps)
