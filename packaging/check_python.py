"""Say in plain words whether this Python will do.  Runs on any Python 3."""

import sys

FIRST, LAST = (3, 11), (3, 13)

if not FIRST <= sys.version_info[:2] <= LAST:
    sys.stderr.write(
        "UUUTorrent needs Python 3.11, 3.12 or 3.13, and this is %s.\n"
        "Name another one: make PYTHON=python3.12 ...\n"
        "(The embedded torrent client has no build for newer ones yet.)\n" % sys.version.split()[0]
    )
    sys.exit(1)

try:
    import ensurepip  # noqa: F401 - its absence is what Debian's python3 without python3-venv lacks
except ImportError:
    sys.stderr.write("This Python cannot make virtual environments: apt install python3-venv.\n")
    sys.exit(1)
