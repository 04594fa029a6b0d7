"""The benchmarks of the engine, the service, jobs, the console and every application, one after another, as one page.

Each is a process of its own, and what it prints stands in the page as it is, with its command, when, on what and at
which commit it ran, how long it took and how busy the machine was when it began: figures of a busy machine are worth
little. A run puts its sections in the place of their older selves and leaves all others as they are, so that a page is
filled in pieces. One that fails stands there with its last words, and the exit status is 1.

``--quick`` takes fewer rounds and shorter runs, and a page of its own: enough to see what has changed, too little to
publish. ``--list`` says what there is and how many minutes each takes, most worth first, which is the order of a run;
``--minutes 40`` begins none that would not be over by then.

Run: ``python benchmarks/all.py [--quick] [--only text,jobs] [--minutes M] [--page FILE]``, with
``SISEON_MODEL_PATH`` and ``SISEON_TEST_DATA`` set.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from machine import machine
from page import page_of, sections

HERE = Path(__file__).parent
PAGE = HERE / "MEASURED.md"
QUICK_PAGE = HERE.parent / "out" / "quick.md"
WORDS_OF_A_FAILURE = 1_500
"""Characters."""
LIMIT_S = {True: 300.0, False: 3_600.0}
"""Of one benchmark, quick or not."""
COMPILED = HERE.parent / "bench-out" / "compiled"
"""Where Python keeps compiled modules meanwhile: programs that start are measured as pip installs them."""
STOP_S = 20.0
"""For a benchmark that is too late to stop what it has started."""


@dataclass(frozen=True)
class Benchmark:
    """A script with what it is given, when quick and otherwise, and how long it takes otherwise."""

    title: str
    script: str
    quick: str
    full: str
    minutes: float

    def command(self, data: str, scratch: str, quick: bool) -> str:
        places = {
            "photos": f"{data}/coco-dev/images",
            "texts": f"{data}/text-dev",
            "videos": f"{data}/video-dev",
            "scratch": scratch,
        }
        return f"{self.script} {(self.quick if quick else self.full).format_map(places)}".strip()


# Most worth first.
BENCHMARKS = (
    Benchmark(
        "The service against its peers",
        "serving/run.py",
        "--only 'siseon;fastapi' --cells closed --seconds 1 --rounds 1 --json {scratch}/serving.json",
        "--only 'siseon;fastapi;mosec;litserve' --cells closed,overload --seconds 1.5 --minutes 26"
        " --json {scratch}/serving.json",
        26,
    ),
    Benchmark(
        "inspection against lean loops",
        "throughput.py",
        "inspection {photos} --rounds 2",
        "inspection {photos} --passes 2",
        2,
    ),
    Benchmark(
        "text against lean loops",
        "throughput.py",
        "text {texts} --rounds 1 --variants engine 'lean, threads'",
        "text {texts}",
        3,
    ),
    Benchmark(
        "text against rapidocr at its best",
        "text_rates.py",
        "{texts} --pictures 3 --rounds 1",
        "{texts}",
        5,
    ),
    Benchmark(
        "text against rapidocr, a picture alone",
        "text_rates.py",
        "{texts} --alone --pictures 3 --rounds 1",
        "{texts} --alone",
        4,
    ),
    Benchmark(
        "The first answer of siseon run text",
        "first_answer.py",
        "{texts}/paper_en.jpg --rounds 2",
        "{texts}/paper_en.jpg",
        1,
    ),
    Benchmark(
        "translation: pages",
        "translation/pages.py",
        "--pages 4 --rounds 1",
        "--rounds 5 --repeat 9",
        4,
    ),
    Benchmark("gauges: four cameras", "streams/cameras.py", "--rounds 1 --seconds 4", "--seconds 8", 6),
    Benchmark(
        "oilspill: against the earlier program",
        "oilspill/before.py",
        "--frames 1 --rounds 1",
        "--frames 1 4 --rounds 5",
        2,
    ),
    Benchmark(
        "people: against the earlier program",
        "people/before.py",
        "{videos} --clips two --seconds 3 --rounds 1",
        "{videos} --rounds 5",
        6,
    ),
    Benchmark(
        "Jobs: items a second", "jobs/throughput.py", "--items 1000 --rounds 1", "--items 4000 --rounds 5", 5
    ),
    Benchmark("Jobs: time to the first result", "jobs/latency.py", "--items 20000 --looks 15", "", 2),
    Benchmark("The console: 50 open pages", "console.py", "--pages 25 --seconds 4", "--pages 50", 2),
    Benchmark("The engine alone", "noop.py", "--rounds 2", "", 1),
    Benchmark(
        "people: the five modules",
        "people/modules.py",
        "{videos} --rounds 1 --clips crowd_faces.mp4",
        "{videos} --rounds 5",
        3,
    ),
    Benchmark("One picture shown to twenty", "streams/viewers.py", "--rounds 1 --seconds 4", "", 3),
    Benchmark("gauges: milliseconds a frame", "gauges/frames.py", "", "", 0.5),
    Benchmark(
        "The same text as rapidocr", "text_vs_rapidocr.py", "{texts} --pictures 2", "{texts} {photos}", 3
    ),
    Benchmark(
        "oilspill: overlays read",
        "oilspill/overlay.py",
        "--first 5000 --flights 1 --frames 10",
        "--first 5000 --flights 16 --frames 20",
        4,
    ),
    Benchmark("Networks in int8", "quantize.py", "{photos} --only efficientnet-lite0", "{photos}", 3),
    Benchmark("people: merging of fragments", "people/merging.py", "--films 1", "--films 10", 4),
    Benchmark("Denormal numbers", "denormals.py", "--rounds 2", "--rounds 5", 0.5),
    Benchmark("Large pages", "large_pages.py", "--rounds 1", "", 1),
    Benchmark("Networks rewritten", "rewrite.py", "--runs 10", "", 1),
    Benchmark("Threads or worker processes", "processes.py", "--rounds 1 --seconds 0.5", "", 3),
    Benchmark("One bad item in a hundred", "bad_items.py", "--batches 25 --rounds 2", "", 4),
)
TITLES = [one.title for one in BENCHMARKS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="words of titles, separated by commas")
    parser.add_argument("--minutes", type=float, help="begin none that would not be over by then")
    parser.add_argument("--page", type=Path)
    parser.add_argument("--list", action="store_true", help="measure nothing; say what there is")
    options = parser.parse_args()
    words = [word for word in options.only.split(",") if word]
    chosen = [one for one in BENCHMARKS if not words or any(word in one.title for word in words)]
    if not chosen:
        parser.error(f"no title has {options.only!r}: {'; '.join(TITLES)}")
    if options.list:
        for one in chosen:
            print(f"{one.minutes:5.1f} min  {one.title}")
        return
    data = os.environ.get("SISEON_TEST_DATA")
    if data is None or "SISEON_MODEL_PATH" not in os.environ:
        parser.error(
            "set SISEON_TEST_DATA and SISEON_MODEL_PATH: the folders of the photos and of the weights"
        )
    page = options.page or (QUICK_PAGE if options.quick else PAGE)
    page.parent.mkdir(exist_ok=True)
    sys.exit(fill(page, chosen, data, options.quick, options.minutes))


def fill(page: Path, chosen: Sequence[Benchmark], data: str, quick: bool, minutes: float | None) -> int:
    """Measure one after another; the page is written after each. Status: whether one failed."""
    kept = sections(page.read_text(encoding="utf-8"), TITLES) if page.exists() else {}
    began, failed, measured = time.monotonic(), 0, 0
    for one in chosen:
        left = float("inf") if minutes is None else minutes - (time.monotonic() - began) / 60
        if (0 if quick else one.minutes) > left:
            print(f"{one.title}: not begun, {left:.0f} minutes are left")
            continue
        print(one.title, end=" ", flush=True)
        kept[one.title], good = run(one, data, quick)
        measured += good
        failed += not good
        page.write_text(page_of(head(quick), TITLES, kept), encoding="utf-8")
    print(f"{page}: {measured} measured, {failed} failed, in {(time.monotonic() - began) / 60:.1f} minutes")
    return int(failed > 0)


def head(quick: bool) -> str:
    told = (
        "# As measured\n\nWritten by `python benchmarks/all.py"
        f"{' --quick' if quick else ''}`, each section when it says; what it means is in `README.md`."
    )
    return told + (
        "\nQuick: few rounds, short runs. It shows what has changed and is too little to publish."
        if quick
        else ""
    )


def run(one: Benchmark, data: str, quick: bool) -> tuple[str, bool]:
    """The section of one benchmark, and whether it could be measured."""
    load, when, began = os.getloadavg()[0], f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC", time.monotonic()
    # A folder of its own: nothing that an earlier run has left is taken for a figure of this one.
    with tempfile.TemporaryDirectory(prefix="siseon-benchmark-") as scratch:
        command = one.command(data, scratch, quick)
        status, told, last = finished([sys.executable, *shlex.split(f"{HERE}/{command}")], LIMIT_S[quick])
    seconds = time.monotonic() - began
    print(f"{seconds:.0f} s{'' if status == 0 else ', failed'}", flush=True)
    shown = command.replace(data, "$SISEON_TEST_DATA").replace(scratch, "out")
    text = (
        f"`python benchmarks/{shown}`: {when}, at {commit()}, {seconds:.0f} s, "
        f"load {load:.1f} when it began. {machine().strip()}\n\n"
    )
    # Most scripts name the machine themselves.
    text += (
        told.replace(machine(), "").strip() if status == 0 else f"**Failed** ({status}):\n\n```\n{last}\n```"
    )
    return text, status == 0


def finished(command: Sequence[str], limit_s: float) -> tuple[int, str, str]:
    """Its status, what it printed, and its last words to the standard error."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=HERE.parent,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        | {"PYTHONPYCACHEPREFIX": str(COMPILED)},
        start_new_session=True,
    )
    try:
        told, errors = process.communicate(timeout=limit_s)
        return process.returncode, told, errors[-WORDS_OF_A_FAILURE:].strip()
    except subprocess.TimeoutExpired:
        return 1, "", f"not done after {limit_s:.0f} s"
    finally:
        stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """As Ctrl-C does, so that it stops the services that it has started; then all that is left of its group."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def commit() -> str:
    """That of the working tree, and whether it has changes beside the page itself."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=HERE.parent, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!benchmarks/{PAGE.name}")
    return f"{git('rev-parse', '--short', 'HEAD') or 'no commit'}{' with changes' if changed else ''}"


if __name__ == "__main__":
    main()
