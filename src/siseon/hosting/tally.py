"""Histograms and counters that are counted on the event loop, many times a request, and shown when somebody asks.

A call of ``prometheus_client``'s own takes locks and checks of labels, which made its forty calls a request 8 % of
the loop's work. These count in plain numbers, on one thread, and hand the client their families to write.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class Distribution:
    """How often values fell into each bucket, and their sum."""

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count a value in the bucket with the least bound that is not below it."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value


class Histograms(Collector):
    """One distribution for each combination of labels."""

    def __init__(self, name: str, text: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        """``bounds``: the buckets' upper ones, ascending; a last bucket without one is added."""
        self._name, self._text, self._labels, self._bounds = name, text, labels, bounds
        self._by_labels: dict[tuple[str, ...], Distribution] = {}

    def of(self, *labels: str) -> Distribution:
        """The distribution of these labels' values, for as long as the process lives."""
        found = self._by_labels.get(labels)
        if found is None:
            found = self._by_labels[labels] = Distribution(self._bounds)
        return found

    def collect(self) -> Iterator[Metric]:
        """The family, with cumulative buckets."""
        family = HistogramMetricFamily(self._name, self._text, labels=self._labels)
        names = [*map(str, map(float, self._bounds)), "+Inf"]
        for labels, one in self._by_labels.items():
            below, buckets = 0, []
            for name, count in zip(names, one.counts, strict=True):
                below += count
                buckets.append((name, below))
            family.add_metric(labels, buckets, one.total)
        yield family


class Count:
    """A number that grows."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def add(self, amount: int = 1) -> None:
        """Add an amount that is not negative."""
        self.value += amount


class Counters(Collector):
    """One count for each combination of labels."""

    def __init__(self, name: str, text: str, labels: Sequence[str]) -> None:
        self._name, self._text, self._labels = name, text, labels
        self._by_labels: dict[tuple[str, ...], Count] = {}

    def of(self, *labels: str) -> Count:
        """The count of these labels' values, for as long as the process lives."""
        found = self._by_labels.get(labels)
        if found is None:
            found = self._by_labels[labels] = Count()
        return found

    def collect(self) -> Iterator[Metric]:
        """The family."""
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        for labels, one in self._by_labels.items():
            family.add_metric(labels, one.value)
        yield family
