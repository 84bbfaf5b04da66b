"""AniList watchlists for UUUTorrent.

In ``uuutd.toml``::

    [watchlists.anilist]
    type = "anilist"

That is enough for public lists, which users link by their AniList name and which can
be read only, and for tokens that users already have.  For writing progress AniList
wants an API client: make one under Settings, Developer on its site, with the redirect
URL ``https://anilist.co/api/v2/oauth/pin``, and fill in ::

    client_id = "12345"

A user who links then sees a token to copy.  With ``client_secret`` as well they see a
code instead, which the daemon exchanges for the token, and which is worth nothing to
anybody who looks over their shoulder.

Settings: ``url`` and ``site`` (another address for API and pages), ``client_id``,
``client_secret``, ``rate`` (requests a minute until AniList says itself how many).

A token is good for a year and cannot be renewed; the link says when it ends.  All
users of a daemon share one queue, because AniList counts requests per address: 30 a
minute in these times, and a minute shut out for whoever sends more.
"""

from collections.abc import Iterable
from typing import Any

from uuutd.backends import WatchlistProvider
from uuutd.hookspecs import hookimpl

from .config import AniListConfig
from .provider import AniList

__all__ = ["AniList", "AniListConfig", "uuutd_watchlists"]


@hookimpl
def uuutd_watchlists() -> Iterable[type[WatchlistProvider[Any]]]:
    """Bring `AniList`."""
    return [AniList]
