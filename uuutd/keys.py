"""The daemon's own keys, and what is locked with them."""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import secrets
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import attrs
import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .errors import ConfigError, Problem

TOKEN_KEY_NEEDED = 16 * 60
"""How long a replaced token key is needed, in seconds: an access token's life and its leeway."""
SECRET_KEY_NEEDED = 60
"""How long, in seconds, a running daemon may take to write what it had just sealed."""
MAX_KEYS = 50
"""Keys of one kind; each of them is tried on what others cannot open."""

_VERSION: Literal[1] = 1
_JWT_KEY_BYTES = 32
_MAX_FILE = 64 * 1024

log = logging.getLogger("uuutd.keys")


class Unreadable(Exception):
    """A sealed text was made with other keys, for somebody else, or was damaged."""


class Box:
    """Encrypts what must not be read in the database, each for one user and one purpose."""

    def __init__(self, fernet_keys: Sequence[str]) -> None:
        keys = [Fernet(key) for key in fernet_keys]
        self._fernet = MultiFernet(keys)
        self._first = keys[0]

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

    def reseal(self, sealed: str) -> str | None:
        """Return *sealed* made anew with the first key; None if that made it already.

        Whose it is stays as it was.  Raises `Unreadable` if no key opens it.
        """
        try:
            text = sealed.encode()
            with contextlib.suppress(InvalidToken):
                self._first.decrypt(text)
                return None
            return self._fernet.rotate(text).decode("ascii")
        except (InvalidToken, UnicodeError) as error:
            raise Unreadable("it was not sealed with these keys") from error


@attrs.frozen
class JwtKey:
    """A key that signs access tokens; *kid* is how tokens name it."""

    kid: str
    key: bytes = attrs.field(repr=False)

    @key.validator
    def _long_enough(self, _attribute: object, value: bytes) -> None:
        if len(value) < _JWT_KEY_BYTES:
            raise ValueError(f"key {self.kid!r} is shorter than {_JWT_KEY_BYTES} bytes")

    @classmethod
    def new(cls) -> "JwtKey":
        """Return a key that nobody has."""
        return cls(secrets.token_hex(4), secrets.token_bytes(_JWT_KEY_BYTES))


@attrs.frozen
class KeyRing:
    """All keys; the first of each kind makes new things, the others only read old ones.

    *replaced_at* says since when a key has been none of the first, in seconds since 1970.
    *unfinished* are rings whose last change has not reached all sealed texts.
    """

    jwt: tuple[JwtKey, ...] = attrs.field(validator=attrs.validators.min_len(1))
    fernet: tuple[str, ...] = attrs.field(validator=attrs.validators.min_len(1), repr=False)
    replaced_at: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    unfinished: bool = False
    box: Box = attrs.field(init=False, repr=False, eq=False)

    @box.default
    def _make_box(self) -> Box:
        return Box(self.fernet)

    def with_new_token_key(self, now: int) -> "KeyRing":
        """Return a ring that signs tokens with a new key from *now* on."""
        replaced_at = {**self.replaced_at, self.jwt[0].kid: now}
        return attrs.evolve(self, jwt=(JwtKey.new(), *self.jwt), replaced_at=replaced_at)

    def with_new_secret_key(self, now: int) -> "KeyRing":
        """Return a ring that seals with a new key from *now* on; it is `unfinished`."""
        fernet = (_new_fernet(), *self.fernet)
        replaced_at = {**self.replaced_at, key_id(self.fernet[0]): now}
        return attrs.evolve(self, fernet=fernet, replaced_at=replaced_at, unfinished=True)

    def needed_until(self, name: str) -> int | None:
        """Return until when the key *name* is needed, in seconds since 1970; None: for good."""
        if name in (self.jwt[0].kid, key_id(self.fernet[0])):
            return None
        if name in {key.kid for key in self.jwt}:
            return self.replaced_at.get(name, 0) + TOKEN_KEY_NEEDED
        return None if self.unfinished else self.replaced_at.get(name, 0) + SECRET_KEY_NEEDED

    def without(self, names: Collection[str]) -> "KeyRing":
        """Return a ring without the keys *names*."""
        return attrs.evolve(
            self,
            jwt=tuple(key for key in self.jwt if key.kid not in names),
            fernet=tuple(key for key in self.fernet if key_id(key) not in names),
            replaced_at={k: at for k, at in self.replaced_at.items() if k not in names},
        )

    @classmethod
    def create(cls, path: Path) -> "KeyRing":
        """Make new keys and write them to *path*, for our eyes only.

        Raises `uuutd.errors.ConfigError` if the file is there already: what was sealed
        with its keys would be lost.
        """
        ring = cls(jwt=(JwtKey.new(),), fernet=(_new_fernet(),))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_readable(path.parent, "700")
            with _folder(path.parent) as folder:
                fcntl.flock(folder, fcntl.LOCK_EX)
                if path.exists():
                    raise _unusable(path, "there are keys already; they are not replaced")
                _put(path, ring, folder)
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
            return cls(content.jwt, content.fernet, content.replaced_at, content.unfinished)
        except FileNotFoundError as error:
            detail = "there are no keys; bring them back, or let the first `uuutd run` make some"
            raise _unusable(path, detail) from error
        except OSError as error:
            raise _unusable(path, f"cannot be read: {error.strerror}") from error
        except (ValueError, msgspec.MsgspecError) as error:
            raise _unusable(path, f"is not a key ring: {error}") from error


class RingFile:
    """A key ring that only we change as long as `changing` lasts; *ring* is as it stands."""

    def __init__(self, path: Path, folder: int) -> None:
        self._path, self._folder = path, folder
        self.ring = KeyRing.load(path)

    def write(self, ring: KeyRing) -> None:
        """Put *ring* in the place of the one that is there, as a whole or not at all."""
        if max(len(ring.jwt), len(ring.fernet)) > MAX_KEYS:
            raise _unusable(self._path, "there are too many old keys; run: uuutd keys drop-old")
        try:
            _put(self._path, ring, self._folder)
        except OSError as error:
            raise _unusable(self._path, f"cannot be written: {error.strerror}") from error
        self.ring = ring


@contextlib.contextmanager
def changing(path: Path) -> Iterator[RingFile]:
    """Keep others from changing the key ring at *path* for the block.

    Raises `uuutd.errors.ConfigError` as `KeyRing.load` does, and if somebody is at it.
    """
    KeyRing.load(path)  # says in our words if there is none
    with _folder(path.parent) as folder:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _unusable(path, "another `uuutd keys` is changing it; wait for that") from error
        yield RingFile(path, folder)


class LiveKeys:
    """The key ring of a running daemon, which somebody may change beside it.

    The file is looked at (one `stat`) whenever a key is wanted, and read anew if it is
    another one.  One that cannot be read leaves the keys as they are, is told once, and
    tried again the next time: what hinders may not be in the file, and keys that everybody
    else has dropped must not seal anything.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._told = _mark(path)
        self._ring = KeyRing.load(path)
        self.box: Box = _LiveBox(self)

    @property
    def ring(self) -> KeyRing:
        """The keys as they are now."""
        mark = _mark(self._path)
        if mark != self._seen:
            try:
                self._ring, self._seen = KeyRing.load(self._path), mark
                log.info("the keys were changed, and have been read anew")
            except ConfigError as error:
                if mark != self._told:
                    log.error("the keys were changed and cannot be used: %s", error)  # noqa: TRY400
            self._told = mark
        return self._ring

    @property
    def jwt(self) -> tuple[JwtKey, ...]:
        """The keys for tokens."""
        return self.ring.jwt


Keys = KeyRing | LiveKeys
"""Where keys are had from."""


class _LiveBox(Box):
    """A box with the keys that are good at the moment."""

    def __init__(self, keys: LiveKeys) -> None:
        self._keys = keys

    def seal(self, user_id: int, provider: str, payload: Mapping[str, str]) -> str:
        return self._keys.ring.box.seal(user_id, provider, payload)

    def open(self, user_id: int, provider: str, sealed: str) -> dict[str, str]:
        return self._keys.ring.box.open(user_id, provider, sealed)

    def reseal(self, sealed: str) -> str | None:
        return self._keys.ring.box.reseal(sealed)


def signing_key(keys: Iterable[JwtKey], kid: object) -> bytes | None:
    """Return the one of *keys* that tokens call *kid*; None if there is none, or no longer."""
    return next((key.key for key in keys if key.kid == kid), None)


def key_id(fernet_key: str) -> str:
    """Return what to call a key for sealed texts; it says nothing of the key."""
    return hashlib.sha256(fernet_key.encode()).hexdigest()[:8]


def _new_fernet() -> str:
    return Fernet.generate_key().decode("ascii")


@attrs.frozen
class _File:
    """A key ring as it stands in its file."""

    version: Literal[1]
    jwt: tuple[JwtKey, ...]
    fernet: tuple[str, ...] = attrs.field(repr=False)
    replaced_at: dict[str, int] = attrs.field(factory=dict)
    unfinished: bool = False


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def _put(path: Path, ring: KeyRing, folder: int) -> None:
    """Write a file under a passing name, give it the right one, and see it on the disk."""
    content = _File(_VERSION, ring.jwt, ring.fernet, dict(ring.replaced_at), ring.unfinished)
    passing = path.with_name(f".{path.name}.new")
    passing.unlink(missing_ok=True)  # of one that was killed
    handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(content))
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
    os.fsync(folder)


def _mark(path: Path) -> tuple[int, int, int] | None:
    """Return what tells a file from the one that was there before; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns, found.st_size


def _refuse_readable(path: Path, mode: str) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise _unusable(path, f"others can read it; run: chmod {mode} {path}")


def _unusable(path: Path, detail: str) -> ConfigError:
    return ConfigError(str(path), [Problem("", detail)])
