"""Statements in plain SQL, for what every request and every download does.

Tortoise builds the text of a query anew each time it is asked, which takes several times
as long as the database takes to answer.  Here the text is written once.  Both databases
understand it; only how they name a value differs.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

if TYPE_CHECKING:
    from .sqlite import Client

Row = Mapping[str, Any]

_NAME = re.compile(r":([a-z_]+)", re.ASCII)


class Statement:
    """One statement; ``:name`` stands for a value that is given when it runs.

    What is told to it, and what it tells, is what Tortoise writes and reads: columns whose
    names end in ``_at`` are times.  It takes part in the transaction that is open.
    """

    def __init__(self, text: str) -> None:
        self._names = _NAME.findall(text)
        self._returns = "RETURNING" in text
        numbers = {name: number for number, name in enumerate(dict.fromkeys(self._names), 1)}
        self._order = {"sqlite": self._names, "postgres": list(numbers)}
        self._texts = {
            "sqlite": _NAME.sub("?", text),
            "postgres": _NAME.sub(lambda found: f"${numbers[found[1]]}", text),
        }

    async def rows(self, **values: Any) -> list[Row]:
        """Return what it finds."""
        connection, text, given = self.ready(values)
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
        connection, text, given = self.ready(values)
        count, _ = await connection.execute_query(text, given)
        return count

    async def changes_one(self, **values: Any) -> bool:
        """Run, and tell whether it changed one row; PostgreSQL counts no inserts for us."""
        if self._returns:
            return len(await self.rows(**values)) == 1
        return await self.changed(**values) == 1

    async def each(self, rows: Iterable[Row]) -> None:
        """Run once with the values of each of *rows*."""
        connection, text, _ = self.ready(dict.fromkeys(self._names))
        given = [self.ready(values)[2] for values in rows]
        await connection.execute_many(text, given)

    def ready(self, values: Row) -> tuple[BaseDBAsyncClient, str, list[Any]]:
        """Return on what it runs now, as which text, and with which values."""
        (connection,) = get_connections().all()
        dialect = connection.capabilities.dialect
        return connection, self._texts[dialect], [values[name] for name in self._order[dialect]]


Step = tuple[Statement, Row]
"""A statement, with the values that it is given."""


async def together(*steps: Step) -> bool:
    """Do *steps* in a transaction of their own if each changes one row; else none, and False.

    To SQLite's thread and back is one way for all of them, and costs more than what they do.
    On PostgreSQL a step that inserts has to return what it inserted.
    """
    ready = [statement.ready(values) for statement, values in steps]
    connection = ready[0][0]
    if connection.capabilities.dialect == "sqlite":
        texts = [(text, given) for _, text, given in ready]
        return await cast("Client", connection).together(texts)
    try:
        async with in_transaction():
            for statement, values in steps:
                await _change_one(statement, values)
    except _AnotherCase:
        return False
    return True


class _AnotherCase(Exception):
    """A step did not change one row."""


async def _change_one(statement: Statement, values: Row) -> None:
    if not await statement.changes_one(**values):
        raise _AnotherCase


def _read_times(row: dict[str, Any]) -> None:
    for name, value in row.items():
        if name.endswith("_at") and value is not None:
            row[name] = datetime.fromisoformat(value)
