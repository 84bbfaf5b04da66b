"""Checks that the settings of more than one backend need, for `attrs.field(validator=...)`."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any, Any, Any], None]


def web_address(example: str) -> Check:
    """Return a check that a text is a web address with nothing secret in it, such as *example*.

    What is wrong is said without the text itself: a password may stand in it.
    """

    def check(_settings: object, _attribute: object, value: str) -> None:
        try:
            parts = urlsplit(value)
            good = bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good or not value.startswith(("http://", "https://")):
            raise ValueError(f"must be a web address such as {example}")
        if "@" in parts.netloc:
            raise ValueError("must not hold user and password")
        if "?" in value or "#" in value:
            raise ValueError("must not hold a query or fragment")

    return check


def needs(other: str) -> Check:
    """Return a check that a setting stands only together with the *other* one."""

    def check(settings: object, _attribute: object, value: object) -> None:
        if value is not None and getattr(settings, other) is None:
            raise ValueError(f"is of no use without {other}")

    return check
