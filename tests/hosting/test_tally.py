"""Figures counted in plain numbers read like those of Prometheus' own client."""

from __future__ import annotations

import random

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from siseon.hosting.tally import Counters, Histograms

BOUNDS = (0.001, 0.5, 1.0, 30.0)


def test_the_page_is_that_of_the_clients_own_histogram_and_counter():
    chance = random.Random(3)
    theirs, ours = CollectorRegistry(), CollectorRegistry()
    histogram = Histogram("took_seconds", "Time.", ["stage", "model"], buckets=BOUNDS, registry=theirs)
    counter = Counter("seen_items", "Items.", ["stage"], registry=theirs)
    histograms, counters = (
        Histograms("took_seconds", "Time.", ["stage", "model"], BOUNDS),
        Counters("seen_items", "Items.", ["stage"]),
    )
    ours.register(histograms)
    ours.register(counters)
    for _ in range(500):
        stage, value = chance.choice(["a", 'quo"ted']), chance.choice([*BOUNDS, chance.expovariate(0.1)])
        histogram.labels(stage, "m:1").observe(value)
        histograms.of(stage, "m:1").observe(value)
        counter.labels(stage).inc(3)
        counters.of(stage).add(3)
    lines = [line for line in generate_latest(theirs).decode().splitlines() if "_created" not in line]
    assert generate_latest(ours).decode().splitlines() == lines
