"""Hours of video: memory, speed by how often it is looked at, and a run that is killed in its middle and goes on.

    python benchmarks/people/long.py VIDEO_DEV --hours 3 --rate 0.5

Six people who come one after another, at 320 × 180 and a picture a second, over and over: packets are copied, so that
the file is made in a moment. ``siseon people`` looks at ten minutes, and at the hours, without an annotated video; the
run over the hours is killed once a third of its chunks is done, and goes on with ``--resume``. *Memory* is the most
that a process had resident; what was seen of all chunks is in it at the end, for who is who is told from all of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av

sys.path.insert(0, str(Path(__file__).parents[1]))
from clips import lasting
from machine import machine

CLIP = "one-by-one-person-detection.mp4"
SIZE = (320, 180)
EVERY = 10
"""Pictures of the clip, of which one is taken: it has ten a second."""
CHUNK_S = 10.0
SHORT_S = 600.0


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path, help="of the clips")
    options.add_argument("--hours", type=float, default=3.0)
    options.add_argument("--rate", type=float, default=0.5, help="pictures a second that are looked at")
    asked = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="siseon-long-") as folder:
        root = Path(folder)
        clip = _slow(asked.folder / CLIP, root / "clip.mp4")
        print("| video | seconds | real time | memory, MB | chunks | of these before it was killed |")
        print("|---|---|---|---|---|---|")
        for seconds in (SHORT_S, asked.hours * 3600):
            film = lasting(clip, root / f"{seconds:.0f}.mp4", seconds)
            words = [
                "--video-path", str(film), "--output-path", str(film.with_suffix("")), "--set", f"rate={asked.rate:g}",
                "--set", "video=none", "--set", f"chunk_s={CHUNK_S:g}",
            ]  # fmt: skip
            third = int(seconds / CHUNK_S / 3) if seconds > SHORT_S else 0
            took, memory, before = _run([*words, "--force"], third) if third else (0.0, 0.0, 0)
            more, most, _ = _run([*words, "--resume" if third else "--force"])
            took, done = took + more, _lines(film.with_suffix(""))
            print(
                f"| {seconds / 60:,.0f} min | {took:.0f} | {took / seconds:.3f} × | {max(memory, most):,.0f}"
                f" | {done:,} | {before:,} |",
                flush=True,
            )


def _slow(source: Path, target: Path) -> Path:
    """A picture a second of a clip, small."""
    with av.open(str(source)) as film, av.open(str(target), "w") as made:
        stream = made.add_stream("libx264", rate=1, options={"preset": "veryfast", "g": "5", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number, frame in enumerate(film.decode(video=0)):
            if number % EVERY == 0:
                small = frame.reformat(*SIZE, format="yuv420p")
                small.pts, small.time_base = number // EVERY, Fraction(1)
                made.mux(stream.encode(small))
        made.mux(stream.encode(None))
    return target


def _run(words: list[str], until: int = 0) -> tuple[float, float, int]:
    """Seconds, the most memory in MB, and chunks that were done. ``until``: of which it is killed."""
    out = Path(words[words.index("--output-path") + 1])
    with tempfile.TemporaryFile() as told:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "siseon", "people", *words], stdout=told, stderr=told
        )
        while until and process.returncode is None and _lines(out) < until:
            time.sleep(0.2)
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
        done = _lines(out)
        if until:
            process.kill()
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and not (until and done >= until):
            told.seek(0)
            raise SystemExit(told.read().decode())
    return took, used.ru_maxrss * 1024 / 1e6, done


def _lines(out: Path) -> int:
    """Of a run that is over, or that goes on."""
    for name in ("results.jsonl", "results.jsonl.unfinished"):
        try:
            return (out / name).read_bytes().count(b"\n")
        except FileNotFoundError:
            continue
    return 0


if __name__ == "__main__":
    main()
