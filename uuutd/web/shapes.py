"""What the variable parts of the addresses may look like.

Whatever looks different is answered with 404 before anybody searches for it.  No shape
has a character that a path spells in more than one way.
"""

import re
from collections.abc import Mapping

SHAPES: Mapping[str, str] = {
    "provider": "[A-Za-z0-9_-]{1,64}",
    "id": "[A-Za-z0-9._:-]{1,64}",
    "hash": "[0-9a-f]{40}|[0-9a-f]{64}",
    "kind": "watchlist|indexer|client",
    "name": "[A-Za-z0-9_-]{1,64}",
    "user": "[0-9]{1,9}",
    "invite": "[0-9]{1,9}",
    "client": "[A-Za-z0-9_-]{1,64}",
}

_PART = re.compile(r"\{(\w+)\}")


def names_in(path: str) -> list[str]:
    """Return the names of the variable parts of an address."""
    return _PART.findall(path)


def pattern(path: str) -> str:
    """Return an address as aiohttp takes it, with the shape of each part."""
    return _PART.sub(lambda part: f"{{{part[1]}:{SHAPES[part[1]]}}}", path)
