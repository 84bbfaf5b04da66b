"""The filter language of lists of torrents: one for the daemon, the terminal and scripts.

Words match the name, whatever their case; ``"in quotes"`` they may have spaces.  ``down``,
``seed``, ``error``, ``stalled``, ``mine``, ``marked`` and ``watched`` say what a torrent is.
``size>2G``, ``eta<1h``, ``ratio>=2``, ``added<2d``, ``seeds=0``, ``group=subsplease`` and
``ep>=1160`` compare, ``name~/re/`` takes a regular expression.  ``!`` is not, a space and,
``|`` or, and ``( )`` hold together.
"""

from .conditions import Context
from .grammar import Filter, parse
from .text import FilterError

__all__ = ["Context", "Filter", "FilterError", "parse"]
