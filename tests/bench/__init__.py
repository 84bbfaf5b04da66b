"""``make bench``: what the daemon costs over a bare program that does only the hot path.

``python -m tests.bench [ROW ...] [--json FILE]`` measures the rows that docs/performance.md
explains, prints them as a table and exits 1 if a limit is missed.
"""
