"""The migrations, oldest first, and what runs them.

A migration that was released is never changed; a new one is a new module, named here.
"""

from .administration import ADMINISTRATION
from .blocks import BLOCKS
from .initial import INITIAL
from .notices import NOTICES
from .owners import OWNERS
from .personal_tokens import PERSONAL_TOKENS
from .preferences import PREFERENCES
from .runner import Migration, migrate, pending
from .searches import SEARCHES
from .throttles import THROTTLES
from .wishes import WISHES

ALL: tuple[Migration, ...] = (
    INITIAL,
    PREFERENCES,
    SEARCHES,
    NOTICES,
    WISHES,
    BLOCKS,
    OWNERS,
    ADMINISTRATION,
    PERSONAL_TOKENS,
    THROTTLES,
)

__all__ = ["ALL", "Migration", "migrate", "pending"]
