"""The hooks that plugins may implement.

A hook is called once, at start, and hands over classes; the classes do the work.
No hook result is ever awaited.
"""

from collections.abc import Iterable
from typing import Any

import pluggy

from .backends import Indexer, TorrentClient, WatchlistProvider
from .domain import Adjustment, Release, Taste, Verdict, Wanted

PROJECT = "uuutd"
"""The name of the hook markers and of the entry point group."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def uuutd_watchlists() -> Iterable[type[WatchlistProvider[Any]]]:
    """Watchlist providers this plugin brings."""
    raise AssertionError("a specification is never called")


@hookspec
def uuutd_indexers() -> Iterable[type[Indexer[Any]]]:
    """Search indexers this plugin brings."""
    raise AssertionError("a specification is never called")


@hookspec
def uuutd_torrent_clients() -> Iterable[type[TorrentClient[Any]]]:
    """Torrent clients this plugin brings."""
    raise AssertionError("a specification is never called")


@hookspec
def uuutd_judge_release(
    wanted: Wanted, release: Release, taste: Taste, verdict: Verdict
) -> Adjustment | None:
    """Refuse a release that passed the hard rules, or add and take points, and say why.

    Pure and quick: no I/O.  Every plugin is asked and named beside its reason; refusals
    unite, points add, at most 10 either way for each plugin; nobody lifts a refusal by
    the hard rules.
    """
    raise AssertionError("a specification is never called")
