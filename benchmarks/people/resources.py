"""How long a video takes and how much memory, for one minute and for ten, and as a job of one and two workers.

    python benchmarks/people/resources.py VIDEO_DEV --rounds 3

Ten minutes are run once, since they take so long (``--long-rounds``); their ratio of memory is to all rounds of one
minute.

The clips are short ones, over and over: packets are copied, nothing is coded again. *Real time* is the seconds of a
whole ``siseon people``, start and annotated video included, by those of the video: below 1 is faster than it is played.
*Memory* is the most that the process had resident. A job's seconds are from its submission to its end, with
workers that are ready: the annotated video, which one of them makes alone, is in it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from clips import lasting
from machine import machine
from spread import spread

from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.settings import Settings

CLIPS = ("one-by-one-person-detection.mp4", "arm_wrestling.mp4")
MINUTES = (1.0, 10.0)
LONG_MINUTES = 2.0
WORKERS = (1, 2)
FLAT = 1.05
"""Times the memory of one minute that ten may take."""


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path, help="of the clips")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--clips", nargs="+", choices=CLIPS, default=CLIPS[:1], help="ten minutes each")
    options.add_argument("--minutes", nargs="+", type=float, default=MINUTES)
    options.add_argument("--long-rounds", type=int, default=1, help="of what lasts longer than two minutes")
    options.add_argument("--workers", nargs="*", type=int, default=WORKERS)
    options.add_argument("--job-minutes", type=float, default=0.5)
    asked = options.parse_args()
    print(machine())
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="siseon-people-") as root:
        for name in asked.clips:
            lengths = {
                minutes: lasting(asked.folder / name, Path(root) / f"{minutes:g}-{name}", minutes * 60)
                for minutes in asked.minutes
            }
            _alone(name, lengths, Path(root), asked.rounds, asked.long_rounds)
        if asked.workers:
            name = asked.clips[0]
            clip = lasting(asked.folder / name, Path(root) / f"job-{name}", asked.job_minutes * 60)
            _as_jobs(clip, asked.workers, Path(root), asked.rounds)
    print(f"all of it took {time.perf_counter() - began:.0f} s")


def _alone(name: str, lengths: dict[float, Path], root: Path, rounds: int, long_rounds: int) -> None:
    took: dict[float, list[tuple[float, float]]] = {minutes: [] for minutes in lengths}
    for number in range(rounds):
        for minutes, clip in lengths.items():
            if minutes > LONG_MINUTES and number >= long_rounds:
                continue
            words = ["--video-path", str(clip), "--output-path", str(root / "out"), "--force"]
            took[minutes].append(_process("people", *words))
    print(f"| {name} | video, s | seconds | real time | memory, MB |\n|---|---|---|---|---|")
    for minutes, rows in took.items():
        length = _length(lengths[minutes])
        seconds, memory = zip(*rows, strict=True)
        ratios = [one / length for one in seconds]
        cells = [spread(seconds, "{:,.2f}"), spread(ratios, "{:,.2f}") + " ×", spread(memory, "{:,.0f}")]
        print(f"| {minutes:g} min | {length:.0f} | {' | '.join(cells)} |")
    if len(took) > 1:
        first, last = (statistics.median(memory for _, memory in took[at]) for at in (min(took), max(took)))
        print(f"\nmemory of the longest by that of the shortest: {last / first:.2f}", end="")
        print(f", {'flat' if last / first <= FLAT else 'NOT flat'}\n", flush=True)


def _length(clip: Path) -> float:
    import av

    with av.open(str(clip)) as film:
        return float(film.duration or 0) / av.time_base


def _process(*words: str) -> tuple[float, float]:
    """Seconds of one command, and the most memory that it had, in MB."""
    with tempfile.TemporaryFile() as told:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "siseon", *words], stdout=told, stderr=told)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            raise SystemExit(told.read().decode())
    return took, used.ru_maxrss * 1024 / 1e6


def _as_jobs(clip: Path, counts: list[int], root: Path, rounds: int) -> None:
    took: dict[int, list[float]] = {count: [] for count in counts}
    memory: dict[int, float] = dict.fromkeys(counts, 0.0)
    for number in range(rounds):
        for count in counts:
            seconds, most = _job(clip, count, root / f"jobs-{number}-{count}")
            took[count].append(seconds)
            memory[count] = max(memory[count], most)
    print(
        f"| a job of {_length(clip):.0f} s | seconds | faster than one | memory of a worker, MB |\n|---|---|---|---|"
    )
    first = took[counts[0]]
    for count in counts:
        ratios = [one / other for one, other in zip(first, took[count], strict=True)]
        workers = "1 worker" if count == 1 else f"{count} workers"
        cells = [spread(took[count], "{:,.2f}"), spread(ratios, "{:,.2f}") + " ×", f"{memory[count]:.0f}"]
        print(f"| {workers} | {' | '.join(cells)} |")
    print(flush=True)


def _job(clip: Path, workers: int, folder: Path) -> tuple[float, float]:
    """Seconds of a job, and the most memory of a worker, in MB."""
    environment = {**os.environ, "SISEON_CACHE_DIR": str(folder)}
    command = [sys.executable, "-m", "siseon"]
    with Database(Settings(cache_dir=folder).jobs_database_url) as database:
        running = [
            subprocess.Popen(
                [*command, "worker", "people", "--port", "0"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(workers)
        ]
        try:
            while store.depth(database).workers < workers:
                time.sleep(0.1)
            began = time.perf_counter()
            told = subprocess.run(
                [*command, "jobs", "submit", "people", str(clip)],
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            while not store.job(database, told.stdout.strip()).state.ended:
                time.sleep(0.05)
            seconds = time.perf_counter() - began
        finally:
            for one in running:
                one.terminate()
            used = [os.wait4(one.pid, 0)[2].ru_maxrss * 1024 / 1e6 for one in running]
            for one in running:
                one.returncode = 0
    return seconds, max(used)


if __name__ == "__main__":
    main()
