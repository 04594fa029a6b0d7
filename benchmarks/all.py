"""The benchmarks of the engine, the service, jobs, the console and every application, one after another, as one page.

Each is a process of its own, and what it prints stands in the page as it is, with its command, how long it took and
how busy the machine was when it began: figures of a busy machine are worth little. One that fails stands there with
its last words, and the exit status is 1. ``--quick`` takes fewer rounds and shorter runs: enough
to see what has changed, too little to publish. Each is stopped at ``LIMIT_S``.

Run: ``python benchmarks/all.py [--quick] [--only text,jobs] [--page FILE]``, with ``SISEON_MODEL_PATH`` and
``SISEON_TEST_DATA`` set.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from machine import machine

HERE = Path(__file__).parent
PAGE = HERE / "MEASURED.md"
WORDS_OF_A_FAILURE = 1_500
"""Characters."""
LIMIT_S = {True: 150.0, False: 3_600.0}
"""Of one benchmark, quick or not."""


@dataclass(frozen=True)
class Benchmark:
    """A script with what it is given: always, when quick, and otherwise."""

    title: str
    script: str
    quick: str
    full: str


# {photos}, {texts}, {videos}: folders of SISEON_TEST_DATA.
BENCHMARKS = (
    Benchmark("The engine alone", "noop.py", "--rounds 3", ""),
    Benchmark("One bad item in a hundred", "bad_items.py", "--rounds 2", ""),
    Benchmark("Threads or worker processes", "processes.py", "--rounds 1 --seconds 0.7", ""),
    Benchmark("Denormal numbers", "denormals.py", "--rounds 2", ""),
    Benchmark(
        "inspection against lean loops",
        "throughput.py",
        "inspection {photos} --rounds 2",
        "inspection {photos} --passes 2",
    ),
    Benchmark(
        "text against lean loops", "throughput.py", "text {texts} --rounds 1", "text {texts} --passes 2"
    ),
    Benchmark(
        "text against rapidocr at its best",
        "text_rates.py",
        "{texts} --rounds 1",
        "{texts} {photos}",
    ),
    Benchmark(
        "text against rapidocr, a picture alone",
        "text_rates.py",
        "{texts} --alone --rounds 1",
        "{texts} {photos} --alone",
    ),
    Benchmark("The same text as rapidocr", "text_vs_rapidocr.py", "{texts}", "{texts} {photos}"),
    Benchmark(
        "The service against its peers",
        "serving/run.py",
        "--only 'siseon;fastapi' --cells closed --seconds 1 --rounds 1 --json {scratch}/serving.json",
        "",
    ),
    Benchmark("Jobs: items a second", "jobs/throughput.py", "--items 2000 --rounds 1", ""),
    Benchmark("Jobs: time to the first result", "jobs/latency.py", "--looks 40", ""),
    Benchmark("translation: pages", "translation/pages.py", "--rounds 1", "--repeat 9"),
    Benchmark("gauges: milliseconds a frame", "gauges/frames.py", "", ""),
    Benchmark("gauges: four cameras", "streams/cameras.py", "--rounds 1 --seconds 5", "--seconds 12"),
    Benchmark(
        "oilspill: against the earlier program",
        "oilspill/before.py",
        "--frames 1 --rounds 1",
        "--frames 1 4 --rounds 5",
    ),
    Benchmark(
        "oilspill: overlays read",
        "oilspill/overlay.py",
        "--first 5000 --flights 2 --frames 10",
        "--first 5000 --flights 16 --frames 20",
    ),
    Benchmark("people: the five modules", "people/modules.py", "{videos} --rounds 1", "{videos} --rounds 5"),
    Benchmark("people: merging of fragments", "people/merging.py", "--films 2", "--films 10"),
    Benchmark(
        "people: against the earlier program",
        "people/before.py",
        "{videos} --clips two --seconds 5 --rounds 1",
        "{videos} --rounds 5",
    ),
    Benchmark("The console: 50 open pages", "console.py", "--pages 50 --seconds 10", "--pages 50"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="words of titles, separated by commas")
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    data = os.environ.get("SISEON_TEST_DATA")
    if data is None or "SISEON_MODEL_PATH" not in os.environ:
        parser.error(
            "set SISEON_TEST_DATA and SISEON_MODEL_PATH: the folders of the photos and of the weights"
        )
    words = [word for word in options.only.split(",") if word]
    chosen = [one for one in BENCHMARKS if not words or any(word in one.title for word in words)]
    if not chosen:
        parser.error(f"no title has {options.only!r}: {'; '.join(one.title for one in BENCHMARKS)}")
    failed = 0
    lines = list(head(options.quick))
    for one in chosen:
        print(one.title, end=" ", flush=True)
        section, good = run(one, Path(data), options.quick)
        failed += not good
        lines += section
        options.page.write_text("\n".join(lines), encoding="utf-8")
    print(f"{options.page}: {len(chosen) - failed} of {len(chosen)} measured")
    sys.exit(failed > 0)


def head(quick: bool) -> Iterator[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    ).stdout.strip()
    yield "# As measured\n"
    yield f"Written by `python benchmarks/all.py{' --quick' if quick else ''}`; what it means is in `README.md`."
    if quick:
        yield "Quick: few rounds, short runs. It shows what has changed and is too little to publish."
    yield f"\n{datetime.now(UTC):%d %B %Y}, at {commit or 'no commit'}. {machine()}"


def run(one: Benchmark, data: Path, quick: bool) -> tuple[list[str], bool]:
    """The section of one benchmark, and whether it could be measured."""
    places = {
        "photos": data / "coco-dev" / "images",
        "texts": data / "text-dev",
        "videos": data / "video-dev",
        "scratch": HERE.parent / "out",
    }
    places["scratch"].mkdir(exist_ok=True)
    arguments = (one.quick if quick else one.full).format_map(places)
    load, began = os.getloadavg()[0], time.monotonic()
    command = [sys.executable, str(HERE / one.script), *shlex.split(arguments)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LIMIT_S[quick], cwd=HERE.parent
        )
        told, status = done.stdout, done.returncode
        last = done.stderr[-WORDS_OF_A_FAILURE:]
    except subprocess.TimeoutExpired:
        told, status, last = "", 1, f"not done after {LIMIT_S[quick]:.0f} s"
    seconds = time.monotonic() - began
    print(f"{seconds:.0f} s{'' if status == 0 else ', failed'}", flush=True)
    shown = arguments.replace(str(data), "$SISEON_TEST_DATA")
    section = [
        f"\n## {one.title}\n",
        f"`{f'python benchmarks/{one.script} {shown}'.strip()}`: {seconds:.0f} s, load {load:.1f} when it began\n",
        told.strip() if status == 0 else f"**Failed** ({status}):\n\n```\n{last.strip()}\n```",
        "",
    ]
    return section, status == 0


if __name__ == "__main__":
    main()
