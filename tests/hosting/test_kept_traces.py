"""Which traces are kept, and that they are bounded."""

from __future__ import annotations

import pytest

from siseon.engine import Trace, clock
from siseon.engine.trace import Span
from siseon.hosting.kept_traces import KEPT, MOST_SPANS, SLOW_S, KeptTraces


class Told:
    """What a host has for those who listen."""

    def __init__(self) -> None:
        self.on_trace: list = []
        self.kept = KeptTraces(self)

    def end(self, elapsed_s: float, outcome: str = "ok", spans: int = 0, ago_s: float = 0.0) -> Trace:
        trace = Trace(outcome=outcome, elapsed_s=elapsed_s, start=clock.now() - ago_s)
        trace.spans.extend(Span("a", "batch", 0, 0, 0) for _ in range(spans))
        for listener in self.on_trace:
            listener("served", trace)
        return trace


@pytest.fixture
def told() -> Told:
    return Told()


def test_the_newest_the_slowest_and_the_failed_are_kept(told) -> None:
    slow = told.end(9)
    failed = told.end(0.1, "corrupt_image")
    for number in range(4 * KEPT):
        told.end(1 + number / 1000)
    newest = told.end(0.001)
    kept = told.kept.all()
    assert kept[slow.span_id].kinds == ("slow",)
    assert kept[failed.span_id].kinds == ("failed",)
    assert kept[newest.span_id].kinds == ("recent",)
    assert next(iter(kept)) == newest.span_id
    assert {one.pipeline for one in kept.values()} == {"served"}


def test_however_many_there_are_the_bound_holds(told) -> None:
    for number in range(20 * KEPT):
        told.end(number % 7, "ok" if number % 3 else "overloaded")
    assert len(told.kept.all()) <= 3 * KEPT
    slowest = [one.trace.elapsed_s for one in told.kept.all().values() if "slow" in one.kinds]
    assert len(slowest) == KEPT
    assert min(slowest) == 6


def test_a_slow_request_of_long_ago_makes_room(told) -> None:
    old = told.end(1e6, ago_s=SLOW_S + 1)
    for _ in range(2 * KEPT):
        told.end(1)
    assert old.span_id not in told.kept.all()


def test_what_a_stream_drops_on_purpose_is_no_failure_and_what_is_too_large_is_not_kept(told) -> None:
    dropped = told.end(1, "superseded")
    assert told.kept.all()[dropped.span_id].kinds == ("recent",)
    large = told.end(1, "overloaded", spans=MOST_SPANS + 1)
    assert large.span_id not in told.kept.all()
