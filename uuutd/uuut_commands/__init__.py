"""The commands of ``uuut``, one module for each group of them."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping

import attrs

from ..remote import Logins, ProblemError, Remote, RemoteError, config_dir
from ..terminal.console import Console
from . import (
    accounts,
    administration,
    get,
    numbering,
    overview,
    preferences,
    sessions,
    torrent_actions,
    torrents,
    upgrade,
    watchlist,
    why,
)
from .context import Context, report, report_stop
from .exits import FAILED, INTERRUPTED, TIMED_OUT, Stop, exit_code

COMMANDS: Mapping[str | None, Callable[[Context], Awaitable[int]]] = {
    None: overview.status,
    "login": accounts.login,
    "logout": accounts.logout,
    "password": sessions.password,
    "reset": accounts.reset,
    "sessions": sessions.sessions,
    "tokens": sessions.tokens,
    "whoami": accounts.whoami,
    "link": accounts.link,
    "unlink": accounts.unlink,
    "list": watchlist.show,
    "releases": watchlist.releases,
    "watched": watchlist.watched,
    "get": get.get,
    "upgrade": upgrade.upgrade,
    "numbering": numbering.show,
    "why": why.why,
    "prefs": preferences.show,
    "torrents": torrents.show,
    "pause": torrents.pause,
    "resume": torrents.resume,
    "rm": torrents.remove,
    "add": torrents.add,
    "info": torrent_actions.info,
    "recheck": torrent_actions.recheck,
    "limit": torrent_actions.limit,
    "label": torrent_actions.label,
    "fetch": torrent_actions.fetch,
    "adopt": torrent_actions.adopt,
    "admin": administration.admin,
    "jobs": overview.jobs,
    "status": overview.status,
}


def run(options: argparse.Namespace) -> int:
    """Run the command that *options* name, and return the exit code."""
    console = Console(sys.stdin, sys.stdout, sys.stderr, os.environ, options.color)
    try:
        return asyncio.run(_run(console, options))
    except KeyboardInterrupt:
        console.say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


async def _run(console: Console, options: argparse.Namespace) -> int:
    try:
        if options.command == "login":
            _set_damaged_logins_aside(console)
        async with Remote.from_environment(options.server) as remote:
            seconds = getattr(options, "timeout", None)
            async with asyncio.timeout(seconds):
                return await COMMANDS[options.command](Context(console, remote, options))
    except TimeoutError:
        console.say(f"uuut: the {seconds} s are over", "bad")
        return TIMED_OUT
    except Stop as stop:
        report_stop(console, stop)
        return stop.code
    except RemoteError as error:
        if options.json:
            _report_json(console, error)
        report(console, error)
        return exit_code(error)


def _set_damaged_logins_aside(console: Console) -> None:
    aside = Logins(config_dir(os.environ)).set_aside()
    if aside is not None:
        console.say(f"the kept logins were damaged, and are now in {aside}", "bad")


def _report_json(console: Console, error: RemoteError) -> None:
    if isinstance(error, ProblemError):
        console.json(None, problem=attrs.asdict(error.problem))
    else:
        console.json(None, problem={"detail": error.detail, "hint": error.hint})
