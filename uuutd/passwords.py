"""Passwords: what a good one is, and how it is kept."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import attrs
from passlib.context import CryptContext

from .errors import Busy

MIN_LENGTH = 12
MAX_LENGTH = 256
_QUEUE = 8
_RETRY_AFTER = 2.0
_JUDGED_WITHIN = 20.0
_NICER = 5
_NICEST = 19
_TOO_EASY = "is too easily guessed: take some words that have nothing to do with each other"

T = TypeVar("T")

log = logging.getLogger(__name__)

Judge = Callable[[str, Sequence[str]], bool]


def judged_apart(password: str, about: Sequence[str]) -> bool:
    """Ask `uuutd.strength` in a process of its own, so that its lists take no room here.

    Raises `uuutd.errors.Busy` if there is no room for a process, or no answer.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "uuutd.strength"],
            input=json.dumps([password, *about]).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could show the password
            timeout=_JUDGED_WITHIN,
            check=True,
        )
        return bool(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        log.warning("the strength of a password could not be judged: %s", type(error).__name__)
        raise Busy(
            "Whether this password is good cannot be told at this moment.",
            retry_after=_RETRY_AFTER,
        ) from None


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

    *rounds* is bcrypt's cost, and *judge* says whether a password is easily guessed by who
    knows some texts about its owner; tests alone choose others.  When more than *queue* wait
    already, `uuutd.errors.Busy` is raised: log-ins must not starve everything else.
    """

    def __init__(
        self, *, rounds: int = 12, queue: int = _QUEUE, judge: Judge = judged_apart
    ) -> None:
        self._context = CryptContext(
            ["bcrypt_sha256", "bcrypt"],
            deprecated="auto",
            bcrypt_sha256__rounds=rounds,
            bcrypt__rounds=rounds,
        )
        workers = 1 if (os.cpu_count() or 1) == 1 else 2
        self._threads = ThreadPoolExecutor(
            workers, thread_name_prefix="uuutd-passwords", initializer=_step_back
        )
        self._room = threading.BoundedSemaphore(workers + queue)
        self._strangers = threading.BoundedSemaphore(workers + queue // 2)
        self._dummy: str | None = None
        self._judge = judge

    async def prime(self) -> None:
        """Make ready for unknown users, so that the first of them takes no longer."""
        self._dummy = await self._in_thread(lambda: self._hash(secrets.token_urlsafe()))

    async def problem(self, password: str, username: str) -> str | None:
        """Say what is wrong with *password* as a new one of *username*; None if it will do."""
        text = unicodedata.normalize("NFC", password)
        if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
            return f"must have {MIN_LENGTH} to {MAX_LENGTH} characters"
        if not _can_be_hashed(text):
            return "has a character that cannot be part of a password"
        # A name that cannot be one is told by whoever checks names.
        about = [username] if _can_be_hashed(username) else []
        easy = await self._in_thread(lambda: self._judge(text, about))
        return _TOO_EASY if easy else None

    async def hash(self, password: str) -> str:
        """Return the hash to keep of a password that has no `problem`."""
        return await self._in_thread(lambda: self._hash(unicodedata.normalize("NFC", password)))

    async def verify(self, password: str, kept: str | None, *, stranger: bool = False) -> Verdict:
        """Compare *password* with the *kept* hash; for None it takes as long and is wrong.

        Those of a *stranger* leave half of the queue free for all others.
        """
        text = unicodedata.normalize("NFC", password)
        if self._dummy is None:
            await self.prime()
        nobodys = kept is None or len(text) > MAX_LENGTH or not _can_be_hashed(text)
        if not stranger:
            return await self._compare(text, None if nobodys else kept)
        with _place(self._strangers):
            return await self._compare(text, None if nobodys else kept)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _compare(self, text: str, kept: str | None) -> Verdict:
        if kept is None:
            await self._in_thread(lambda: self._verify("", self._dummy))
            return Verdict(right=False)
        return await self._in_thread(lambda: self._verify(text, kept))

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
        _enter(self._room)
        future = self._threads.submit(call)
        future.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(future)


def _step_back() -> None:
    """Let all else go first when there is too little processor: whoever is logged in comes first.

    Linux has a priority for each thread; elsewhere the whole daemon would step back.
    """
    if sys.platform == "linux":
        own = os.getpriority(os.PRIO_PROCESS, 0)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, min(own + _NICER, _NICEST))


def _enter(room: threading.BoundedSemaphore) -> None:
    """Take a place in *room*, or raise `uuutd.errors.Busy`."""
    if not room.acquire(blocking=False):
        raise Busy("Too many people are logging in at this moment.", retry_after=_RETRY_AFTER)


@contextlib.contextmanager
def _place(room: threading.BoundedSemaphore) -> Iterator[None]:
    """Hold a place in *room*."""
    _enter(room)
    try:
        yield
    finally:
        room.release()
