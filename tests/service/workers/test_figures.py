"""Figures of several processes add up to those of one service."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from siseon.service.workers import figures


def told(answered: int, waiting: int, *seconds: float) -> figures.Figures:
    """What one process tells."""
    registry = CollectorRegistry()
    Counter("answered", "Requests.", ["pipeline"], registry=registry).labels('a "b" c').inc(answered)
    Gauge("waiting", "Items.", registry=registry).set(waiting)
    took = Histogram("took_seconds", "Time.", registry=registry, buckets=(0.1, 1.0))
    for value in seconds:
        took.observe(value)
    return figures.read(generate_latest(registry).decode())


def values(all_figures: figures.Figures) -> dict[str, float]:
    text = figures.write(all_figures)
    return {
        sample.name + str(sample.labels.get("le", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counts_and_buckets_and_gauges_are_added_up():
    total = values(figures.add([told(3, 1, 0.05, 0.5), told(4, 2, 5.0)]))
    assert total["answered_total"] == 7
    assert total["waiting"] == 3
    assert [total[f"took_seconds_bucket{le}"] for le in ("0.1", "1.0", "+Inf")] == [1, 2, 3]
    assert total["took_seconds_sum"] == 5.55


def test_labels_may_hold_what_else_ends_lines_elsewhere():
    registry = CollectorRegistry()
    Counter("seen", "Items.", ["part"], registry=registry).labels("\u2028 \x85 \r \x1c } 3 \n").inc(2)
    one = figures.read(generate_latest(registry).decode())
    assert figures.add([one, one])["seen_total"].samples == {
        'seen_total{part="\u2028 \x85 \r \x1c } 3 \\n"}': 4
    }


def test_of_moments_the_earliest_is_told():
    first, second = told(1, 0), told(1, 0)
    ((key, early),) = first["answered_created"].samples.items()
    second["answered_created"].samples[key] = early + 100
    assert figures.add([second, first])["answered_created"].samples[key] == early


def test_of_an_ended_process_counts_stay_and_gauges_go():
    gone = values(figures.lasting(told(3, 1, 0.5)))
    assert (gone["answered_total"], gone["took_seconds_count"]) == (3, 1)
    assert "waiting" not in gone


def test_a_figure_that_one_process_alone_has_is_kept():
    extra = figures.figure("siseon_workers", "Processes.", 2)
    assert values(figures.add([told(1, 1), extra]))["siseon_workers"] == 2
