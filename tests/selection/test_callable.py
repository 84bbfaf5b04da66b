"""`uuutd.choice:choose`, the callable that the documentation names."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .measure import cases

PLUGIN = """
import uuutd.hookspecs
from uuutd.domain import Adjustment


@uuutd.hookspecs.hookimpl
def uuutd_judge_release(release):
    return Adjustment(refuse="Refused" in release.title, reason="not that group")
"""
ASK = """
import json, sys
from uuutd.choice import choose
case = json.load(sys.stdin)
given = case["media"], case["wanted"], case["releases"]
print(json.dumps([choose(*given), choose(*given, ())]))
"""


@pytest.fixture
def installed(tmp_path):
    """Install a plugin that judges, for other processes."""
    (tmp_path / "strict_judge.py").write_text(PLUGIN)
    info = tmp_path / "strict_judge-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strict-judge\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[uuutd]\nstrict-judge = strict_judge\n")
    return tmp_path


def test_the_judges_of_installed_plugins_are_asked_unless_others_are_named(installed):
    case = {
        "media": {"title": {"romaji": "Umi no Uta"}, "format": "TV", "episodes": 12},
        "wanted": {"episode": 5, "batch": False},
        "releases": [
            {"title": "[Refused] Umi no Uta - 05", "seeders": 99, "category": "1_2"},
            {"title": "[Plain] Umi no Uta - 05", "seeders": 1, "category": "1_2"},
        ],
    }
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(case),
        env={"PYTHONPATH": f"{installed}:{root}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == [1, 0]


def test_the_benchmark_has_the_shape_that_it_takes():
    for case in cases():
        assert set(case) == {
            "id",
            "show",
            "kind",
            "media",
            "wanted",
            "releases",
            "answer",
            "eligible",
        }
