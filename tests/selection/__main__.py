"""Print how our choice does beside simpler ones: python -m tests.selection."""

import sys

from .measure import cases, table

sys.stdout.write(f"{len(cases())} cases\n\n{table()}\n")
