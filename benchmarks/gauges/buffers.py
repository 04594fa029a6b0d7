"""A network with its outputs in kept memory and without: what I/O binding gives on this machine.

Against what: the same network, the same input, one thread, runs of both kinds in turn (so that a warm or a busy machine
is the same for both). Prints median and 95th percentile in milliseconds, and the ratio of the medians.

Run: ``python benchmarks/gauges/buffers.py MODEL [--runs 300]``, a model of ``siseon models list``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine

from siseon.applications.build import manager
from siseon.models.blank import blank_feeds
from siseon.models.buffers import Buffers
from siseon.settings import read_settings

WARM_UPS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--runs", type=int, default=300)
    wanted = parser.parse_args()
    model = manager(read_settings())[wanted.model]
    with model.acquire():
        feeds, buffers = blank_feeds(model), Buffers()
        spent: dict[str, list[float]] = {"without": [], "with": []}
        for run in range(-WARM_UPS, wanted.runs):
            for name, kept in (("without", None), ("with", buffers)):
                start = time.perf_counter()
                model.session.run(feeds, kept)
                if run >= 0:
                    spent[name].append((time.perf_counter() - start) * 1000)
        print(machine())
        print(f"{wanted.model} on {model.providers[0]}, {wanted.runs} runs, arrays made: {buffers.made}")
    for name, times in spent.items():
        median, p95 = np.percentile(times, (50, 95))
        print(f"{name:8} median {median:7.3f} ms   p95 {p95:7.3f} ms")
    print(f"ratio of medians {np.median(spent['with']) / np.median(spent['without']):.3f}")


if __name__ == "__main__":
    main()
