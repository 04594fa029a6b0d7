"""Figures over time: rates, percentiles, and a ring that is as long after a day as after five minutes."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from siseon.console.figures import Figures, Latency, read_figures
from siseon.console.history import EVERY_S, KEPT, History

TEXT = """
# TYPE siseon_request_duration_seconds histogram
siseon_request_duration_seconds_bucket{pipeline="text",outcome="ok",le="0.1"} 6
siseon_request_duration_seconds_bucket{pipeline="text",outcome="ok",le="1.0"} 10
siseon_request_duration_seconds_bucket{pipeline="text",outcome="ok",le="+Inf"} 10
siseon_request_duration_seconds_count{pipeline="text",outcome="ok"} 10
siseon_request_duration_seconds_count{pipeline="text",outcome="deadline_exceeded"} 2
# TYPE siseon_requests_in_flight gauge
siseon_requests_in_flight{pipeline="text"} 3
# TYPE siseon_requests_refused counter
siseon_requests_refused_total{pipeline="text"} 4
# TYPE siseon_stage_waiting_items gauge
siseon_stage_waiting_items{pipeline="text",stage="decode"} 5
# TYPE siseon_stage_items counter
siseon_stage_items_total{pipeline="text",stage="read",outcome="ok"} 50
siseon_stage_items_total{pipeline="text",stage="read",outcome="deadline_exceeded"} 2
# TYPE siseon_model_resident_bytes gauge
siseon_model_resident_bytes{model="det",version="6"} 4e7
process_resident_memory_bytes 2.5e8
process_cpu_seconds_total 12.5
process_start_time_seconds 1000
"""


def test_figures_are_read_from_the_exposition_format() -> None:
    figures = read_figures(TEXT)
    assert figures.answered == {("text", "ok"): 10, ("text", "deadline_exceeded"): 2}
    assert figures.lost == {("text", "read", "deadline_exceeded"): 2}
    assert (figures.in_flight, figures.refused) == ({"text": 3}, {"text": 4})
    assert figures.models[0].resident_bytes == 4e7
    assert figures.latency["text"].counts == (6, 10, 10)


@pytest.mark.parametrize(("share", "seconds"), [(0.3, 0.05), (0.6, 0.1), (0.8, 0.55), (1.0, 1.0)])
def test_a_quantile_lies_evenly_within_its_bucket(share: float, seconds: float) -> None:
    assert read_figures(TEXT).latency["text"].quantile(share) == pytest.approx(seconds)


def test_no_answers_have_no_quantile_and_the_last_bucket_has_no_upper_bound() -> None:
    assert Latency((0.1, float("inf")), (0, 0)).quantile(0.5) is None
    assert Latency((0.1, float("inf")), (0, 4)).quantile(0.5) == 0.1


def after(figures: Figures, answered: float) -> Figures:
    return replace(figures, answered={("text", "ok"): answered})


def test_a_rate_is_what_came_since_the_last_look() -> None:
    history, figures = History(), read_figures(TEXT)
    history.add(0.0, after(figures, 10))
    now = history.add(2.0, after(figures, 16))
    assert now.per_second[-1] == 3.0
    assert now.per_second[:-1] == (None,) * (KEPT - 1)
    (pipeline,) = now.pipelines
    assert (pipeline.in_flight, pipeline.waiting, pipeline.refused) == (3, 5, 4)


def test_where_nothing_happens_nothing_is_new() -> None:
    history, figures = History(), read_figures(TEXT)
    for look in range(KEPT + 1):
        last = history.add(look * EVERY_S, figures)
    assert history.add((KEPT + 1) * EVERY_S, figures) == last


def test_hours_are_as_long_as_five_minutes() -> None:
    history, figures = History(), read_figures(TEXT)
    lengths = set()
    for look in range(5001):
        now = history.add(look * EVERY_S, after(figures, look * 5.0))
        if look > KEPT and look % 1000 == 0:
            lengths.add((len(now.per_second), len(history._points), len(history._looks), sys.getsizeof(now)))
    assert len(lengths) == 1


def test_a_pause_and_a_restart_leave_no_invented_line() -> None:
    history, figures = History(), read_figures(TEXT)
    history.add(0.0, after(figures, 10))
    history.add(2.0, after(figures, 12))
    assert set(history.add(600.0, after(figures, 500)).per_second) == {None}
    history.add(602.0, after(figures, 502))
    restarted = history.add(604.0, replace(after(figures, 1), started_at=2000.0))
    assert set(restarted.per_second) == {None}
