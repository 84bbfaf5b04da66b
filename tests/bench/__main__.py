"""Measure and judge."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

import attrs

from . import calls, choice, downloads, forms, hostile, idle, real_client, table, variants, watching
from .table import Line
from .world import make_world

ROWS = {
    1: downloads.row_1,
    2: downloads.row_2,
    4: downloads.row_4,
    5: variants.row_5,
    6: downloads.row_6,
    7: forms.row_7,
    9: watching.row_9,
    10: watching.row_10,
    11: watching.row_11,
    14: watching.row_14,
    16: calls.row_16,
    18: idle.row_18,
    19: idle.row_19,
    21: idle.row_21,
    22: choice.row_22,
    25: hostile.row_25,
    26: real_client.row_26,
}


async def measure(rows: list[int], folder: Path) -> list[Line]:
    """Measure *rows*, one after another."""
    lines: list[Line] = []
    async with make_world() as world:
        if set(rows) & {1, 2, 4, 7, 26}:
            await downloads.rehearse(world, folder / "rehearsal")
        for row in rows:
            sys.stderr.write(f"row {row} ...\n")
            lines += await ROWS[row](world, folder / f"row-{row}")
    return lines


def main() -> int:
    """Return 1 if a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="uuutd-bench-") as folder:
        lines = asyncio.run(measure(asked.rows or list(ROWS), Path(folder)))
    load, cores = os.getloadavg()[0], os.cpu_count()
    sys.stdout.write(f"{table.text(lines)}\n\n{cores} cores; load at the end {load:.1f}\n")
    if asked.json is not None:
        asked.json.write_text(json.dumps([attrs.asdict(line) for line in lines], indent=1))
    return 0 if all(line.holds for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
