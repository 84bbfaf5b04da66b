"""What every kind of backend has in common."""

import abc
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Generic, ParamSpec, Protocol, TypeVar

import aiohttp
import attrs

ConfigT = TypeVar("ConfigT")
P = ParamSpec("P")
R = TypeVar("R")


class InThread(Protocol):
    """Run a blocking call in the backend's own few threads and wait for it."""

    async def __call__(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what *call* returns, raise what it raises."""
        ...


@attrs.frozen(kw_only=True)
class Host:
    """All that a backend ever gets from the daemon.

    *instance* is the table's name in ``uuutd.toml`` and *data_dir* a folder of the
    backend's own.  *http* is for addresses that the administrator configured;
    *outside* is for addresses that came from anywhere else, and never connects to a
    private network.  Both have the daemon's User-Agent and time limits, and neither
    keeps cookies.  *in_thread* has its own threads: a hung library starves nobody else.
    """

    instance: str
    data_dir: Path
    http: aiohttp.ClientSession
    outside: aiohttp.ClientSession
    log: logging.Logger
    in_thread: InThread


class Backend(abc.ABC, Generic[ConfigT]):
    """One configured service.

    Made once from its settings; `open` is called before anything else and `close`
    exactly once after it, also when it failed.  Every other method may be called by
    several tasks at a time.  The daemon calls all of them through a guard, which sets
    a time limit and names the backend in errors.  Raise the classes of
    `uuutd.errors`; anything else that comes out counts as a bug in the plugin.
    """

    name: ClassVar[str]
    """The word after ``type =``."""
    title: ClassVar[str]
    """What people read."""
    Config: ClassVar[type[Any]]
    """The attrs class of its settings."""

    def __init__(self, config: ConfigT, host: Host) -> None:
        self.config = config
        self.host = host

    async def open(self) -> None:
        """Make ready.  A service that is down is no reason to fail here."""

    async def close(self) -> None:
        """Let go of everything that `open` took."""

    @abc.abstractmethod
    async def check(self) -> str:
        """Reach the service and return its version, or another short word about it."""
