"""What was cancelled half-way does not come back."""

import asyncio
import threading
from pathlib import PurePath

import pytest

from uuutd.domain import Source
from uuutd.testing.fakes import fake_hash


async def test_a_torrent_removed_after_its_add_was_cancelled_stays_away(clients, monkeypatch):
    client, lost = await clients.open(), fake_hash("cancelled")
    files = client._engine.keeper._files
    write, loop = files.write, asyncio.get_running_loop()
    began, written, free = asyncio.Event(), asyncio.Event(), threading.Event()

    def slow(*args):
        loop.call_soon_threadsafe(began.set)
        free.wait(10)
        write(*args)
        loop.call_soon_threadsafe(written.set)

    monkeypatch.setattr(files, "write", slow)
    source = Source(info_hash=lost, name="x")
    adding = asyncio.ensure_future(client.add(source, label="uuut", folder=PurePath("x")))
    await asyncio.wait_for(began.wait(), 10)
    adding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adding
    removing = asyncio.ensure_future(client.remove(lost, delete_files=True))
    await asyncio.sleep(0)  # it comes while the write is on its way
    free.set()
    await asyncio.wait_for(asyncio.gather(removing, written.wait()), 10)
    assert await client.torrents([lost]) == []
    await client.close()
    again = await clients.open()
    assert await again.torrents([lost]) == []
