"""Tokens: short-lived signed ones that open the API, and opaque ones that renew them."""

import base64
import binascii
import functools
import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .errors import NotLoggedIn
from .keys import JwtKey, Keys, signing_key

if TYPE_CHECKING:
    from jwt import PyJWS

ACCESS_LIFETIME = 15 * 60
"""How long an access token is good, in seconds."""

_ISSUER = "uuutd"
_AUDIENCE = "uuutd-api"
_TYPE = "at+jwt"  # RFC 9068
_ALGORITHM = "HS256"
_LEEWAY = 30
_MAX_LENGTH = 4096
_REMEMBERED = 1024  # signatures that need no second check
_TEXTS = ("iss", "aud", "sub", "jti", "sid")
_NUMBERS = ("iat", "nbf", "exp", "gen")
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_REFRESH_SHAPE = re.compile(r"([A-Za-z0-9_-]{22})\.[A-Za-z0-9_-]{43}", re.ASCII)
_PERSONAL = "uuut_"
_AGAIN = "The access token is not good, or no longer: log in again."


@attrs.frozen
class Claims:
    """What an access token says: whose it is, of which login, in which generation."""

    user_id: int
    session_id: str
    gen: int


class _Invalid(Exception):
    """A token that is not one of ours."""


@functools.cache
def _jws() -> "PyJWS":
    """Return what signs; the library is big, and loaded with the first token."""
    from jwt import PyJWS  # noqa: PLC0415

    return PyJWS(algorithms=[_ALGORITHM])


class AccessTokens:
    """Makes and reads access tokens; *clock* gives the seconds since 1970."""

    def __init__(self, keys: Keys, *, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        self._verified = functools.lru_cache(_REMEMBERED)(self._verify)

    def issue(self, claims: Claims) -> str:
        """Return a token that is good for `ACCESS_LIFETIME` from now on."""
        now = int(self._clock())
        key = self._keys.jwt[0]
        content = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(claims.user_id),
            "sid": claims.session_id,
            "gen": claims.gen,
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "nbf": now,
            "exp": now + ACCESS_LIFETIME,
        }
        headers = {"kid": key.kid, "typ": _TYPE}
        payload = json.dumps(content, separators=(",", ":")).encode()
        return _jws().encode(payload, key.key, algorithm=_ALGORITHM, headers=headers)

    def read(self, token: str) -> Claims:
        """Return what *token* says; raises `uuutd.errors.NotLoggedIn` unless we made it so.

        The signature is checked by the library.  Shape, types and times are checked
        here, for the library takes a time that is a text or lies in the far future.
        """
        if len(token) > _MAX_LENGTH or not _SHAPE.fullmatch(token) or not _is_canonical(token):
            raise NotLoggedIn(_AGAIN)
        try:
            content = self._verified(token, self._keys.jwt)
        except (_Invalid, ValueError, RecursionError) as error:
            raise NotLoggedIn(_AGAIN) from error
        if not self._is_in_order(content):
            raise NotLoggedIn(_AGAIN)
        return Claims(int(content["sub"]), content["sid"], content["gen"])

    def _verify(self, token: str, keys: tuple[JwtKey, ...]) -> Mapping[str, Any]:
        """Check the signature; what was found with other *keys* is not remembered for these."""
        from jwt import InvalidTokenError  # noqa: PLC0415 - as in _jws

        try:
            header = _jws().get_unverified_header(token)
            key = signing_key(keys, header.get("kid"))
            if key is None or header.get("typ") != _TYPE:
                raise _Invalid
            content = json.loads(_jws().decode(token, key, algorithms=[_ALGORITHM]))
        except InvalidTokenError as error:
            raise _Invalid from error
        return content if isinstance(content, dict) else {}

    def _is_in_order(self, content: Mapping[str, Any]) -> bool:
        if not all(type(content.get(name)) is str for name in _TEXTS):
            return False
        if not all(type(content.get(name)) is int for name in _NUMBERS):
            return False
        if (content["iss"], content["aud"]) != (_ISSUER, _AUDIENCE):
            return False
        if not (content["sub"].isascii() and content["sub"].isdecimal()):
            return False
        begins, ends = content["nbf"], content["exp"]
        if content["iat"] > begins or not 0 < ends - content["iat"] <= ACCESS_LIFETIME:
            return False
        return bool(begins - _LEEWAY <= self._clock() < ends + _LEEWAY)


def _is_canonical(token: str) -> bool:
    """Whether the signature is spelled in the one right way: its last bits can be anything."""
    signature = token.rpartition(".")[2]
    try:
        octets = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except binascii.Error:
        return False
    return base64.urlsafe_b64encode(octets).rstrip(b"=") == signature.encode("ascii")


def new_personal() -> str:
    """Return a new personal token: 256 random bits behind what tells it from other tokens."""
    return f"{_PERSONAL}{secrets.token_urlsafe(32)}"


def is_personal(text: str) -> bool:
    """Whether *text* looks like a personal token."""
    return text.startswith(_PERSONAL)


def hash_personal(text: str) -> str:
    """Return what is kept of a personal token."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@attrs.frozen
class RefreshToken:
    """A token that renews a login once: the secret of the login, and one of its own."""

    text: str = attrs.field(repr=False)

    @classmethod
    def new(cls) -> "RefreshToken":
        """Return the first one of a new login."""
        return cls(f"{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}")

    @classmethod
    def parse(cls, text: str) -> "RefreshToken | None":
        """Return the token that *text* is; None if it cannot be one."""
        return cls(text) if _REFRESH_SHAPE.fullmatch(text) else None

    def next(self) -> "RefreshToken":
        """Return one that follows this in the same login."""
        return RefreshToken(f"{self._family}.{secrets.token_urlsafe(32)}")

    @property
    def session_id(self) -> str:
        """The id of the login, from which the token cannot be guessed."""
        return hashlib.sha256(self._family.encode()).hexdigest()[:32]

    @property
    def hash(self) -> str:
        """What is kept of it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def _family(self) -> str:
        return self.text.partition(".")[0]
