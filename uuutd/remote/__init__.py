"""A typed client of a daemon's API.

`Remote` has a method for each call.  What goes wrong arrives as one of three errors:
`ProblemError` when the daemon says no, `Unreachable` when it does not answer, `BadAnswer`
when what answers makes no sense; `LoginNeeded` is a problem known before asking.
"""

from .client import Added, Marked, Remote
from .errors import BadAnswer, LoginNeeded, ProblemError, RemoteError, Unreachable
from .events import BackendsChanged, Event, Resync, StreamDown, StreamUp, WatchlistChanged
from .logins import DEFAULT_SERVER, Login, Logins, config_dir, server_url

__all__ = [
    "DEFAULT_SERVER",
    "Added",
    "BackendsChanged",
    "BadAnswer",
    "Event",
    "Login",
    "LoginNeeded",
    "Logins",
    "Marked",
    "ProblemError",
    "Remote",
    "RemoteError",
    "Resync",
    "StreamDown",
    "StreamUp",
    "Unreachable",
    "WatchlistChanged",
    "config_dir",
    "server_url",
]
