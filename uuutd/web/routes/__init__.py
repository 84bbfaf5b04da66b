"""The one table of all addresses: who may use them, what they take and what they answer.

`uuutd.web.make_app` serves what stands here and nothing else, ``/openapi.json`` describes
it, and a test walks through it as everybody who could come along.
"""

from ..route import Route
from .administration import ADMINISTRATION
from .auth import AUTH
from .daemon import DAEMON
from .jobs import JOBS
from .preferences import PREFERENCES
from .sessions import SESSIONS
from .stewardship import STEWARDSHIP
from .torrent_actions import TORRENT_ACTIONS
from .torrents import TORRENTS
from .upgrades import UPGRADES
from .watchlist import WATCHLIST

__all__ = ["ROUTES"]

ROUTES: tuple[Route, ...] = (
    *AUTH,
    *SESSIONS,
    *WATCHLIST,
    *UPGRADES,
    *PREFERENCES,
    *TORRENTS,
    *TORRENT_ACTIONS,
    *STEWARDSHIP,
    *ADMINISTRATION,
    *JOBS,
    *DAEMON,
)
