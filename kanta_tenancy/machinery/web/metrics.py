"""Counts and times for Prometheus, without a word about whom they are of."""

import functools
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one application; rooms may register more in `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        requests = Histogram(
            "http_request_duration_seconds",
            "How long requests took, by route template",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._of_kind = functools.cache(requests.labels)
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered now", registry=self.registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self._of_kind(method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
