"""How long the first answer of ``siseon run text PICTURE`` takes, from nothing, against the least that it could.

*Bare* is a script that imports numpy, OpenCV, ONNX Runtime and what ``lean/text.py`` decodes and cuts with, opens both
networks on all cores, reads the one picture and prints JSON: no engine, no command line, no settings. Each is a fresh
process that finds all modules compiled, as pip leaves them; rounds take turns, forwards and backwards. Seconds on the
clock, of the processor, and the peak of memory; ratios are of the same round, and one whose range holds 1 is a tie.
Goal: at most 1.2 × bare.

Run: ``python benchmarks/first_answer.py PICTURE [--rounds 9]``
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from machine import machine
from spread import spread

HERE = Path(__file__).parent
GOAL = 1.2


class Cost(NamedTuple):
    clock_s: float
    processor_s: float
    peak_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        read_bare(options.picture)
        return
    print(machine())
    ways = {
        "bare": [__file__, str(options.picture), "--bare"],
        "siseon": ["-m", "siseon", "run", "text", str(options.picture), "--json", "-"],
        "siseon, without Tesseract's packs": [
            *(
                "-m",
                "siseon",
                "run",
                "text",
                str(options.picture),
                "--json",
                "-",
                "--set",
                "other_scripts=none",
            )
        ],
    }
    costs: dict[str, list[Cost]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as compiled:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = compiled
        for words in ways.values():  # compiles the modules, and reads all files into memory
            cost_of(words, environment)
        for number in range(options.rounds):
            for way in ways if number % 2 == 0 else reversed(ways):
                costs[way].append(cost_of(ways[way], environment))
    show(costs)


def read_bare(picture: Path) -> None:
    """What a script of one's own does."""
    sys.path.insert(0, str(HERE / "lean"))
    from text import Read

    read = Read(Path(), threads=len(os.sched_getaffinity(0)))
    print(read(picture.name, picture.read_bytes()).decode())


def cost_of(words: Sequence[str], environment: Mapping[str, str]) -> Cost:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        assert process.stderr is not None
        raise SystemExit(f"{' '.join(words)} ended with {status}:\n{process.stderr.read().decode()[-1000:]}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def show(costs: dict[str, list[Cost]]) -> None:
    columns = {"s": "{:.2f}", "processor, s": "{:.2f}", "peak memory, MB": "{:.0f}"}
    print(f"| first answer | {' | '.join(f'{name} | against bare' for name in columns)} |")
    print("|---" * (1 + 2 * len(columns)) + "|")
    for way, rounds in costs.items():
        cells = []
        for at, how in enumerate(columns.values()):
            cells.append(spread([one[at] for one in rounds], how))
            ratios = [one[at] / bare[at] for one, bare in zip(rounds, costs["bare"], strict=True)]
            tie = ", a tie" if way != "bare" and min(ratios) <= 1 <= max(ratios) else ""
            cells.append("1.00 ×" if way == "bare" else f"{spread(ratios)} ×{tie}")
        print(f"| {way} | {' | '.join(cells)} |")
    print(f"\n{len(costs['bare'])} rounds; goal: {GOAL} × bare")


if __name__ == "__main__":
    main()
