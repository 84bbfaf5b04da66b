"""When to stop asking a service that does not answer, and when to ask again."""

import attrs


@attrs.frozen(kw_only=True)
class Patience:
    """How many failures in a row are too many, and how long to wait then.

    The first wait is *first* seconds, each further one twice the one before, up to
    *longest*.  No service makes us wait longer than *longest*, whatever it says.
    """

    failures: int = 5
    first: float = 60.0
    longest: float = 900.0


@attrs.define
class Breaker:
    """Counts failures in a row; once *open*, nothing but a probe is let through."""

    patience: Patience
    open: bool = False
    _failures: int = attrs.field(default=0, init=False)
    _waits: int = attrs.field(default=0, init=False)

    @property
    def wait(self) -> float:
        """How many seconds to let pass before the next probe."""
        doubled = self.patience.first * 2.0 ** min(max(self._waits - 1, 0), 32)
        return min(doubled, self.patience.longest)

    def failed(self, *, probe: bool = False) -> None:
        """Count one failure; those still under way when the breaker opened do not count."""
        if self.open:
            self._waits += probe
            return
        self._failures += 1
        if self._failures >= self.patience.failures:
            self.open = True
            self._waits += 1

    def succeeded(self, *, probe: bool = False) -> None:
        """Close again; only real work shows that the service is well, so a probe keeps the wait."""
        self.open = False
        self._failures = 0
        if not probe:
            self._waits = 0

    def reset(self) -> None:
        """Forget everything."""
        self.open = False
        self._failures = self._waits = 0
