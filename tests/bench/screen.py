"""What a frame of the terminal client costs: ``python -m tests.bench.screen``.

The limits of the design: 5 ms for a frame, 30 ms from a key to its frame, with 5,000 torrents.
No daemon and no terminal take part; what is measured is the processor's time.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import urwid
import urwid.testing

from uuutd.remote import Logins, Remote
from uuutd.terminal.cells import UNICODE
from uuutd.tui.app import App
from uuutd.wire import TorrentReply, TorrentsEvent, TorrentsReply

from .table import Line, median, text

TORRENTS = 5000
TIMES = 200
FRAME_MS = 5.0
KEY_MS = 30.0
STATES = ("downloading", "seeding", "stalled", "paused")


def torrents() -> Iterator[TorrentReply]:
    """Make torrents that differ in everything, with names of wide characters."""
    begin = datetime.now(UTC)
    for number in range(TORRENTS):
        yield TorrentReply(
            hash=f"{number:040x}",
            name=f"[Group{number % 17}] 葬送のフリーレン {number % 300} - {number % 24:02}.mkv",
            state=STATES[number % len(STATES)],
            progress=number % 100 / 100,
            size=1_400_000_000 + number,
            done_bytes=0,
            down_rate=number * 1000 % 5_000_000,
            up_rate=number % 7 * 1000,
            ratio=0.5,
            client="seedbox",
            eta=number % 4000,
            seeders=number % 90,
            added_at=begin - timedelta(minutes=number),
        )


def measured(what: str, limit: float, do: Callable[[], object], app: App) -> Line:
    """Do something and draw, often, and return what a time of it takes."""
    taken = []
    for _ in range(TIMES):
        begin = time.process_time()
        do()
        app.main_loop.draw_screen()
        taken.append((time.process_time() - begin) * 1000)
    note = f"the worst of {TIMES}: {max(taken):.0f} ms"
    return Line(row=1, what=what, value=median(taken), limit=limit, unit="ms", note=note)


async def lines() -> list[Line]:
    """Measure everything."""
    urwid.set_encoding("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        async with Remote("http://127.0.0.1:1", Logins(Path(folder))) as remote:
            screen = urwid.testing.ScriptedScreen(size=(120, 40))
            app = App(remote, screen, UNICODE, print)
            screen.start()
            known = tuple(torrents())
            app.apply(TorrentsReply(torrents=known, revision=1))
            press = app.main_loop.process_input
            press(["2"])
            revisions = itertools.count(2)

            def delta() -> None:
                number = next(revisions)
                news = tuple(attrs.evolve(each, down_rate=number) for each in known[:50])
                app.apply(TorrentsEvent(revision=number, torrents=news))

            found = [
                measured("a frame", FRAME_MS, lambda: None, app),
                measured("a key, down", KEY_MS, lambda: press(["j"]), app),
                measured("a key, a page down", KEY_MS, lambda: press(["page down"]), app),
                measured("news of 50 torrents", KEY_MS, delta, app),
            ]
            press(["f", *"size>1G !stalled", "enter"])
            found.append(measured("the same, filtered", KEY_MS, delta, app))
            await app.close()
            return found


if __name__ == "__main__":
    sys.stdout.write(text(asyncio.run(lines())) + "\n")
