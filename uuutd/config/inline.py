"""Secrets that stand in the configuration file itself."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs

from ..domain import Secret
from .structure import join, plain_union, settings


def secrets_in(table: Mapping[str, Any], kind: type[Any], path: str) -> Iterator[str]:
    """Give the paths of the secrets that stand in *table*, which is at *path*, in clear.

    Those of the environment and of files of their own do not; neither does a URL without
    a password.
    """
    for key, field in settings(kind).items():
        item, inner = table.get(key), plain_union(field.type)
        if inner is Secret and type(item) is str and _tells(item):
            yield join(path, key)
        elif isinstance(inner, type) and attrs.has(inner) and isinstance(item, Mapping):
            yield from secrets_in(item, inner, join(path, key))


def _tells(text: str) -> bool:
    if "://" not in text:
        return bool(text)
    try:
        return urlsplit(text).password is not None
    except ValueError:
        return True
