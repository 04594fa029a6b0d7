"""Figures of streams for Prometheus, read from the hubs when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from siseon.streams.center import Center
from siseon.streams.history.sink import History
from siseon.streams.life import State

STREAM = ("stream",)


class Figures(Collector):
    """Of the streams that run here."""

    def __init__(self, center: Center) -> None:
        self._center = center

    def collect(self) -> Iterator[Metric]:
        """The families."""
        frames = CounterMetricFamily(
            "siseon_stream_frames", "Frames by what came of them.", labels=(*STREAM, "outcome")
        )
        losses = CounterMetricFamily(
            "siseon_stream_losses", "Sessions that ended, or could not begin.", labels=STREAM
        )
        states = GaugeMetricFamily(
            "siseon_stream_state", "1 for the state that a stream is in.", labels=(*STREAM, "state")
        )
        latency = GaugeMetricFamily(
            "siseon_stream_latency_seconds",
            "From a frame's coming to its result, over the last seconds.",
            labels=(*STREAM, "quantile"),
        )
        for hub in self._center.hubs():
            counts, outcomes = hub.counts, hub.outcomes
            for outcome, count in (
                ("answered", outcomes.answered),
                ("failed", outcomes.failed),
                ("skipped", counts.skipped),
                ("superseded", counts.superseded + outcomes.superseded),
            ):
                frames.add_metric((hub.name, outcome), count)
            losses.add_metric((hub.name,), counts.losses)
            now = None if hub.state is None else hub.state.state
            for state in State:
                states.add_metric((hub.name, state), int(state is now))
            if hub.rates.latency_ms is not None:
                for quantile, milliseconds in zip(("0.5", "0.95"), hub.rates.latency_ms, strict=True):
                    latency.add_metric((hub.name, quantile), milliseconds / 1000)
        yield from (frames, losses, states, latency)


class HistoryFigures(Collector):
    """Of the history of the streams that run here."""

    def __init__(self, history: History) -> None:
        self._history = history

    def collect(self) -> Iterator[Metric]:
        """The one family."""
        rows = CounterMetricFamily(
            "siseon_history_rows", "Figures by what came of them.", labels=("outcome",)
        )
        rows.add_metric(("written",), self._history.written)
        rows.add_metric(("dropped",), self._history.dropped)
        yield rows
