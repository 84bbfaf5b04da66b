"""What the user can have done about torrents: one or many, and some of it can be undone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import attrs

from ..remote import LoginNeeded, ProblemError, Remote, RemoteError, Unreachable
from ..wire import AddTorrentRequest, JobReply, SpeedLimits, TorrentDetailReply, TorrentReply
from .state import Detailed, Event, Said, State
from .trouble import plain
from .undo import Undo, Undos

AT_ONCE = 8  # calls of one bulk action
UNDO_SECONDS = 10  # how long the daemon waits before it carries out a removal

Ask = Callable[[TorrentReply], Awaitable[object]]


@attrs.define
class Batch:
    """Something to do to each of *torrents*; done again it goes on with what is missing.

    *ended* is called when it has been tried with each.
    """

    torrents: Sequence[TorrentReply]
    done: str
    ask: Ask
    ended: Callable[[], object] = lambda: None
    succeeded: list[TorrentReply] = attrs.field(factory=list)
    failed: dict[str, RemoteError] = attrs.field(factory=dict)


class TorrentActions:
    """Works on *remote*, reads *state* and changes it through *apply*."""

    def __init__(
        self, remote: Remote, state: State, apply: Callable[[Event], None], undos: Undos
    ) -> None:
        self._remote = remote
        self._state = state
        self._apply = apply
        self._undos = undos

    # --- many

    async def carry_out(self, batch: Batch) -> None:
        """Do it to each; those that fail do not keep it from the others."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(torrent: TorrentReply) -> None:
            async with gate:
                try:
                    await batch.ask(torrent)
                except LoginNeeded:
                    raise
                except RemoteError as error:
                    batch.failed[torrent.hash] = error
                else:
                    batch.succeeded.append(torrent)

        over = {torrent.hash for torrent in batch.succeeded} | batch.failed.keys()
        waiting = [one(torrent) for torrent in batch.torrents if torrent.hash not in over]
        _raise_first(await asyncio.gather(*waiting, return_exceptions=True))
        batch.ended()
        self._apply(summary(batch))

    def pausing(self, torrents: Sequence[TorrentReply], *, pause: bool) -> Batch:
        """Return what pauses *torrents*, or lets them go on."""
        remote = self._remote

        async def ask(torrent: TorrentReply) -> None:
            await (remote.pause if pause else remote.resume)(torrent.hash)

        return Batch(torrents, "paused" if pause else "resumed", ask)

    def checking(self, torrents: Sequence[TorrentReply]) -> Batch:
        """Return what verifies the files of *torrents*."""
        return Batch(torrents, "verifying", lambda t: self._remote.recheck(t.hash))

    def labelling(self, torrents: Sequence[TorrentReply], labels: tuple[str, ...]) -> Batch:
        """Return what gives *torrents* these labels and no others."""
        return Batch(torrents, "labelled", lambda t: self._remote.label(t.hash, labels))

    def labelling_back(self, torrents: Sequence[TorrentReply]) -> Batch:
        """Return what gives *torrents* the labels that they have at this moment."""
        ask: Ask = lambda t: self._remote.label(t.hash, t.labels)  # noqa: E731 - as beside it
        return Batch(torrents, "labelled as before", ask)

    def limiting(
        self, torrents: Sequence[TorrentReply], limits: SpeedLimits, before: dict[str, SpeedLimits]
    ) -> Batch:
        """Return what limits *torrents*; what their limits were is put into *before*."""

        async def ask(torrent: TorrentReply) -> None:
            before[torrent.hash] = (await self._remote.torrent(torrent.hash)).limits
            await self._remote.limit(torrent.hash, limits)

        return Batch(torrents, "limited", ask)

    def limiting_back(
        self, torrents: Sequence[TorrentReply], before: dict[str, SpeedLimits]
    ) -> Batch:
        """Return what puts the limits of *torrents* back to what they were *before*."""
        ask: Ask = lambda t: self._remote.limit(t.hash, before[t.hash])  # noqa: E731 - ditto
        return Batch(torrents, "limited as before", ask)

    async def reversible(
        self, batch: Batch, back: Callable[[Sequence[TorrentReply]], Batch]
    ) -> None:
        """Do *batch*, and remember what takes it *back*."""
        await self.carry_out(batch)
        undone = tuple(batch.succeeded)
        if undone:
            text = f"{batch.done} {_count(undone)}"
            self._undos.push(Undo(text, lambda: self.carry_out(back(undone))))

    # --- removal

    async def remove(self, batch: Batch, jobs: dict[str, JobReply], *, files: bool) -> None:
        """Carry out *batch*, which fills *jobs*, and say how it can be undone."""
        await self.carry_out(batch)
        waiting = [jobs[torrent.hash] for torrent in batch.succeeded if torrent.hash in jobs]
        if not waiting:
            return
        for job in waiting:
            self._apply(job)
        until = self._state.now() + timedelta(seconds=UNDO_SECONDS)
        self._undos.push(Undo("removal", lambda: self._cancel(waiting), until))
        if not batch.failed:
            fate = "FILES go too" if files else "files stay"
            text = f"u undoes it for {UNDO_SECONDS} s: removed, {fate}: {_count(batch.succeeded)}"
            self._apply(Said(text, "good"))

    def removing(
        self, torrents: Sequence[TorrentReply], jobs: dict[str, JobReply], *, files: bool
    ) -> Batch:
        """Return what removes *torrents*; the jobs are put into *jobs*."""

        async def ask(torrent: TorrentReply) -> None:
            jobs[torrent.hash] = await self._remote.remove(torrent.hash, delete_files=files)

        return Batch(torrents, "removed", ask)

    async def _cancel(self, jobs: Sequence[JobReply]) -> None:
        """Cancel all of *jobs*; one that cannot be does not keep it from the others."""
        problems: list[ProblemError] = []
        for job in jobs:
            try:
                self._apply(await self._remote.cancel(job.id))
            except ProblemError as error:
                problems.append(error)
        self._apply(await self._remote.torrents())
        done = len(jobs) - len(problems)
        text = "undone: it is" if len(jobs) == 1 else f"undone: {done} of {len(jobs)} are"
        if problems:
            said = plain(problems[0])
            self._apply(Said(f"{text} back on your list; {said}" if done else said, "bad"))
        else:
            self._apply(Said(f"{text} back on your list", "good"))

    # --- one

    async def read(self, info_hash: str) -> None:
        """Read one torrent in full; that the daemon is away is said elsewhere."""
        try:
            self._apply(Detailed(info_hash, await self._remote.torrent(info_hash)))
        except ProblemError as error:
            self._apply(Detailed(info_hash, error))
        except Unreachable:
            pass

    async def want(self, detail: TorrentDetailReply, index: int) -> None:
        """Download the file *index* of a torrent, or do not if it is wanted now."""
        wanted = {file.index for file in detail.files if file.wanted} ^ {index}
        await self._remote.choose_files(detail.hash, tuple(sorted(wanted)))
        await self.read(detail.hash)

    async def add(self, sources: Sequence[str]) -> None:
        """Add magnet links and info hashes; those that fail do not keep it from the others."""
        names: list[str] = []
        known = 0
        problems: list[str] = []
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(source: str) -> None:
            nonlocal known
            async with gate:
                try:
                    added = await self._remote.add_torrent(AddTorrentRequest(source=source))
                except LoginNeeded:
                    raise
                except RemoteError as error:
                    problems.append(plain(error))
                else:
                    names.append(added.torrent.name)
                    known += not added.new
            done = len(names) + len(problems)
            self._apply(Said(f"adding: {done} of {len(sources)} done", "busy"))

        self._apply(Said("adding", "busy"))
        _raise_first(await asyncio.gather(*map(one, sources), return_exceptions=True))
        if names:
            self._apply(await self._remote.torrents())
        what = names[0] if len(names) == 1 else str(len(names))
        had = f", {known} of them you had already" if known and len(names) > 1 else ""
        verb = "you have already:" if known and len(names) == 1 else "added"
        texts = [f"{verb} {what}{had}"] if names else []
        texts += [f"{len(problems)} failed: {problems[0]}"] if names and problems else problems[:1]
        self._apply(Said("; ".join(texts), "bad" if problems else "good"))


def summary(batch: Batch) -> Said:
    """Say in one line what came of *batch*."""
    if not batch.failed:
        return Said(f"{batch.done} {_count(batch.succeeded)}", "good")
    first, error = next(iter(batch.failed.items()))
    if len(batch.torrents) == 1:
        return Said(plain(error), "bad", isinstance(error, Unreachable))
    name = next(torrent.name for torrent in batch.torrents if torrent.hash == first)
    failed = len(batch.failed)
    text = f"{batch.done} {len(batch.succeeded)} of {len(batch.torrents)}; {failed} failed"
    return Said(f"{text} and stay marked: {plain(error)} [{name}]", "bad")


def _raise_first(results: Sequence[object]) -> None:
    """Raise the first error among *results*, once everything has ended."""
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _count(torrents: Sequence[TorrentReply]) -> str:
    return torrents[0].name if len(torrents) == 1 else f"{len(torrents)} torrents"
