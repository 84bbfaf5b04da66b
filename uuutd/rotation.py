"""New keys in the place of old ones, beside a running daemon or without.

A rotation puts a new key first, then seals anew what older ones have sealed.  Whenever it
is killed, everything stays readable, for no key goes before nothing needs it; the ring
says that it is unfinished, and the next one goes on where it stopped.
"""

import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import attrs

from .config import Config
from .keys import KeyRing, RingFile, Unreadable, changing, key_id
from .services.audit import Audit
from .store import sealed
from .store.engine import open_store

BATCH = 200
"""Rows to a transaction: a running daemon waits a few milliseconds for one."""


@attrs.define
class Rotation:
    """The work on one ring, with the database open that holds what is sealed.

    *clock* gives seconds since 1970.  *resealed* counts the rows that were sealed anew;
    *unreadable* those that no key opens.
    """

    file: RingFile
    clock: Callable[[], float] = time.time
    batch: int = BATCH
    resealed: int = 0
    unreadable: int = 0

    def new_keys(self, *, tokens: bool, secrets: bool) -> tuple[str, ...]:
        """Put new keys first, and return for what.

        The next secret key waits until all is sealed with this one.
        """
        ring, now, made = self.file.ring, int(self.clock()), []
        if tokens:
            ring = ring.with_new_token_key(now)
            made.append("tokens")
        if secrets and not ring.unfinished:
            ring = ring.with_new_secret_key(now)
            made.append("secrets")
        if made:
            self.file.write(ring)
        return tuple(made)

    async def finish(self) -> None:
        """Seal anew what other keys than the first have sealed."""
        while changed := await self._pass():  # what was written meanwhile is found the next time
            self.resealed += changed
        if self.file.ring.unfinished:
            self.file.write(attrs.evolve(self.file.ring, unfinished=False))

    async def _pass(self) -> int:
        self.unreadable = changed = 0
        for table, start in sealed.TABLES.items():
            last = start
            while rows := await sealed.after(table, last, most=self.batch):
                last = rows[-1].id
                changes = list(self._changes(rows))
                if changes:
                    await sealed.replace(table, changes)
                changed += len(changes)
        return changed

    def _changes(
        self, rows: Collection[sealed.SealedRow]
    ) -> Iterator[tuple[sealed.SealedRow, str]]:
        for row in rows:
            try:
                text = self.file.ring.box.reseal(row.text)
            except Unreadable:  # nor will it be by anything done here: its user links again
                self.unreadable += 1
            else:
                if text is not None:
                    yield row, text

    def drop_old(self, *, at_once: bool = False) -> tuple[str, ...]:
        """Drop the old keys that nothing needs any more, and name them.

        *at_once* takes those of access tokens that may still be in somebody's hands.
        """
        ring, now = self.file.ring, self.clock()
        free = {name for name, until in _old(ring) if until is not None and until <= now}
        if at_once:
            free |= {key.kid for key in ring.jwt[1:]}
        if free:
            self.file.write(ring.without(free))
        return tuple(sorted(free))


async def rotate(config: Config, *, tokens: bool, secrets: bool, drop_old: bool) -> list[str]:
    """Put new keys first, seal anew what older ones sealed, and say what was done.

    An unfinished rotation of secrets is finished in the place of a new one.  With *drop_old*
    the old keys that nothing needs are dropped.
    """
    async with _rotation(config) as rotation:
        said = ["An interrupted rotation is finished first."] * rotation.file.ring.unfinished
        made = rotation.new_keys(tokens=tokens, secrets=secrets)
        if made:  # noted before the long part, in which it may be killed
            detail = f"new keys for {' and '.join(made)}"
            await Audit().note("keys-rotated", by=None, detail=detail)
        await rotation.finish()
        return [*said, *_told(rotation, await _drop(rotation) if drop_old else ())]


async def drop_old(config: Config, *, at_once: bool) -> list[str]:
    """Drop the old keys that nothing needs any more, and say what was done."""
    async with _rotation(config) as rotation:
        await rotation.finish()
        return _told(rotation, await _drop(rotation, at_once=at_once))


async def _drop(rotation: Rotation, *, at_once: bool = False) -> tuple[str, ...]:
    if dropped := rotation.drop_old(at_once=at_once):
        await Audit().note("keys-rotated", by=None, detail=f"dropped: {', '.join(dropped)}")
    return dropped


def key_lines(config: Config) -> list[str]:
    """Describe the keys, one a line; what they are is not told."""
    ring = KeyRing.load(config.key_file)
    old = dict(_old(ring))
    lines = [f"access tokens  {key.kid}  {_use(key.kid, 'signs', old)}" for key in ring.jwt]
    names = map(key_id, ring.fernet)
    lines += [f"database       {name}  {_use(name, 'encrypts', old)}" for name in names]
    if ring.unfinished:
        lines.append("A rotation was interrupted; `uuutd keys rotate` finishes it.")
    return lines


def _use(name: str, work: str, old: dict[str, int | None]) -> str:
    if name not in old:
        return work
    return f"only reads, {_needed(old[name])}"


def _told(rotation: Rotation, dropped: tuple[str, ...]) -> list[str]:
    lines = [f"{rotation.resealed} rows were encrypted anew."]
    if rotation.unreadable:
        lines.append(
            f"{rotation.unreadable} rows cannot be read with any key: "
            "whose they are has to link again."
        )
    lines += [f"Dropped: {name}" for name in dropped]
    lines += [f"Kept: {name}, {_needed(until)}" for name, until in _old(rotation.file.ring)]
    return lines


def _needed(until: int | None) -> str:
    if until is None:
        return "needed until the rotation is finished"
    if until <= time.time():
        return "not needed any more: `uuutd keys drop-old`"
    return f"needed until {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC"


@asynccontextmanager
async def _rotation(config: Config) -> AsyncIterator[Rotation]:
    with changing(config.key_file) as file:
        async with open_store(config.database_url, lock_dir=config.data_dir, beside=True):
            yield Rotation(file)


def _old(ring: KeyRing) -> list[tuple[str, int | None]]:
    """Give the old keys, and until when each is needed."""
    names = [key.kid for key in ring.jwt[1:]] + [key_id(key) for key in ring.fernet[1:]]
    return [(name, ring.needed_until(name)) for name in names]
