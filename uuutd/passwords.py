"""Passwords: what a good one is, and how it is kept."""

import asyncio
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import attrs
from passlib.context import CryptContext

from .errors import Busy

MIN_LENGTH = 12
MAX_LENGTH = 256
_QUEUE = 8
_RETRY_AFTER = 2.0
_DIGITS_AND_SIGNS = re.compile(r"[\W\d_]+")
_RUN_LENGTH = 6
_RUNS = tuple(
    run + run[::-1]
    for run in (
        "abcdefghijklmnopqrstuvwxyz" * 2,
        "0123456789" * 3,
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    )
)
_COMMON_WORDS = """
admin administrator anime baseball changeme charlie computer default dragon football hello iloveyou
internet letmein login manager master michael monkey passphrase passwd password princess secret
shadow starwars sunshine superman test torrent trustno user watchlist welcome
"""
_COMMON = frozenset(_COMMON_WORDS.split())

T = TypeVar("T")


def password_problem(password: str, username: str) -> str | None:
    """Say what is wrong with *password* as a new password of *username*; None if it will do."""
    text = unicodedata.normalize("NFC", password)
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        return f"must have {MIN_LENGTH} to {MAX_LENGTH} characters"
    if not _can_be_hashed(text):
        return "has a character that cannot be part of a password"
    if _easily_guessed(text.casefold(), username.casefold()):
        return "is too easily guessed"
    return None


def _easily_guessed(text: str, username: str) -> bool:
    if any(text in run for run in _RUNS):
        return True
    if text in (text + text)[1:-1]:  # then it is some shorter text, repeated
        return True
    letters = _DIGITS_AND_SIGNS.sub("", text)
    if len(letters) >= _RUN_LENGTH and any(letters in run for run in _RUNS):
        return True
    own = {username, _DIGITS_AND_SIGNS.sub("", username)} - {""}
    return letters in _COMMON or text in own or letters in own


def _can_be_hashed(text: str) -> bool:
    """Whether *text* is Unicode that can be encoded, without NUL."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


@attrs.frozen
class Verdict:
    """Whether a password is right; *new_hash* replaces one of an older kind."""

    right: bool
    new_hash: str | None = None


class Passwords:
    """Hashes and checks passwords in threads of its own, a few at a time.

    *rounds* is bcrypt's cost; tests alone lower it.  When more than *queue* wait
    already, `uuutd.errors.Busy` is raised: log-ins must not starve everything else.
    """

    def __init__(self, *, rounds: int = 12, queue: int = _QUEUE) -> None:
        self._context = CryptContext(
            ["bcrypt_sha256", "bcrypt"],
            deprecated="auto",
            bcrypt_sha256__rounds=rounds,
            bcrypt__rounds=rounds,
        )
        workers = 1 if (os.cpu_count() or 1) == 1 else 2
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="uuutd-passwords")
        self._room = threading.BoundedSemaphore(workers + queue)
        self._dummy: str | None = None

    async def prime(self) -> None:
        """Make ready for unknown users, so that the first of them takes no longer."""
        self._dummy = await self._in_thread(lambda: self._hash(secrets.token_urlsafe()))

    async def hash(self, password: str) -> str:
        """Return the hash to keep of a password that has no `password_problem`."""
        return await self._in_thread(lambda: self._hash(unicodedata.normalize("NFC", password)))

    async def verify(self, password: str, kept: str | None) -> Verdict:
        """Compare *password* with the *kept* hash; for None it takes as long and is wrong."""
        text = unicodedata.normalize("NFC", password)
        if self._dummy is None:
            await self.prime()
        if kept is None or len(text) > MAX_LENGTH or not _can_be_hashed(text):
            await self._in_thread(lambda: self._verify("", self._dummy))
            return Verdict(right=False)
        return await self._in_thread(lambda: self._verify(text, kept))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hash(self, text: str) -> str:
        hashed: str = self._context.hash(text)
        return hashed

    def _verify(self, text: str, kept: str | None) -> Verdict:
        try:
            right, new_hash = self._context.verify_and_update(text, kept)
        except ValueError:  # more than 72 bytes for a bcrypt of old, or a damaged hash
            self._context.verify("", self._dummy)
            return Verdict(right=False)
        return Verdict(right, new_hash)

    async def _in_thread(self, call: Callable[[], T]) -> T:
        if not self._room.acquire(blocking=False):
            raise Busy("Too many people are logging in at this moment.", retry_after=_RETRY_AFTER)
        future = self._threads.submit(call)
        future.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(future)
