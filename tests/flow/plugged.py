"""``uuutd`` with the private indexer of the kit, as if its plugin were installed.

python plugged.py run --config uuutd.toml
"""

import importlib
import sys
from collections.abc import Iterable
from typing import Any

import pluggy

from uuutd.plugins import Plugins
from uuutd.testing.private import PrivateIndexer

_implements = pluggy.HookimplMarker("uuutd")


class PrivatePlugin:
    """Brings the private indexer."""

    @_implements
    def uuutd_indexers(self) -> Iterable[type[PrivateIndexer]]:
        """Name it."""
        return (PrivateIndexer,)


def main() -> int:
    found = Plugins.__init__

    def with_ours(self: Plugins, *args: Any, **named: Any) -> None:
        found(self, *args, **named)
        self.register(PrivatePlugin(), "private")

    Plugins.__init__ = with_ours  # type: ignore[method-assign]
    return int(importlib.import_module("uuutd.cli").main() or 0)


if __name__ == "__main__":
    sys.exit(main())
