"""The log: one line for each event, and never a secret in it."""

import io
import json
import logging
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from uuutd.domain import Secret
from uuutd.log import configure, formatter, hide

CANARY = "hunter2-canary"


@pytest.fixture
def stream():
    """What the log was written to, with everything as it was before afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    made = io.StringIO()
    configure("DEBUG", stream=made)
    yield made
    root.handlers[:], root.level = before[0], before[1]
    logging.captureWarnings(capture=False)


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(text):
    raise ValueError(text)


def record(message, *args, **extra):
    made = logging.LogRecord("uuutd.x", logging.INFO, __file__, 1, message, args, None)
    vars(made).update(extra)
    return made


def test_an_event_is_a_line_of_json_with_what_was_given(stream):
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        logging.getLogger("uuutd.clients.seedbox").warning(
            "took %d s", 3, extra={"duration_ms": 3000}
        )
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "took 3 s",
        "level": "warning",
        "logger": "uuutd.clients.seedbox",
        "request_id": "abc",
        "duration_ms": 3000,
    }


def test_a_traceback_is_a_part_of_its_line(stream):
    try:
        fail(f"Bearer {CANARY}")
    except ValueError:
        logging.getLogger("uuutd").exception("failed")
    (line,) = lines(stream)
    assert "ValueError: Bearer ***" in line["exception"]
    assert CANARY not in stream.getvalue()


def test_structlog_itself_is_not_needed_for_a_library_to_be_heard(stream):
    logging.getLogger("somebody.else").error("hello")
    logging.getLogger("aiohttp.access").info("nobody needs this")
    assert [line["event"] for line in lines(stream)] == ["hello"]


@pytest.mark.parametrize("readable", [True, False])
def test_no_secret_gets_into_a_line(readable):
    text = formatter(readable=readable).format(
        record(
            "%s Authorization: Bearer %s at https://user:%s@host/path?token=%s",
            Secret(CANARY),
            CANARY,
            CANARY,
            CANARY,
            password=CANARY,
            api_token=CANARY,
            nested={"url": f"https://host/?q={CANARY}", "list": [Secret(CANARY)]},
            account=[("x", Secret(CANARY))],
        )
    )
    assert CANARY not in text
    assert "host/path" in text


@given(st.text())
def test_whatever_a_stranger_writes_stays_one_line_of_ascii(text):
    line = formatter(readable=False).format(record("added %s", text, title=text))
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["title"] == hide(text)


@given(st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Lu", "Po"])))
def test_on_a_terminal_nothing_but_plain_text_arrives(text):
    line = formatter(readable=True).format(record("added %s", text))
    for sgr in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[34m", "\x1b[36m"):
        line = line.replace(sgr, "")
    assert line.isprintable(), repr(line)


def test_a_traceback_keeps_its_lines_on_a_terminal():
    try:
        fail("\x1b[31mforged\nline")
    except ValueError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    text = formatter(readable=True).format(made)
    assert "Traceback (most recent call last):\n" in text
    assert "\x1b[31mforged" not in text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://h/p?a=b c", "https://h/p?*** c"),
        ("postgres://u:p@h/d", "postgres://***@h/d"),
        ("basic dXNlcjpw", "basic ***"),
        ("nothing to hide? no", "nothing to hide? no"),
    ],
)
def test_what_is_hidden_in_a_text(text, hidden):
    assert hide(text) == hidden
