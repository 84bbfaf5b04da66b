"""The limits of the whole client, kept over a restart."""

import json
import logging
import os
from pathlib import Path

import attrs

from uuutd.domain import Limits

from .config import LibtorrentConfig


class KeptLimits:
    """What was set last, in *path*; the configuration counts until then, and once it is changed.

    Everything here blocks and belongs into a thread.
    """

    def __init__(self, path: Path, config: LibtorrentConfig, log: logging.Logger) -> None:
        self._path = path
        self._log = log
        self._configured = Limits(config.download_rate or None, config.upload_rate or None)

    def load(self) -> Limits:
        """Return the limits that count."""
        try:
            table = json.loads(self._path.read_bytes())
            configured, kept = Limits(**table["configured"]), Limits(**table["limits"])
        except FileNotFoundError:
            return self._configured
        except (OSError, ValueError, TypeError, KeyError) as error:
            self._log.warning(
                "%s is damaged (%s): the limits are those of the configuration", self._path, error
            )
            return self._configured
        return kept if configured == self._configured else self._configured

    def write(self, limits: Limits) -> None:
        """Keep *limits*, beside the configured ones that they stand in for."""
        table = {"configured": attrs.asdict(self._configured), "limits": attrs.asdict(limits)}
        part = self._path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(table, out)
        part.replace(self._path)
