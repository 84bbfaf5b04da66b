"""The migrations, oldest first, and what runs them.

A migration that was released is never changed; a new one is a new module, named here.
"""

from .initial import INITIAL
from .runner import Migration, migrate, pending

ALL: tuple[Migration, ...] = (INITIAL,)

__all__ = ["ALL", "Migration", "migrate", "pending"]
