"""What the daemon counts and times about itself, for Prometheus.

One `Metrics` belongs to one daemon and has a registry of its own, so that several
daemons can live in one process.  Labels come from closed sets: names in the
configuration, operations, outcomes and route templates, never anything a user typed.
"""

from typing import Literal, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
)

from . import __version__

BackendState = Literal["closed", "opening", "ready", "down", "misconfigured", "disabled"]
"""How a configured backend can be; see `uuutd.instances`."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
LAG_SECONDS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """The metrics of one daemon's parts; the web face adds its own to *registry*."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # they would double the series
        self.registry = CollectorRegistry(auto_describe=True)
        self._describe_build()
        self._describe_backends()
        self._describe_work()
        self._describe_numbering()
        self._describe_logins()

    def _describe_build(self) -> None:
        info = Info("uuutd_build", "The version that runs.", registry=self.registry)
        info.info({"version": __version__})

    def _describe_backends(self) -> None:
        self.backend_calls = Counter(
            "uuutd_backend_calls_total",
            "Calls of backends; outcome is ok or the code of the error.",
            ("kind", "name", "operation", "outcome"),
            registry=self.registry,
        )
        self.backend_seconds = Histogram(
            "uuutd_backend_call_seconds",
            "How long calls of backends took, whatever came out.",
            ("kind", "name", "operation"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.backend_state = Gauge(
            "uuutd_backend_state",
            "1 for the state that the backend is in, 0 for the others.",
            ("kind", "name", "state"),
            registry=self.registry,
        )

        self.backend_alarm = Gauge(
            "uuutd_backend_alarm",
            "1 while the alarm is raised: disk-full, lost-state.",
            ("kind", "name", "code"),
            registry=self.registry,
        )
        self.disk_free = Gauge(
            "uuutd_disk_free_bytes",
            "What is free where the torrent client puts downloads, if it is known.",
            ("client",),
            registry=self.registry,
        )
        self.missing = Gauge(
            "uuutd_reconcile_missing",
            "Torrents of ours that the client did not show at the last comparison.",
            ("client",),
            registry=self.registry,
        )
        self.orphans = Gauge(
            "uuutd_reconcile_orphans",
            "Torrents with our label in the client that nobody here owns.",
            ("client",),
            registry=self.registry,
        )

    def _describe_work(self) -> None:
        self.loop_lag = Histogram(
            "uuutd_loop_lag_seconds",
            "How late the event loop woke a task that asked for a moment.",
            buckets=LAG_SECONDS,
            registry=self.registry,
        )

    def _describe_numbering(self) -> None:
        self.numbering_table_age = Gauge(
            "uuutd_numbering_table_age_seconds",
            "How long ago the table of numbering rules was known to be the newest; NaN without.",
            registry=self.registry,
        )

    def _describe_logins(self) -> None:
        self.logins = Counter(
            "uuutd_logins_total",
            "Logins with a password; result is ok or the code of the error.",
            ("result",),
            registry=self.registry,
        )
        self.refresh_reuse = Counter(
            "uuutd_refresh_reuse_total",
            "Refresh tokens that came a second time, which ended their login.",
            registry=self.registry,
        )

    def set_backend_state(self, kind: str, name: str, state: BackendState) -> None:
        """Note that the backend is in *state* now."""
        for each in get_args(BackendState):
            self.backend_state.labels(kind, name, each).set(1 if each == state else 0)
