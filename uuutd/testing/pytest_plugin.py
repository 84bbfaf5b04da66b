"""What pytest loads by itself: it makes failures inside the contract suites readable.

Nothing heavy is imported here, because every pytest run of the environment pays for it.
"""

import pytest

pytest.register_assert_rewrite("uuutd.testing.contracts")
