"""The suite fails a test that logs a secret of its fixtures."""

import logging

import pytest

from .conftest import SECRETS, Listener


def fail(text):
    raise ValueError(text)


@pytest.mark.parametrize("how", ["text", "argument", "traceback"])
def test_the_suite_hears_a_fixtures_secret(how):
    listener = Listener()
    log = logging.getLogger("uuutd.tests.aside")
    log.propagate = False
    log.addHandler(listener)
    try:
        if how == "traceback":
            try:
                fail(SECRETS[0])
            except ValueError:
                log.exception("it failed")
        else:
            log.error(*((SECRETS[0],) if how == "text" else ("%s", SECRETS[0])))
    finally:
        log.removeHandler(listener)
    assert len(listener.heard) == 1
