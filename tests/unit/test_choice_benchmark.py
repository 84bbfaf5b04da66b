"""The project's own benchmark: cases over real shows whose answers follow from the rules."""

import json
import random
from pathlib import Path

import pytest

from uuutd.choice import choose
from uuutd.domain import Adjustment

LINES = (Path(__file__).parents[1] / "data" / "choice.jsonl").read_text("utf-8").splitlines()
CASES = [pytest.param(case, id=f"{case['id']}-{case['kind']}") for case in map(json.loads, LINES)]


def chosen(case, releases, judges=None):
    index = choose(case["media"], case["wanted"], releases, judges)
    return None if index is None else releases[index]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_answer_is_exact_in_whatever_order(case, seed):
    releases = list(case["releases"])
    if seed is not None:
        random.Random(seed).shuffle(releases)
    expected = None if case["answer"] is None else case["releases"][case["answer"]]
    assert chosen(case, releases) == expected


@pytest.mark.parametrize("case", CASES)
def test_exactly_the_eligible_releases_pass_the_rules(case):
    for index, release in enumerate(case["releases"]):
        passes = chosen(case, [release]) is not None
        assert passes is (index in case["eligible"]), release["title"]


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_judge_brings_no_harm(case):
    def hostile(wanted, release, taste, verdict):
        if len(release.title) % 3 == 0:
            raise RuntimeError("hostile")
        return Adjustment(points=10**9, reason="take this", refuse=len(release.title) % 5 == 0)

    found = chosen(case, case["releases"], [("hostile", hostile)])
    assert found is None or case["releases"].index(found) in case["eligible"]
