"""The choice held against cases made from its rules, and against simpler choosers."""

import re
from functools import cache
from pathlib import Path

import pytest

from uuutd.choice import choose
from uuutd.domain import Adjustment

from . import make_cases, rivals
from .measure import CHOOSERS, cases, outcome, score

DOCS = Path(__file__).parents[2] / "docs" / "choice.md"
CASES = cases()


@cache
def failures(seed=None):
    """Say what did not come out exactly, for people."""
    return list(_failures(seed))


def _failures(seed):
    for case in cases(seed):
        got = choose(case["media"], case["wanted"], case["releases"], ())
        if outcome(case, got) != "exact":
            names = [
                None if i is None else case["releases"][i]["title"] for i in (case["answer"], got)
            ]
            yield f"{outcome(case, got)} {case['id']} {case['kind']}: {names[1]!r} for {names[0]!r}"


def test_the_cases_are_those_that_their_maker_makes():
    made = make_cases.text()
    assert make_cases.FILE.read_text(encoding="utf-8") == made, (
        "run: python -m tests.selection.make_cases"
    )


def test_there_are_enough_of_them():
    assert len(CASES) >= 150
    assert len({case["show"] for case in CASES}) >= 60
    assert {20 <= len(case["releases"]) <= 30 for case in CASES} == {True}
    assert sum(case["answer"] is None for case in CASES) >= 10


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4, 5])
def test_nearly_every_answer_is_exact_and_none_does_harm(seed):
    failed = failures(seed)
    assert not [text for text in failed if text.startswith("harm")]
    assert len(failed) <= 0.02 * len(CASES), failed


def test_the_order_of_the_feed_changes_nothing():
    assert all(set(failures(seed)) == set(failures(None)) for seed in (1, 2, 3, 4, 5))


def test_every_single_release_is_judged_by_the_rules_alone():
    wrong = []
    for case in CASES:
        if case["wanted"]["batch"] == "allow":
            continue  # there a pack fits only if no single does
        for index, release in enumerate(case["releases"]):
            fits = choose(case["media"], case["wanted"], [release], ()) is not None
            if fits is not (index in case["eligible"]):
                wrong.append((case["id"], fits, release["title"]))
    assert wrong == []


@pytest.mark.parametrize("kind", ["loud", "broken", "refusing"])
def test_a_hostile_judge_does_no_harm(kind):
    def judge(wanted, release, taste, verdict):
        if kind == "broken":
            raise RuntimeError(release.title)
        if kind == "refusing":
            return Adjustment(refuse=len(release.title) % 2 == 0, reason="\x1b[31mno")
        return Adjustment(points=10**9 if release.seeders % 2 else -(10**9))

    for case in CASES:
        got = choose(case["media"], case["wanted"], case["releases"], [("hostile", judge)])
        assert outcome(case, got) != "harm", case["id"]


def documented():
    """Read exact and harm of every chooser from the documentation."""
    rows = re.findall(
        r"^\| (.+?) \| ([\d.]+) % \| ([\d.]+) % \|", DOCS.read_text("utf-8"), re.MULTILINE
    )
    return {name: (exact, harm) for name, exact, harm in rows}


@pytest.mark.parametrize("name", CHOOSERS)
def test_the_documentation_says_what_is_measured(name):
    found = score(CHOOSERS[name], CASES)
    measured = (f"{found.exact:.1f}", f"{found.harm:.1f}")
    assert documented()[name] == measured, "run: python -m tests.selection, and correct the table"


def test_the_documentation_names_the_number_of_cases():
    shows = len({case["show"] for case in CASES})
    assert f"{len(CASES)} cases over {shows} lines of shows" in DOCS.read_text("utf-8")


def test_the_simpler_choosers_do_their_job_where_it_is_simple():
    media = {"title": {"romaji": "Umi no Uta"}, "synonyms": [], "prequels": []}
    releases = [
        {
            "title": f"[G] Umi no Uta - {number} [1080p]",
            "seeders": number,
            "category": "1_2",
            "remake": False,
            "trusted": False,
        }
        for number in (14, 15)
    ]
    wanted = {"episode": 14, "prefs": {"resolutions": ["1080p"], "groups": [], "min_seeders": 1}}
    assert rivals.substrings(media, wanted, releases) == 0
    assert rivals.parsed(media, wanted, releases) == 0
