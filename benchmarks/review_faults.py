"""Which faults of small vision services ``siseon review`` finds, which it misses, and its false alarms.

Services with one fault each, over a detector by colour and one by contours (``tests/review/faulty``); then the two
without a fault. *Held out* are faults that were written down after the rules, and for which no rule was changed.

Run: ``python benchmarks/review_faults.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from machine import machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from review.faulty.detectors import by_colour, by_contours
from review.faulty.faults import FAULTS, Fault
from review.faulty.heldout import HELD_OUT
from review.faulty.trial import faulty, right

DETECTORS = (by_colour, by_contours)


def main() -> None:
    print(machine())
    table("known when the rules were written", FAULTS)
    table("held out", HELD_OUT)
    print("\n| without a fault | false alarms |\n|---|---|")
    for detect in DETECTORS:
        names = [violation.check for violation in right(detect).violations]
        print(f"| {detect.__name__} | {', '.join(names) or 'none'} |")


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
