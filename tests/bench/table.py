"""What was measured, held against its limit, as a table."""

import statistics
from collections.abc import Iterable, Sequence

import attrs


@attrs.frozen(kw_only=True)
class Line:
    """One measured quantity of a row; *limit* is the most that it may be.

    Without one it is there to be compared with another.
    """

    row: int
    what: str
    value: float
    limit: float | None = None
    unit: str = ""
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or self.value <= self.limit


def median(values: Iterable[float]) -> float:
    """Return the middle one."""
    return statistics.median(values)


def text(lines: Sequence[Line]) -> str:
    """Return the table for people, in Markdown."""
    cells = [("row", "what", "measured", "limit", "", "how")]
    cells += [
        (
            str(line.row),
            line.what,
            f"{line.value:.3g} {line.unit}".strip(),
            "" if line.limit is None else f"<= {line.limit:.3g}",
            "" if line.limit is None else "holds" if line.holds else "MISSED",
            line.note,
        )
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rows = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in cells]
    rows.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(rows)
