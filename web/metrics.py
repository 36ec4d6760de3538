"""What Prometheus asks for: how much is called, sent and refused, and nothing of whose data it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bureau.metering import Measures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NO_ROUTE = "none"
UNKNOWN = "unknown"
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """The measures of one server. Every label is one of a few words of the program."""

    def __init__(self, measures: Callable[[], Measures]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Metering(measures))
        self._calls = Counter(
            "bureau_calls",
            "Calls that were answered",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "bureau_call_seconds",
            "How long calls took, to the last byte",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._bytes = Counter(
            "bureau_sent_bytes", "Bytes of answers", ["route"], registry=self._registry
        )
        self._denied = Counter(
            "bureau_denied_calls",
            "Calls that were refused, by the rule that did",
            ["rule"],
            registry=self._registry,
        )
        Info("bureau_build", "Which program this is", registry=self._registry).info(
            {"version": _version()}
        )

    def called(self, route: str, method: str, status: int, seconds: float, size: int) -> None:
        named = method if method in _METHODS else "other"
        self._calls.labels(route or NO_ROUTE, named, str(status)).inc()
        self._seconds.labels(route or NO_ROUTE).observe(seconds)
        self._bytes.labels(route or NO_ROUTE).inc(size)

    def denied(self, rules: Collection[str]) -> None:
        for rule in rules:
            self._denied.labels(rule).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _Metering(Collector):
    def __init__(self, measures: Callable[[], Measures]) -> None:
        self._measures = measures

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now = self._measures()
        sealed = "Uses that were counted into the ledger since the server started"
        yield CounterMetricFamily("bureau_uses_sealed", sealed, now.sealed)
        yield GaugeMetricFamily("bureau_uses_waiting", "Uses that wait to be counted", now.waiting)
        yield GaugeMetricFamily("bureau_queries_open", "Queries whose files are offered", now.open)


def _version() -> str:
    try:
        return version("databureau")
    except PackageNotFoundError:
        return UNKNOWN
