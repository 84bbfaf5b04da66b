"""From the command line to the screen, and back without leaving a trace on the terminal."""

import asyncio
import errno
import functools
import locale
import logging
import os
import signal
import sys
from pathlib import Path

import platformdirs
import urwid
from urwid.display import raw

from ..remote import Remote, RemoteError
from ..terminal.cells import ASCII, UNICODE, Symbols
from .app import HANGUP, App
from .clipboard import sequence

SIGNAL_EXIT = 128


def run(server: str | None) -> int:
    """Show the screen of *server*, and return the exit code."""
    log = Path(platformdirs.user_state_dir("uuut")) / "uuut.log"
    _write_log(log)
    try:
        return asyncio.run(_run(server))
    except RemoteError as error:
        sys.stderr.write(f"uuut: {error.detail}\n  {error.hint or ''}\n")
        return 1
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return HANGUP  # the terminal is gone, and nobody is left to tell
    finally:
        logging.shutdown()


async def _run(server: str | None) -> int:
    symbols = _symbols()
    screen = raw.Screen(bracketed_paste_mode=True, focus_reporting=True)
    async with Remote.from_environment(server) as remote:
        app = App(remote, screen, symbols, functools.partial(_copy, screen))
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, app.interrupt, SIGNAL_EXIT + signal.SIGINT)
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, app.quit, SIGNAL_EXIT + number)
        return await app.run()


def _copy(screen: raw.Screen, text: str) -> None:
    screen.write(sequence(text, in_tmux="TMUX" in os.environ))
    screen.flush()


def _symbols() -> Symbols:
    """Return what the terminal can show, and tell urwid."""
    encoding = locale.getpreferredencoding(do_setlocale=False).lower().replace("-", "")
    if encoding != "utf8":
        urwid.set_encoding("ascii")
        return ASCII
    urwid.set_encoding("utf-8")
    return ASCII if os.environ.get("TERM") == "linux" else UNICODE


def _write_log(path: Path) -> None:
    """Keep what goes wrong in the file *path*, which is made when there is something to say."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.FileHandler(path, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
