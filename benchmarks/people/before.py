"""A video as an earlier system went through it, beside ours: the same networks, clips and machine, in one run.

    python benchmarks/people/before.py VIDEO_DEV --rounds 5

*Before* is ``before_run.py``, which says what of it is the record's and what is ours; *before, at our rate* the same
with our five pictures a second in place of all of them, so that what is gained by looking less often stands apart from
the rest. *After* is ``siseon people`` with the same five networks and all its outputs. Each is a fresh process that
loads everything; rounds take turns. Clips: two people in a minute of 28 pictures a second (ten seconds, six times
over), six people in 139 s of ten a second, and a plaza with twenty to forty. Seconds on the clock: nothing else should
run.
"""

from __future__ import annotations

import argparse
import json
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
from clips import looped
from machine import machine

PROGRAM = Path(__file__).with_name("before_run.py")
CLIPS = {"two": "arm_wrestling.mp4", "six": "one-by-one-person-detection.mp4", "plaza": "pedestrians.mp4"}
MINUTE_S = 60.0
OUR_RATE = 5.0
GOAL = 3.0


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path, help="of the clips")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--clips", nargs="+", choices=list(CLIPS), default=list(CLIPS))
    options.add_argument("--seconds", type=float, default=MINUTE_S, help="of the clip that is looped")
    asked = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="siseon-before-") as root:
        for name in asked.clips:
            clip = asked.folder / CLIPS[name]
            if name == "two":
                clip = looped(clip, Path(root) / "two.mp4", asked.seconds)
            _measure(name, clip, Path(root), asked.rounds)


def _measure(name: str, clip: Path, root: Path, rounds: int) -> None:
    whole: dict[str, list[float]] = defaultdict(list)
    steps: dict[str, list[dict[str, float]]] = defaultdict(list)
    counts: dict[str, dict[str, int]] = {}
    for _ in range(rounds):
        for way, rate in (("before", ()), ("before, at our rate", (str(OUR_RATE),))):
            took, told = _process(sys.executable, str(PROGRAM), str(clip), str(root / "before"), *rate)
            made = json.loads(told)
            whole[way].append(took)
            steps[way].append(made["seconds"])
            counts[way] = made["counts"]
        out = root / "after"
        words = [f"appearance={LOOKS}", f"expressions={EXPRESSIONS}", f"consent={_consent(root)}"]
        took, _ = _process(
            sys.executable, "-m", "siseon", "people",
            "--video-path", str(clip), "--output-path", str(out), "--force",
            *(part for word in words for part in ("--set", word)),
        )  # fmt: skip
        whole["after"].append(took)
        merged = json.loads((out / "conclusion/timeline.json").read_text())["merged"]
        counts["after"] = {"people": len(merged)}
    print(f"| {name}, {rounds} rounds | seconds | longer than after by | what was done |\n|---|---|---|---|")
    for way, seconds in whole.items():
        ratios = [one / other for one, other in zip(seconds, whole["after"], strict=True)]
        done = ", ".join(f"{count:,} {what}" for what, count in counts[way].items())
        print(f"| {way} | {_figures(seconds)} | {_figures(ratios) if way != 'after' else ''} | {done} |")
    print(f"\n| {name}, step | before, s | before, at our rate, s |\n|---|---|---|")
    for step in STEPS:
        print(
            f"| {step} | {' | '.join(_figures([one[step] for one in several]) for several in steps.values())} |"
        )
    ratio = statistics.median(a / b for a, b in zip(whole["before"], whole["after"], strict=True))
    print(
        f"\n{name}: {ratio:.2f} times, goal {GOAL:g}: {'met' if ratio >= GOAL else 'NOT met'}\n", flush=True
    )


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


def _process(*words: str) -> tuple[float, str]:
    """Seconds of one process, and what it said."""
    started = time.perf_counter()
    ended = subprocess.run(words, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(ended.stderr)
    return time.perf_counter() - started, ended.stdout.strip().rpartition("\n")[2]


def _figures(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
