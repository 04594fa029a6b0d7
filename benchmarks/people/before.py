"""A video as an earlier system went through it, beside ours: the same networks, clips and machine, in one run.

    python benchmarks/people/before.py VIDEO_DEV --rounds 5

*Before* is ``before_run.py``, which says what of it is the record's and what is ours. Twice more it runs with what ours
gains apart from its way of work: with sessions that siseon opens, and with our five pictures a second in place of all
of them, so that each stands apart from the rest. *After* is ``siseon people`` with the same five networks and all its
outputs. Each is a fresh process that loads everything; rounds take turns, but for *before* itself, which takes so much
longer that ``--before-rounds`` has its own number: its ratio is to the same rounds of *after*. Clips: two people at 28
pictures a second (ten seconds), of six people at ten a second the first 30 s, and three seconds of a plaza with twenty
to forty; ``--seconds`` takes as much of each as is asked for. Seconds on the clock: nothing else should run.
Those of the processor hold beside other work too, and say how much of the ratio is work that is not done any more, and
how much is cores that are used. siseon is compiled to bytecode first, as ``pip install`` does: a source tree in an
environment that writes none is compiled anew by each process.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from before_run import EXPRESSIONS, LOOKS, STEPS
from clips import lasting
from machine import machine
from spread import spread

import siseon

PROGRAM = Path(__file__).with_name("before_run.py")
CLIPS = {"two": "arm_wrestling.mp4", "six": "one-by-one-person-detection.mp4", "plaza": "pedestrians.mp4"}
SECONDS = {"two": 10.0, "six": 30.0, "plaza": 3.0}
"""Of each clip: five rounds of all are to take eight minutes."""
OUR_RATE = 5.0
WAYS = {
    "before": (),
    "before, our sessions": ("--our-sessions",),
    "before, our sessions and rate": ("--our-sessions", "--rate", str(OUR_RATE)),
}
GOAL = 3.0


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path, help="of the clips")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--clips", nargs="+", choices=list(CLIPS), default=list(CLIPS))
    options.add_argument("--before-rounds", type=int, default=1, help="of the earlier system as it was")
    options.add_argument(
        "--seconds", type=float, help="of each clip, in place of what five rounds have time for"
    )
    asked = options.parse_args()
    print(machine())
    compileall.compile_dir(Path(siseon.__file__).parent, quiet=1)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="siseon-before-") as root:
        for name in asked.clips:
            seconds = asked.seconds or SECONDS[name]
            clip = lasting(asked.folder / CLIPS[name], Path(root) / f"{name}.mp4", seconds)
            _measure(name, clip, Path(root), asked.rounds, asked.before_rounds)
    print(f"all of it took {time.perf_counter() - began:.0f} s")


def _measure(name: str, clip: Path, root: Path, rounds: int, before_rounds: int) -> None:
    took: dict[str, list[tuple[float, float]]] = defaultdict(list)
    steps: dict[str, list[dict[str, float]]] = defaultdict(list)
    counts: dict[str, dict[str, int]] = {}
    for number in range(rounds):
        for way, words in WAYS.items():
            if not words and number >= before_rounds:
                continue
            seconds, told = _process(str(PROGRAM), str(clip), str(root / "before"), *words)
            made = json.loads(told)
            took[way].append(seconds)
            steps[way].append(made["seconds"])
            counts[way] = made["counts"]
        out = root / "after"
        words = [f"appearance={LOOKS}", f"expressions={EXPRESSIONS}", f"consent={_consent(root)}"]
        seconds, _ = _process(
            "-m", "siseon", "people", "--video-path", str(clip), "--output-path", str(out), "--force",
            *(part for word in words for part in ("--set", word)),
        )  # fmt: skip
        took["after"].append(seconds)
        merged = json.loads((out / "conclusion/timeline.json").read_text())["merged"]
        counts["after"] = {"people": len(merged)}
    _tables(name, took, steps, counts)


def _tables(
    name: str,
    took: dict[str, list[tuple[float, float]]],
    steps: dict[str, list[dict[str, float]]],
    counts: dict[str, dict[str, int]],
) -> None:
    count = len(took["after"])
    rounds = "1 round" if count == 1 else f"{count} rounds"
    print(f"| {name}, {rounds} | seconds | longer | processor, s | more | what was done |")
    print("|---|---|---|---|---|---|")
    for way, rows in took.items():
        cells = []
        for clock in (0, 1):
            values, ours = [row[clock] for row in rows], [row[clock] for row in took["after"]]
            cells += [spread(values), spread([a / b for a, b in zip(values, ours, strict=False)])]
        done = ", ".join(f"{count:,} {what}" for what, count in counts[way].items())
        print(f"| {way} | {' | '.join(cells)} | {done} |")
    print(f"\n| {name}, step | {' | '.join(f'{way}, s' for way in steps)} |\n|---{'|---' * len(steps)}|")
    for step in STEPS:
        print(f"| {step} | {' | '.join(spread([one[step] for one in rows]) for rows in steps.values())} |")
    for way in ("before", "before, our sessions"):
        ratio = statistics.median(a[0] / b[0] for a, b in zip(took[way], took["after"], strict=False))
        met = "met" if ratio >= GOAL else "NOT met"
        print(f"\n{name}: {way}: {ratio:.2f} times, goal {GOAL:g}: {met}", flush=True)
    print()


def _consent(root: Path) -> Path:
    """Without which expressions are not looked at: here nobody is told from anybody else, and nothing is kept."""
    path, today = root / "consent.toml", date.today()
    path.write_text(
        f"""everybody = true
[[consent]]
person = "all"
purposes = ["analysis", "face", "expressions"]
given = {today - timedelta(days=1)}
until = {today + timedelta(days=30)}
under_14 = false
""",
        encoding="utf-8",
    )
    return path


def _process(*words: str) -> tuple[tuple[float, float], str]:
    """Seconds of one run of Python, on the clock and of the processor, and the last line that it said."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *words], stdout=said, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (said, errors):
            file.seek(0)
        if process.returncode:
            raise SystemExit(errors.read().decode())
        last = said.read().decode().strip().rpartition("\n")[2]
    return (took, used.ru_utime + used.ru_stime), last


if __name__ == "__main__":
    main()
