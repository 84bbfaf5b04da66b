"""The daemon's log: JSON lines, or readable lines on a terminal; never a secret in either.

Everything logs through the standard library; this module says how it is written.  One
event is one line of ASCII (a traceback inside of it is a text like any other), so what
strangers put into names can neither forge a line nor speak to a terminal.
"""

import functools
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from .domain import Secret

HIDDEN = "***"
QUIET = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "asyncio": logging.WARNING,
    "tortoise": logging.WARNING,
    "urllib3": logging.ERROR,  # it warns of each retry; the guard says what came of them
}
"""Libraries that say too much, and the least level that is of interest."""
_SECRET_KEYS = re.compile(
    r"pass(word|phrase|key)|secret|token|authorization|cookie|credential", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+", re.IGNORECASE)
_USERINFO = re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@\"'<>]+@", re.IGNORECASE)
_QUERY = re.compile(r"\b(https?://[^\s?\"'<>]+)\?[^\s\"'<>]+", re.IGNORECASE)


def configure(level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Send the log of the whole process to *stream*, standard error if left out."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(readable=stream.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library, least in QUIET.items():
        logging.getLogger(library).setLevel(max(least, root.level))
    logging.captureWarnings(capture=True)


def formatter(*, readable: bool) -> logging.Formatter:
    """Return what makes a line of a log record, for people or (JSON) for programs."""
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if readable:
        last += [structlog.processors.format_exc_info, redact, _printable]
        last.append(structlog.dev.ConsoleRenderer(sort_keys=False, pad_event_to=0))
    else:
        last += [structlog.processors.format_exc_info, redact]
        last.append(structlog.processors.JSONRenderer(default=str))
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=last,
    )


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide what looks like a secret: the second line of defence, `Secret` being the first."""
    return {
        key: HIDDEN if key != "event" and _is_secret(key) else _hidden(value)
        for key, value in event.items()
    }


@functools.lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    """Whether what stands under *key* must not be told; there are few keys."""
    return _SECRET_KEYS.search(key) is not None


def hide(text: str) -> str:
    """Return *text* without credentials, and its web addresses without user and query."""
    text = _CREDENTIALS.sub(rf"\1 {HIDDEN}", text)
    if "://" not in text:
        return text
    text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    return _QUERY.sub(rf"\1?{HIDDEN}", text)


def _hidden(value: Any) -> Any:
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: _hidden(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(each) for each in value]
    return value if isinstance(value, bool | int | float | None) else hide(str(value))


def _printable(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> EventDict:
    """Escape what is not plain text, for a terminal; only tracebacks keep their lines."""
    return {
        key: _escaped(value, keep="\n" if key in ("exception", "stack") else "")
        if isinstance(value, str)
        else value
        for key, value in event.items()
    }


def _escaped(text: str, *, keep: str) -> str:
    return "".join(
        each if each.isprintable() or each in keep else each.encode("unicode_escape").decode()
        for each in text
    )
