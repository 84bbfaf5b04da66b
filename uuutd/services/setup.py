"""The one-time code with which the first administrator signs up."""

import contextlib
import hmac
import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from ..errors import ConfigError, Problem

GOOD_FOR = timedelta(minutes=30)


class SetupCode:
    """The code, while there is one; *file* holds it for an administrator who missed it."""

    def __init__(self, file: Path | None, clock: Callable[[], datetime]) -> None:
        self._file = file
        self._clock = clock
        self._code: str | None = None
        self._ends = clock()

    def make(self) -> str:
        """Return a new code, good for `GOOD_FOR`; one from before is void.

        Raises `uuutd.errors.ConfigError` if its file cannot be written.
        """
        self.forget()
        code = secrets.token_urlsafe(16)
        if self._file is not None:
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                with os.fdopen(os.open(self._file, flags, 0o600), "w") as file:
                    file.write(f"{code}\n")
            except OSError as error:
                detail = f"cannot be written: {error.strerror}"
                raise ConfigError(str(self._file), [Problem("", detail)]) from error
        self._code, self._ends = code, self._clock() + GOOD_FOR
        return code

    def matches(self, text: str) -> bool:
        """Whether *text* is the code, and still good."""
        if self._code is None or self._clock() >= self._ends:
            return False
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._code.encode())

    def forget(self) -> None:
        """Make the code void; a file that stays behind then holds nothing of worth."""
        self._code = None
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.unlink()
