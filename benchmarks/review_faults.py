"""Which faults of small vision services ``siseon review`` finds, which it misses, and its false alarms.

Services with one fault each, over a detector by colour and one by contours (``tests/review/faulty``): by which rule
each is told, and in parentheses what else is said of it. Then the two without a fault, and a verdict that depends on
times, many times over. *Held out* are faults that were written down after the rules, and for which no rule was
changed.

Run: ``python benchmarks/review_faults.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from machine import machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from review.faulty.busy import drops_the_work, works_for_nobody
from review.faulty.detectors import by_colour, by_contours
from review.faulty.faults import FAULTS, Fault
from review.faulty.heldout import HELD_OUT
from review.faulty.trial import drops_or_not, faulty, right

DETECTORS = (by_colour, by_contours)
STEADY = 20


def main() -> None:
    print(machine())
    table("known when the rules were written", FAULTS)
    table("held out", HELD_OUT)
    print("\n| without a fault | false alarms |\n|---|---|")
    for detect in DETECTORS:
        names = [violation.check for violation in right(detect).violations]
        print(f"| {detect.__name__} | {', '.join(names) or 'none'} |")
    print(f"\n| clients that hang up, {STEADY} reviews | told that their work is still done |\n|---|---|")
    for kind in (works_for_nobody, drops_the_work):
        told = sum(drops_or_not(kind(by_colour)) for _ in range(STEADY))
        print(f"| {kind.__name__} | {told} |")


def table(title: str, faults: tuple[Fault, ...]) -> None:
    print(f"\n| {title} | {' | '.join(detect.__name__ for detect in DETECTORS)} |\n|---|---|---|")
    found = count = 0
    for fault in faults:
        cells = []
        for detect in DETECTORS:
            if detect not in fault.detectors:
                cells.append("")
                continue
            trial = faulty(fault, detect)
            count += 1
            found += bool(trial.telling)
            besides = f" ({', '.join(trial.besides)})" if trial.besides else ""
            cells.append((", ".join(trial.telling) or "**missed**") + besides)
        print(f"| {fault.name} | {' | '.join(cells)} |", flush=True)
    print(f"\n{found} of {count} services found.")


if __name__ == "__main__":
    main()
