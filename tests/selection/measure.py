"""Hold choosers against the cases: how often the answer is exact, and how often it does harm."""

import copy
import json
import random
import time
from pathlib import Path

import attrs

from uuutd.choice import choose

from . import rivals

FILE = Path(__file__).with_name("cases.jsonl")
CHOOSERS = {
    "title, number and quality as texts, most seeders": rivals.substrings,
    "a parser's title and numbers, prequels counted": rivals.parsed,
    "**UUUTorrent**": choose,
}


@attrs.frozen(kw_only=True)
class Score:
    """How a chooser did, in per cent of the cases, and how long a case takes it.

    *right* is another release that fits, *missed* none though one fits, *harm* one that breaks
    a rule.
    """

    exact: float
    right: float
    missed: float
    harm: float
    milliseconds: float


def cases(seed=None):
    """Read the cases; with a *seed* the releases of each are in another order."""
    found = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return found if seed is None else [_shuffled(case, random.Random(seed)) for case in found]


def _shuffled(case, rng):
    order = list(range(len(case["releases"])))
    rng.shuffle(order)
    return case | {
        "releases": [case["releases"][index] for index in order],
        "answer": None if case["answer"] is None else order.index(case["answer"]),
        "eligible": [order.index(index) for index in case["eligible"]],
    }


def outcome(case, got):
    """Say what an answer is worth."""
    if got == case["answer"]:
        return "exact"
    if got is None:
        return "missed"
    return "right" if got in case["eligible"] else "harm"


def score(chooser, among):
    """Ask a chooser about all cases."""
    counts = dict.fromkeys(("exact", "right", "missed", "harm"), 0)
    spent = 0.0
    for case in among:
        given = copy.deepcopy((case["media"], case["wanted"], case["releases"]))
        start = time.perf_counter()
        got = chooser(*given)
        spent += time.perf_counter() - start
        counts[outcome(case, got)] += 1
    shares = {name: 100 * count / len(among) for name, count in counts.items()}
    return Score(milliseconds=1000 * spent / len(among), **shares)


def table():
    """Return what came out as the table of docs/choice.md."""
    among = cases()
    lines = ["| chooser | exact | harm | ms a case |", "|---|---|---|---|"]
    for name, chooser in CHOOSERS.items():
        found = score(chooser, among)
        lines.append(
            f"| {name} | {found.exact:.1f} % | {found.harm:.1f} % | {found.milliseconds:.2f} |"
        )
    return "\n".join(lines)
