"""What is sealed with our keys, wherever it stands, for the day the keys change."""

from collections.abc import Mapping, Sequence

import attrs
from tortoise.transactions import in_transaction

from .errors import answering, reading
from .statements import Statement

TABLES: Mapping[str, int | str] = {"accounts": 0, "sessions": ""}
"""The tables with a column ``sealed``, and what comes before every ``id`` of theirs."""

_ROWS = {
    table: Statement(
        f"SELECT id, sealed FROM {table}"  # noqa: S608 - a name from above
        " WHERE sealed IS NOT NULL AND id > :after ORDER BY id LIMIT :most"
    )
    for table in TABLES
}
_REPLACE = {
    table: Statement(f"UPDATE {table} SET sealed = :new WHERE id = :id AND sealed = :old")  # noqa: S608
    for table in TABLES
}


@attrs.frozen
class SealedRow:
    """A sealed text, and the row in which it stands."""

    id: int | str
    text: str = attrs.field(repr=False)


@reading
async def after(table: str, last: int | str, *, most: int) -> list[SealedRow]:
    """Return the next *most* rows of *table* behind the row *last*, in order."""
    rows = await _ROWS[table].rows(after=last, most=most)
    return [SealedRow(row["id"], row["sealed"]) for row in rows]


@answering
async def replace(table: str, changes: Sequence[tuple[SealedRow, str]]) -> None:
    """Put the other texts in place, in one transaction; a row that changed meanwhile stays."""
    async with in_transaction():
        await _REPLACE[table].each(
            {"id": row.id, "old": row.text, "new": text} for row, text in changes
        )
