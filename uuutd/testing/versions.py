"""Which versions of which programs a run of the contract suites has tried, and how that went.

A test says by `tested` which program it talks to.  ``pytest --tested-versions FILE`` counts
the outcomes by program and version, and writes them into *FILE* (JSON): the rows of what
was tried now replace those of an earlier day, the others stay as they are.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from ..domain import Kind

_KEY = "uuutd-tested"


@attrs.frozen(kw_only=True, order=True)
class Tried:
    """How the contract of a *kind* went with one version of a program.

    *name* is that of the backend which speaks to it, as in ``type =``.  *api* is the version of
    the program's interface, empty if it has none of its own.  *on* is the day, in ISO form.
    """

    kind: Kind
    name: str
    version: str
    api: str
    passed: int
    failed: int
    skipped: int
    on: str


def tested(
    request: pytest.FixtureRequest, *, kind: Kind, name: str, version: str, api: str
) -> None:
    """Say that the test talks to this version of this program."""
    request.node.user_properties.append((_KEY, (kind, name, version, api)))


tested.__test__ = False  # type: ignore[attr-defined]  # by its name pytest takes it for a test


def read(path: Path) -> list[Tried]:
    """Return the rows of *path*, none if there is no such file."""
    if not path.exists():
        return []
    return [Tried(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


class Recorder:
    """A plugin of pytest that counts, and writes *path* at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._outcomes: dict[str, tuple[tuple[Any, ...], str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test went; what fails when it is taken down has failed, too."""
        program = dict(report.user_properties).get(_KEY)
        if program is not None and (report.when == "call" or not report.passed):
            self._outcomes[report.nodeid] = tuple(program), report.outcome  # type: ignore[arg-type]

    def pytest_sessionfinish(self) -> None:
        """Write the rows."""
        counts: dict[tuple[Any, ...], Counter[str]] = {}
        for program, outcome in self._outcomes.values():
            counts.setdefault(program, Counter())[outcome] += 1
        today = datetime.now(UTC).date().isoformat()
        rows = {(row.kind, row.name, row.version, row.api): row for row in read(self._path)}
        for (kind, name, version, api), count in counts.items():
            rows[kind, name, version, api] = Tried(
                kind=kind,
                name=name,
                version=version,
                api=api,
                passed=count["passed"],
                failed=count["failed"],
                skipped=count["skipped"],
                on=today,
            )
        table = [attrs.asdict(row) for row in sorted(rows.values())]
        self._path.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
