"""How much memory it takes to put together what was seen of hours of video: ``python benchmarks/people/concluding.py
--hours 0.5 3 --people 3``.

Made-up results of chunks of ten seconds: so many people who sway, each with a box five times a second, joints every
second, and a face with an expression twice a second, and a stranger now and then. Each length is concluded in a process
of its own, as the end of ``siseon run people`` does, with and without the annotated video, whose pictures come every
ten seconds, so that it is the results and not the pictures that cost. *Before* is the memory of that process when all
is imported. The last column is a digest of all files: the same results make the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine

from siseon.applications.concluding import Answered
from siseon.applications.people.contracts import (
    Appearance,
    ChunkSeen,
    Face,
    KeyPoint,
    Moment,
    Pose,
    SeenBox,
    Tracklet,
)
from siseon.applications.people.vectors import packed
from siseon.applications.steps import Step
from siseon.contracts import Encoded
from siseon.contracts.wire import Box
from siseon.media.film.parts import VideoPart

CHUNK_MS, STEP_MS = 10_000, 200
WIDTH, HEIGHT = 320, 180
AWAY = 7
"""Each person is away in one of so many chunks."""


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--hours", nargs="+", type=float, default=(0.5, 3.0))
    options.add_argument("--people", type=int, default=3)
    options.add_argument("--one", type=Path, help="conclude what lies in this folder, and say what it took")
    options.add_argument("--video", default="none", help="for --one")
    asked = options.parse_args()
    if asked.one is not None:
        print(json.dumps(_one(asked.one, asked.video)))
        return
    print(machine())
    print("| hours | annotated | seconds | before, MB | memory, MB | files |\n|---|---|---|---|---|---|")
    for hours in asked.hours:
        with tempfile.TemporaryDirectory(prefix="siseon-concluding-") as folder:
            _made_up(Path(folder), round(hours * 3_600_000 / CHUNK_MS), asked.people)
            for video in ("none", "vp9"):
                told = json.loads(_said("--one", folder, "--video", video))
                print(
                    f"| {hours:g} | {video} | {told['seconds']:.1f} | {told['before']:.0f} | {told['most']:.0f}"
                    f" | {told['files']} {told['digest']} |",
                    flush=True,
                )


def _said(*words: str) -> str:
    return subprocess.run(
        [sys.executable, __file__, *words], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _one(folder: Path, video: str) -> dict[str, float | int | str]:
    from siseon.applications.people.conclude import conclude
    from siseon.applications.people.options import PeopleOptions

    before, began, digest, count = _most(), time.perf_counter(), hashlib.sha256(), 0
    for file in conclude(PeopleOptions.model_validate({"video": video}), _answered(folder)):
        if isinstance(file, Step):
            continue
        data = io.BytesIO(file.data) if isinstance(file, Encoded) else file.path.open("rb")
        with data:
            digest.update(file.name.encode() + hashlib.file_digest(data, "sha256").digest())
        count += 1
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds, "before": before, "most": _most(), "files": count, "digest": digest.hexdigest()[:12]
    }  # fmt: skip


def _most() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _answered(folder: Path) -> Iterator[Answered[ChunkSeen]]:
    path = folder / "film.mp4"
    with (folder / "chunks.jsonl").open("rb") as lines:
        for line in lines:
            chunk = ChunkSeen.model_validate_json(line)
            part = VideoPart(path, chunk.chunk, chunk.start_ms, chunk.end_ms)
            yield Answered(path.name, chunk, partial(_itself, part))


def _itself(part: VideoPart) -> VideoPart:
    return part


def _made_up(folder: Path, chunks: int, people: int) -> None:
    rng = np.random.default_rng(3)
    looks = rng.normal(size=(people, 96))
    with (folder / "chunks.jsonl").open("w") as lines:
        for number in range(chunks):
            lines.write(_chunk(number, people, looks, rng).model_dump_json() + "\n")
    _film(folder / "film.mp4", chunks)


def _chunk(number: int, people: int, looks: np.ndarray, rng: np.random.Generator) -> ChunkSeen:
    start = number * CHUNK_MS
    there = [one for one in range(people) if (number + one) % AWAY]
    ids = {one: number * 1000 + place for place, one in enumerate(there, 1)}
    moments, poses = [], {one: [] for one in there}
    for t_ms in range(start, start + CHUNK_MS + 1, STEP_MS):
        places = {one: _box(one, people, t_ms) for one in there}
        boxes = tuple(SeenBox(id=ids[one], box=box, score=0.9) for one, box in places.items())
        faces = tuple(_face(ids[one], box, rng) for one, box in places.items() if t_ms % 400 == 0)
        others = (Box(300.0, 20.0, 318.0, 90.0),) if t_ms % 3_000 == 0 else ()
        moments.append(Moment(t_ms=t_ms, boxes=boxes, faces=faces, others=others))
        if t_ms % 1_000 == 0:
            for one, box in places.items():
                poses[one].append(Pose(t_ms=t_ms, points=_points(box, rng)))
    tracklets = tuple(
        Tracklet(
            id=ids[one],
            appearance=Appearance(vector=packed(looks[one] + rng.normal(scale=0.02, size=96)), crops=9, quality=0.8),
            poses=tuple(poses[one]),
        )
        for one in there
    )  # fmt: skip
    return ChunkSeen(
        chunk=number, start_ms=start, end_ms=start + CHUNK_MS, width=WIDTH, height=HEIGHT, descriptor="made up",
        moments=tuple(moments), tracklets=tracklets,
    )  # fmt: skip


def _box(one: int, people: int, t_ms: int) -> Box:
    middle = WIDTH * (one + 0.5) / people + 8 * float(np.sin(t_ms / 3_000 + one))
    return Box(round(middle - 14, 2), 60.0 + one, round(middle + 14, 2), 150.0 + one)


def _face(id: int, box: Box, rng: np.random.Generator) -> Face:
    around = Box(box.x1 + 8, box.y1 + 2, box.x2 - 8, box.y1 + 14)
    return Face(box=around, score=0.9, id=id, expression={"happy": round(float(rng.random()), 3), "sad": 0.1})


def _points(box: Box, rng: np.random.Generator) -> tuple[KeyPoint, ...]:
    x, y = rng.uniform(box.x1, box.x2, 17), rng.uniform(box.y1, box.y2, 17)
    return tuple(KeyPoint(round(float(a), 2), round(float(b), 2), 0.6) for a, b in zip(x, y, strict=True))


def _film(path: Path, chunks: int) -> None:
    """A picture every ten seconds."""
    import av

    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=1, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        grey = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
        for number in range(chunks + 1):
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = number * CHUNK_MS, Fraction(1, 1000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


if __name__ == "__main__":
    main()
