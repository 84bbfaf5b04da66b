"""Whoever keeps ownership in memory hears of every write to it."""

import ast
import re
from pathlib import Path

import pytest

import uuutd.store
from uuutd.store import touched

FOLDER = Path(uuutd.store.__file__).parent
WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (links|torrents|link_episodes)\b")
ROWS = {"LinkRow", "TorrentRow", "EpisodeRow"}
CHANGES = {"create", "bulk_create", "get_or_create", "update", "delete", "save"}
SAYS_SO = {"touching", "transaction_on", "note"}


def names_in(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def statements(tree):
    """Return the names of the module's statements that write to who owns what."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(
            isinstance(each, ast.Constant)
            and isinstance(each.value, str)
            and WRITES.search(each.value)
            for each in ast.walk(node.value)
        )
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def functions():
    """Give every function of the store with whether it writes and whom it calls."""
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        writing = statements(tree)
        for node in tree.body:
            if not isinstance(node, ast.AsyncFunctionDef):
                continue
            names = names_in(node)
            changes = any(
                isinstance(each, ast.Attribute) and each.attr in CHANGES for each in ast.walk(node)
            )
            yield path.stem, node, bool(names & writing or (changes and names & ROWS)), names


def test_every_function_that_writes_says_so():
    found = list(functions())
    writing = {node.name for _, node, writes, names in found if writes and not names & SAYS_SO}
    while more := {
        node.name
        for _, node, _, names in found
        if node.name not in writing and names & writing and not names & SAYS_SO
    }:
        writing |= more
    public = [
        f"{module}.{node.name}"
        for module, node, _, names in found
        if node.name in writing
        and not names & SAYS_SO
        and "answering" in {name for each in node.decorator_list for name in names_in(each)}
    ]
    assert public == []
    assert {"own", "hide", "serve"} <= writing  # the net catches something


def test_who_was_away_too_long_knows_that():
    before = touched.position()
    touched.note("main", "a" * 40, "b" * 40)
    assert touched.since(before) == {("main", "a" * 40), ("main", "b" * 40)}
    assert touched.since(touched.position()) == frozenset()
    touched.note("main", *["c" * 40] * touched.KEPT)
    assert touched.since(before) is None


def test_a_write_that_failed_is_told_as_well():
    before = touched.position()
    with pytest.raises(OSError, match="lost"), touched.touching("main", "a" * 40):
        raise OSError("lost")
    assert touched.since(before) == {("main", "a" * 40)}
    with touched.touching(None, None):
        pass
    assert touched.position() == before + 1
