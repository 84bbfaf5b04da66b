"""What is counted of the requests."""

from prometheus_client import CollectorRegistry, Counter, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 20.0)


class HttpMetrics:
    """Requests by route template, method and class of status; never by what somebody sent."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._total = Counter(
            "uuutd_http_requests_total",
            "Answered HTTP requests; class is 2xx, 4xx and so on.",
            ("route", "method", "class"),
            registry=registry,
        )
        self._seconds = Histogram(
            "uuutd_http_request_seconds",
            "How long HTTP requests took; event streams are left out.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )

    def answered(self, route: str, method: str, status: int) -> None:
        """Count one answer."""
        known = method if method in METHODS else "other"
        self._total.labels(route, known, f"{status // 100}xx").inc()

    def took(self, route: str, seconds: float) -> None:
        """Record how long one answer took."""
        self._seconds.labels(route).observe(seconds)
