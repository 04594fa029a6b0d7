"""What networks cost in the pages that a program gets unasked, against the large ones that ``siseon`` asks for.

Each round is a process of its own with, and one without, in turn: the allocator is told before a program begins
(``siseon.cli.large_pages``). Every network runs with one thread, denormal numbers taken for zero; processor time,
medians and ranges over the rounds. Where the system gives large pages to everybody, both are the same.
Run: ``python benchmarks/large_pages.py``
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from statistics import median

import numpy as np
from denormals import NETWORKS
from machine import machine
from spread import spread

from siseon.cli.large_pages import ASK, MODE, TUNABLES
from siseon.contracts import ModelError
from siseon.models import ModelManager
from siseon.models.find import locate
from siseon.models.runtime import OnnxSession
from siseon.settings import Settings

RUNS = 5
"""Of each network in a process, after one that is not counted; their median is the round's figure."""
Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured()))
        return
    rounds: dict[str, list[Figures]] = {"": [], ASK: []}
    for number in range(options.rounds):
        for tunables in sorted(rounds, reverse=bool(number % 2)):
            command = [sys.executable, __file__, "--measure"]
            told = subprocess.run(
                command, check=True, capture_output=True, env=os.environ | {TUNABLES: tunables}
            )
            rounds[tunables].append(json.loads(told.stdout))
    print(machine())
    print(f"large pages: {MODE.read_text().strip() if MODE.exists() else 'not told by the system'}")
    print(f"{options.rounds} rounds; ms of the processor, median (range)\n")
    print("| network | unasked | asked for | the first against the second |")
    print("|---|---|---|---|")
    for name in rounds[""][0]:
        plain, large = ([figures[name] for figures in rounds[tunables]] for tunables in ("", ASK))
        ratios = [one / other for one, other in zip(plain, large, strict=True)]
        cells = [spread(way, "{:.1f}") for way in (plain, large)]
        print(f"| {name} | {' | '.join(cells)} | {spread(ratios, '{:.3f}')} × |")


def measured() -> Figures:
    """Milliseconds of the processor that a run of each network takes, of those whose weights are there."""
    models = ModelManager(search_path=Settings().model_path)
    figures = {}
    for name, (width, height) in NETWORKS.items():
        try:
            (weights,) = locate(models.cards[name], models.search_path, models.cache_dir)
        except ModelError:
            continue
        session = OnnxSession(weights.path)
        pixels = np.random.default_rng(0).standard_normal((1, 3, height, width)).astype(np.float32)
        figures[name] = _run(session, {session.inputs[0].name: pixels})
    return figures


def _run(session: OnnxSession, feeds: dict[str, np.ndarray]) -> float:
    session.run(feeds)
    took = []
    for _ in range(RUNS):
        start = time.thread_time()
        session.run(feeds)
        took.append(1000 * (time.thread_time() - start))
    return median(took)


if __name__ == "__main__":
    main()
