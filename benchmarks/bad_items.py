"""What one bad item in a hundred costs, against none: throughput at batches of 32, by the way in which items fail.

- ``returned``: the stage returns the failure in the item's place.
- ``raised at it``: it raises while it loops over its items, so the traceback names the item.
- ``raised before``: it raises before it computes, and names no item (a check of the whole batch).
- ``raised after``: it raises after it has computed, and names no item (inside a vectorised call): each failed run costs
  as much as one that succeeds.

The stage sleeps, a part for each batch and a part for each item, so that only the number of runs counts. Rounds of all
ways in turn; medians and ranges of the share of the throughput without bad items in the same round.
Goal: at least 75 % of it. Run: ``python benchmarks/bad_items.py``
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import time
from collections.abc import Sequence
from statistics import median

from machine import machine

from siseon.contracts import InputError, SiseonError
from siseon.engine import Stage

BATCH = 32
BATCHES = 100
BAD_SHARE = 0.01
GOAL = 0.75
COSTS = {
    "mostly items": (0.001, 0.0005),
    "half and half": (0.008, 0.00025),
    "mostly batches": (0.010, 0.00001),
}
"""Seconds for a batch, and for each item in it."""
WAYS = ("none bad", "returned", "raised at it", "raised before", "raised after")


class Fails(Stage[int, int | SiseonError]):
    """Fails for negative items, in one of the ways."""

    max_batch = BATCH
    max_queue = 32 * BATCHES

    def __init__(self, way: str, batch_s: float, item_s: float) -> None:
        self.way = way
        self.batch_s = batch_s
        self.item_s = item_s
        self.runs = 0

    def process(self, batch: Sequence[int]) -> Sequence[int | SiseonError]:
        self.runs += 1
        bad = sum(map(_is_bad, batch))
        if bad and self.way == "raised before":
            raise ValueError("something in the batch is bad")
        time.sleep(self.batch_s)
        if self.way == "raised at it":
            for number, item in enumerate(batch):
                if item < 0:
                    time.sleep(self.item_s * number)
                    raise ValueError("this item is bad")
        time.sleep(self.item_s * len(batch))
        if bad and self.way == "raised after":
            raise ValueError("something in the batch was bad")
        return [InputError("bad") if item < 0 else item for item in batch]


def _is_bad(item: int) -> bool:
    return item < 0


async def items_per_s(way: str, costs: tuple[float, float], seed: int, count: int) -> tuple[float, float]:
    """Throughput, and the runs that a batch took."""
    rng = random.Random(seed)
    share = 0.0 if way == "none bad" else BAD_SHARE
    items = [-1 - number if rng.random() < share else number for number in range(count)]
    async with Fails(way, *costs) as stage:
        start = time.perf_counter()
        outcomes = await stage.map(items, fallback=None)
        took = time.perf_counter() - start
    wrong = [
        item for item, outcome in zip(items, outcomes, strict=True) if outcome != (None if item < 0 else item)
    ]
    if wrong:
        raise SystemExit(f"{way}: {len(wrong)} items did not get their own outcome")
    return count / took, stage.runs / (count / BATCH)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=BATCHES, choices=range(1, BATCHES + 1), metavar="N")
    options = parser.parse_args()
    print(machine())
    print(f"{BAD_SHARE:.0%} bad, {options.batches} batches of {BATCH}, {options.rounds} rounds\n")
    print(
        "| a batch, an item, ms | items fail by | items/s | of none bad, median | range | runs a batch | goal |"
    )
    print("|---|---|---|---|---|---|---|")
    for costs in COSTS.values():
        rates: dict[str, list[float]] = {way: [] for way in WAYS}
        runs: dict[str, list[float]] = {way: [] for way in WAYS}
        for number in range(options.rounds):
            for way in WAYS:
                rate, ran = await items_per_s(way, costs, number, options.batches * BATCH)
                rates[way].append(rate)
                runs[way].append(ran)
        for way in WAYS:
            shares = [rate / base for rate, base in zip(rates[way], rates["none bad"], strict=True)]
            cost = " + ".join(f"{1000 * seconds:g}" for seconds in costs)
            met = "" if way == "none bad" else "met" if median(shares) >= GOAL else "missed"
            shown = f"{median(shares):.0%} | {min(shares):.0%}–{max(shares):.0%}"
            print(
                f"| {cost} | {way} | {median(rates[way]):.0f} | {shown} | {median(runs[way]):.2f} | {met} |",
                flush=True,
            )


if __name__ == "__main__":
    logging.getLogger("siseon.engine").addHandler(logging.NullHandler())
    asyncio.run(main())
