"""Where settings come from: the file, and over it the environment."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import platformdirs

from ..errors import ConfigError, Problem

FILE_NAME = "uuutd.toml"
PREFIX = "UUUTD_"
PATH_VARIABLE = "UUUTD_CONFIG"
NO_SETTINGS = (PATH_VARIABLE, "UUUTD_TEST_")
"""How variables begin that are no settings; the last two are for the test suite."""


class FromEnvironment(str):
    """A setting as it stood in the environment: a text, whatever type the setting has."""

    __slots__ = ()


def find_file(explicit: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the configuration file to use; it need not be there.

    *explicit* if it is given, else what ``UUUTD_CONFIG`` names, else ``uuutd.toml`` here,
    else the one in the user's configuration folder.
    """
    if explicit is not None:
        return explicit
    if named := environ.get(PATH_VARIABLE):
        return Path(named)
    here = Path(FILE_NAME)
    return here if here.exists() else platformdirs.user_config_path("uuutd") / FILE_NAME


def read_file(path: Path) -> dict[str, Any]:
    """Return what stands in the TOML file; raises `ConfigError` if it cannot be read."""
    path = path.absolute()
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        detail = "there is no such file; `uuutd init` writes one, --config names another"
        raise ConfigError(str(path), [Problem("", detail)]) from error
    except OSError as error:
        raise ConfigError(str(path), [Problem("", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), [Problem("", "is not UTF-8 text")]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), [Problem("", f"is not valid TOML: {error}")]) from error


def overlay(document: dict[str, Any], environ: Mapping[str, str]) -> Iterator[Problem]:
    """Put the settings of the environment over *document*; give what does not fit in.

    ``UUUTD_CLIENTS__SEEDBOX__URL`` is ``clients.seedbox.url``.
    """
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable.startswith(NO_SETTINGS):
            continue
        *tables, key = parts = variable.removeprefix(PREFIX).lower().split("__")
        target: Any = document if all(parts) else None
        for table in tables:
            target = target.setdefault(table, {}) if isinstance(target, dict) else None
        if isinstance(target, dict):
            target[key] = FromEnvironment(environ[variable])
        else:
            yield Problem(variable, "names no setting; tables are parted by two underscores")
