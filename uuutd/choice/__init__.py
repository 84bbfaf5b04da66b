"""Which release to take: reading names, counting episodes, rules and preferences.

Nothing in here does I/O or knows any user.  `rank` is what the daemon calls; `choose` is
the same for plain JSON values, for benchmarks: it alone looks for installed plugins.
"""

from .packs import pick_files
from .plain import choose
from .ranking import Judge, rank

__all__ = ["Judge", "choose", "pick_files", "rank"]
