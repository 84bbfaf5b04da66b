"""What a run of the contracts writes down about the programs it met."""

import json
import os
import stat
import subprocess
import sys

import attrs
import pytest

from uuutd.testing.programs import programs
from uuutd.testing.versions import Tried, read

SUITE = """
import pytest
from uuutd.testing.versions import tested

@pytest.fixture(params=["1.0", "2.0"])
def program(request):
    tested(request, kind="client", name="box", version=request.param, api="RPC 7")
    yield request.param
    assert request.node.name != "test_torn_down[2.0]"

def test_passes(program): pass
def test_fails(program): assert program == "1.0"
def test_skips(program): pytest.skip("not today")
def test_torn_down(program): pass
def test_of_nothing(): pass
"""
OLD = Tried(
    kind="client",
    name="box",
    version="1.0",
    api="RPC 7",
    passed=9,
    failed=9,
    skipped=9,
    on="2020-01-01",
)
OTHER = attrs.evolve(OLD, name="other", version="0.9", api="")


def test_outcomes_are_counted_by_program_and_others_rows_stay(tmp_path):
    suite, table = tmp_path / "test_suite.py", tmp_path / "table.json"
    suite.write_text(SUITE)
    table.write_text(json.dumps([attrs.asdict(row) for row in (OLD, OTHER)]))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tested-versions"]
    subprocess.run([*command, table, suite], cwd=tmp_path, check=False, capture_output=True)
    one, two, other = read(table)
    assert other == OTHER
    assert (one.version, one.passed, one.failed, one.skipped) == ("1.0", 3, 0, 1)
    assert (two.version, two.passed, two.failed, two.skipped) == ("2.0", 1, 2, 1)
    assert {one.api, two.api} == {"RPC 7"}
    assert one.on == two.on > OLD.on


def test_no_table_is_an_empty_one(tmp_path):
    assert read(tmp_path / "none.json") == []


def test_programs_are_those_of_the_variable_or_the_one_in_the_path(tmp_path, monkeypatch):
    paths = []
    for folder in ("a", "b"):
        path = tmp_path / folder / "box"
        path.parent.mkdir()
        path.touch()
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        paths.append(str(path))
    monkeypatch.setenv("PATH", str(tmp_path / "b"))
    monkeypatch.delenv("UUUTD_TEST_BOX", raising=False)
    assert programs("UUUTD_TEST_BOX", "box") == paths[1:]
    assert programs("UUUTD_TEST_BOX", "nosuch") == []
    monkeypatch.setenv("UUUTD_TEST_BOX", os.pathsep.join(paths))
    assert programs("UUUTD_TEST_BOX", "box") == paths
    monkeypatch.setenv("UUUTD_TEST_BOX", f"{tmp_path}/nosuch")
    with pytest.raises(FileNotFoundError, match="UUUTD_TEST_BOX"):
        programs("UUUTD_TEST_BOX", "box")
