"""The migrations, oldest first, and what runs them.

A migration that was released is never changed; a new one is a new module, named here.
"""

from .initial import INITIAL
from .notices import NOTICES
from .preferences import PREFERENCES
from .runner import Migration, migrate, pending
from .searches import SEARCHES

ALL: tuple[Migration, ...] = (INITIAL, PREFERENCES, SEARCHES, NOTICES)

__all__ = ["ALL", "Migration", "migrate", "pending"]
