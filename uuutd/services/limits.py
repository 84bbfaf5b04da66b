"""Limits of speed, as requests say them."""

from ..domain import Limits
from ..errors import Invalid, Problem
from ..wire import SpeedLimits

LEAST = 1024
"""Bytes per second: clients count in KiB, and take less than one for no limit at all."""


def read_limits(said: SpeedLimits) -> Limits:
    """Return the limits that a request speaks of; raises `uuutd.errors.Invalid` if too low."""
    problems = [
        Problem(name, f"must be at least {LEAST} bytes per second, or null for no limit")
        for name, value in (("down", said.down), ("up", said.up))
        if value is not None and value < LEAST
    ]
    if problems:
        raise Invalid("The limit is too low.", problems)
    return Limits(down=said.down, up=said.up)
