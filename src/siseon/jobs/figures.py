"""What a worker has done, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from siseon.jobs.worker import Counts


class WorkerFigures(Collector):
    """The counts of one worker, as they stand when somebody asks."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """Attempts at items, and leases that were lost."""
        now = self._counts
        attempts = CounterMetricFamily(
            "siseon_worker_attempts",
            "Attempts at items of jobs: done, failed (those that are tried again too), or of no account any more.",
            labels=["outcome"],
        )
        ended = {"done": now.done, "failed": now.failed, "discarded": now.discarded}
        for outcome, count in ended.items():
            attempts.add_metric([outcome], count)
        yield attempts
        yield CounterMetricFamily("siseon_worker_claimed_items", "Items that it was given.", now.claimed)
        yield GaugeMetricFamily(
            "siseon_worker_held_items", "Items in its hands.", now.claimed - sum(ended.values())
        )
        yield CounterMetricFamily(
            "siseon_worker_leases_lost", "How often it was taken for dead.", now.leases_lost
        )
