"""The configuration: ``uuutd.toml`` and the environment, checked whole, every problem at once."""

from .loading import load
from .manual import reference
from .model import SECTIONS, Address, Auth, BackendTable, Config, Database
from .sources import find_file

__all__ = [
    "SECTIONS",
    "Address",
    "Auth",
    "BackendTable",
    "Config",
    "Database",
    "find_file",
    "load",
    "reference",
]
