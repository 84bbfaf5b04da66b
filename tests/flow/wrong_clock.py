"""``uuutd`` with a wall clock that goes wrong by as many seconds as a file says.

    python wrong_clock.py FILE run --config uuutd.toml

Only what the product asks for the time of day is wrong.  What counts seconds goes on as it
does when somebody sets the clock of a machine.
"""

import importlib
import pkgutil
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

OURS = ("uuutd.services", "uuutd.store", "uuutd.web", "uuutd_anilist", "uuutd_nyaa")
"""The packages of which every module is loaded before the clock goes wrong."""


def seconds_wrong(file: Path) -> float:
    """Return by how much the clock is wrong now."""
    return float(file.read_text("ascii"))


class _Any(type):
    """Takes every time for one of its own kind."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


class WrongClock(datetime, metaclass=_Any):
    """Stands for the class `datetime` in a module that asks it for the time, and makes those."""

    file: Path

    def __new__(cls, *parts: Any, **named: Any) -> Any:
        return datetime(*parts, **named)  # noqa: DTZ001 - whoever calls says the zone

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + timedelta(seconds=seconds_wrong(cls.file))


def load() -> None:
    """Import whatever may ask for the time."""
    importlib.import_module("uuutd.daemon")
    for name in OURS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)


def main(file: Path, arguments: list[str]) -> int:
    WrongClock.file, right = file, time.time
    time.time = lambda: right() + seconds_wrong(file)
    load()
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0].startswith("uuutd") and vars(module).get("datetime") is datetime:
            vars(module)["datetime"] = WrongClock
    sys.argv[1:] = arguments
    return int(importlib.import_module("uuutd.cli").main() or 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
