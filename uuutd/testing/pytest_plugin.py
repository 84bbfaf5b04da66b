"""What pytest loads by itself: it makes failures inside the contract suites readable.

Nothing heavy is imported here, because every pytest run of the environment pays for it.
"""

from pathlib import Path

import pytest

pytest.register_assert_rewrite("uuutd.testing.contracts")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file for `uuutd.testing.versions`."""
    parser.addoption(
        "--tested-versions",
        metavar="FILE",
        type=Path,
        help="write there how the contracts went with each version of each program",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Count the outcomes, if so asked."""
    if (path := config.getoption("--tested-versions", default=None)) is not None:
        from .versions import Recorder

        config.pluginmanager.register(Recorder(path), "uuutd-tested-versions")
