"""What the contracts say to a plugin author who left something out."""

import subprocess
import sys

import pytest

SUITE = """
from uuutd.testing.contracts.{kind} import {kind_}Contract
from uuutd.testing.fakes import {fake}

class TestMine({kind_}Contract):
    backend_class = {fake}
"""


@pytest.mark.parametrize(
    ("kind", "fake", "test", "missing"),
    [
        ("indexer", "FakeIndexer", "test_what_is_there_is_found", "the fixture stocked"),
        ("indexer", "FakeIndexer", "test_a_service_that_refuses_us and 401", "config_for"),
        ("watchlist", "FakeWatchlist", "test_an_empty_list", "the fixture empty_account"),
    ],
)
def test_what_was_not_overridden_is_named(tmp_path, kind, fake, test, missing):
    suite = tmp_path / "test_mine.py"
    suite.write_text(SUITE.format(kind=kind, kind_=kind.capitalize(), fake=fake), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", test]
    ran = subprocess.run(
        [*command, "-o", "asyncio_mode=auto", str(suite)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout
    assert f"TestMine has to override {missing}" in ran.stdout
