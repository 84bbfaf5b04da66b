"""Which torrents' ownership was written to, for whoever keeps ownership in memory.

A daemon is the only one that writes its database's links (`uuutd.store.lock` sees to
that), so it can know when what it has read no longer holds.
"""

from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tortoise.transactions import in_transaction

from ..domain import InfoHash

Key = tuple[str, InfoHash]
"""A torrent: its client, and its info hash there."""

KEPT = 2000
"""How many writes are remembered; who has not looked for longer reads everything again."""

_log: deque[Key] = deque(maxlen=KEPT)
_count = 0


@contextmanager
def touching(client: str | None, *hashes: InfoHash | None) -> Iterator[None]:
    """Say that the block may change who owns these torrents, or how.

    It stands around every whole statement or transaction that writes to links, episodes or
    torrents.  It is said when the block has ended, however it has: a commit whose answer was
    lost may have been done.
    """
    try:
        yield
    finally:
        note(client, *hashes)


@asynccontextmanager
async def transaction_on(client: str | None, *hashes: InfoHash | None) -> AsyncIterator[None]:
    """Do the block in one transaction, and say that it touched these torrents."""
    with touching(client, *hashes):
        async with in_transaction():
            yield


def note(client: str | None, *hashes: InfoHash | None) -> None:
    """Say that the ownership of these torrents may have changed just now."""
    global _count  # noqa: PLW0603 - the database is one, whoever looks at it
    for info_hash in hashes:
        if client is not None and info_hash is not None:
            _log.append((client, info_hash))
            _count += 1


def position() -> int:
    """Return how far the log has come."""
    return _count


def since(earlier: int) -> frozenset[Key] | None:
    """Return what was touched since the position *earlier*; None if that is not known any more."""
    count = _count - earlier
    if count > len(_log):
        return None
    return frozenset(_log[len(_log) - 1 - number] for number in range(count))
