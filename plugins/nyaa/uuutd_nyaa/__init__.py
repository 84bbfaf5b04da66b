"""Nyaa for UUUTorrent.

Searches the site's RSS feed.  It needs no account, and so no settings::

    [indexers.nyaa]

Every setting has a default:

``url``
    Where the site is; another address if yours is blocked.  A mirror must serve the
    same feed under ``/?page=rss``.
``category``
    Where to look, as the site writes it in its addresses: ``1_2`` is anime with
    English subtitles, ``1_3`` other languages, ``1_4`` raw, ``1_0`` all anime.
``trackers``
    What a magnet link to a found release announces to.  The site's feed names no
    trackers, so they stand here.
``burst``, ``rate``, ``in_flight``
    How politely to ask: *burst* requests at once, then *rate* a second, and at most
    *in_flight* of them unanswered.

What to know about the site: one search brings at most 75 releases and there is no
second page, so several narrow searches are sent for an episode and their results
merged.  When the site asks us to wait, nothing is sent until the time is over; what
was searched in the last minutes is still answered, from memory.
"""

from collections.abc import Iterable
from typing import Any

from uuutd.backends import Indexer
from uuutd.hookspecs import hookimpl

from .config import NyaaConfig
from .indexer import Nyaa

__all__ = ["Nyaa", "NyaaConfig", "uuutd_indexers"]


@hookimpl
def uuutd_indexers() -> Iterable[type[Indexer[Any]]]:
    """Bring Nyaa."""
    return [Nyaa]
