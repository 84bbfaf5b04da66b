"""The configuration: ``uuutd.toml`` and the environment, checked whole, every problem at once."""

from .fetching import Fetch
from .loading import Findings, examine, load
from .manual import reference
from .model import SECTIONS, Address, Auth, BackendTable, Choice, Config, Database
from .sources import FILE_NAME, find_file
from .upkeep import Disk, Stalled

__all__ = [
    "FILE_NAME",
    "SECTIONS",
    "Address",
    "Auth",
    "BackendTable",
    "Choice",
    "Config",
    "Database",
    "Disk",
    "Fetch",
    "Findings",
    "Stalled",
    "examine",
    "find_file",
    "load",
    "reference",
]
