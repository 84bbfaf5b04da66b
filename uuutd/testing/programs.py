"""Real programs for tests, started on loopback."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test because *what* is not installed, or fail where everything must be there.

    ``UUUTD_TEST_REQUIRE_ALL=1`` says that it must.
    """
    if os.environ.get("UUUTD_TEST_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not installed, and UUUTD_TEST_REQUIRE_ALL is set", pytrace=False)
    pytest.skip(f"{what} is not installed")
