"""The daemon's own keys, and what is locked with them."""

import json
import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import attrs
import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .errors import ConfigError, Problem

_VERSION: Literal[1] = 1
_JWT_KEY_BYTES = 32
_MAX_FILE = 64 * 1024


class Unreadable(Exception):
    """A sealed text was made with other keys, for somebody else, or was damaged."""


class Box:
    """Encrypts what must not be read in the database, each for one user and one purpose."""

    def __init__(self, fernet_keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in fernet_keys])

    def seal(self, user_id: int, provider: str, payload: Mapping[str, str]) -> str:
        """Encrypt *payload* so that only `open` with the same user and provider gives it back."""
        content = {"v": _VERSION, "u": user_id, "p": provider, "t": dict(payload)}
        return self._fernet.encrypt(json.dumps(content).encode()).decode("ascii")

    def open(self, user_id: int, provider: str, sealed: str) -> dict[str, str]:
        """Return what was sealed; raises `Unreadable`, also for a text moved to another row."""
        try:
            content = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, UnicodeError) as error:
            raise Unreadable("it was not sealed with these keys") from error
        if (content["v"], content["u"], content["p"]) != (_VERSION, user_id, provider):
            raise Unreadable("it was sealed for somebody else")
        payload: dict[str, str] = content["t"]
        return payload


@attrs.frozen
class JwtKey:
    """A key that signs access tokens; *kid* is how tokens name it."""

    kid: str
    key: bytes = attrs.field(repr=False)

    @key.validator
    def _long_enough(self, _attribute: object, value: bytes) -> None:
        if len(value) < _JWT_KEY_BYTES:
            raise ValueError(f"key {self.kid!r} is shorter than {_JWT_KEY_BYTES} bytes")


@attrs.frozen
class KeyRing:
    """All keys; the first of each kind makes new things, the others only read old ones."""

    jwt: tuple[JwtKey, ...] = attrs.field(validator=attrs.validators.min_len(1))
    fernet: tuple[str, ...] = attrs.field(validator=attrs.validators.min_len(1), repr=False)
    box: Box = attrs.field(init=False, repr=False, eq=False)

    @box.default
    def _make_box(self) -> Box:
        return Box(self.fernet)

    def signing_key(self, kid: object) -> bytes | None:
        """Return the key that tokens call *kid*; None if there is none, or no longer."""
        return next((key.key for key in self.jwt if key.kid == kid), None)

    @classmethod
    def create(cls, path: Path) -> "KeyRing":
        """Make new keys and write them to *path*, for our eyes only.

        Raises `uuutd.errors.ConfigError` if the file is there already: what was sealed
        with its keys would be lost.
        """
        ring = cls(
            jwt=(JwtKey(secrets.token_hex(4), secrets.token_bytes(_JWT_KEY_BYTES)),),
            fernet=(Fernet.generate_key().decode("ascii"),),
        )
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_readable(path.parent, "700")
            _write_new(path, msgspec.json.encode(_File(_VERSION, ring.jwt, ring.fernet)))
        except FileExistsError as error:
            raise _unusable(path, "there are keys already; they are not replaced") from error
        except OSError as error:
            raise _unusable(path, f"cannot be written: {error.strerror}") from error
        return ring

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Read the keys at *path*.

        Raises `uuutd.errors.ConfigError` for a file that is missing, not a key ring, or
        readable by others.
        """
        try:
            _refuse_readable(path.parent, "700")
            _refuse_readable(path, "600")
            with path.open("rb") as file:
                content = msgspec.json.decode(file.read(_MAX_FILE), type=_File)
            return cls(jwt=content.jwt, fernet=content.fernet)
        except FileNotFoundError as error:
            raise _unusable(path, "there are no keys; `uuutd init` makes them") from error
        except OSError as error:
            raise _unusable(path, f"cannot be read: {error.strerror}") from error
        except (ValueError, msgspec.MsgspecError) as error:
            raise _unusable(path, f"is not a key ring: {error}") from error


@attrs.frozen
class _File:
    """A key ring as it stands in its file."""

    version: Literal[1]
    jwt: tuple[JwtKey, ...]
    fernet: tuple[str, ...] = attrs.field(repr=False)


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there, and do not come back before it is on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_readable(path: Path, mode: str) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise _unusable(path, f"others can read it; run: chmod {mode} {path}")


def _unusable(path: Path, detail: str) -> ConfigError:
    return ConfigError(str(path), [Problem("", detail)])
