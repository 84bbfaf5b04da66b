"""Statements in plain SQL, for what every request and every download does.

Tortoise builds the text of a query anew each time it is asked, which takes several times
as long as the database takes to answer.  Here the text is written once.  Both databases
understand it; only how they name a value differs.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections

Row = Mapping[str, Any]

_NAME = re.compile(r":([a-z_]+)", re.ASCII)


class Statement:
    """One statement; ``:name`` stands for a value that is given when it runs.

    What is told to it, and what it tells, is what Tortoise writes and reads: columns whose
    names end in ``_at`` are times.  It takes part in the transaction that is open.
    """

    def __init__(self, text: str) -> None:
        self._names = _NAME.findall(text)
        numbers = {name: number for number, name in enumerate(dict.fromkeys(self._names), 1)}
        self._order = {"sqlite": self._names, "postgres": list(numbers)}
        self._texts = {
            "sqlite": _NAME.sub("?", text),
            "postgres": _NAME.sub(lambda found: f"${numbers[found[1]]}", text),
        }

    async def rows(self, **values: Any) -> list[Row]:
        """Return what it finds."""
        connection, text, given = self._ready(values)
        found: list[Any] = await connection.execute_query_dict(text, given)
        if connection.capabilities.dialect == "sqlite":
            for row in found:
                _read_times(row)
        return found

    async def row(self, **values: Any) -> Row | None:
        """Return the first row that it finds, None if there is none."""
        found = await self.rows(**values)
        return found[0] if found else None

    async def changed(self, **values: Any) -> int:
        """Return how many rows it changed."""
        connection, text, given = self._ready(values)
        count, _ = await connection.execute_query(text, given)
        return count

    def _ready(self, values: Row) -> tuple[BaseDBAsyncClient, str, list[Any]]:
        (connection,) = get_connections().all()
        dialect = connection.capabilities.dialect
        return connection, self._texts[dialect], [values[name] for name in self._order[dialect]]


def _read_times(row: dict[str, Any]) -> None:
    for name, value in row.items():
        if name.endswith("_at") and value is not None:
            row[name] = datetime.fromisoformat(value)
