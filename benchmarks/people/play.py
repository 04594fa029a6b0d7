"""A play of two stick figures, told to its end: ``python benchmarks/people/play.py FOLDER [--acts 16]``.

A child and an adult go through scenes of ``figures.py``, each a chunk of six seconds, with appearances and made-up
expressions. What is written to ``FOLDER`` is what a video would give: the timeline, the logs, tables for other
programs, subtitles and the report. The play is to be looked at; nothing is measured.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

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
from siseon.applications.people.merging.corrections import Corrections
from siseon.applications.people.reading import read
from siseon.applications.people.timeline.build import timeline_of
from siseon.applications.people.timeline.files import files
from siseon.applications.people.timeline.indicators import Indicators
from siseon.applications.people.vectors import packed
from siseon.contracts.wire import Box

sys.path.insert(0, str(Path(__file__).parent))

from actions import SECONDS, STEP_MS, staged
from figures import HEIGHT, WIDTH, Manner, looking_down, seen

ACTS = (
    "stand",
    "walk",
    "approach",
    "hand_over",
    "sit",
    "watch",
    "reach",
    "touch",
    "hug",
    "wave",
    "bend",
    "run",
    "lie",
    "sit",
)
CHUNK_MS = SECONDS * 1000
MOODS = ("neutral", "happy", "surprise", "sad")
"""Of which faces show one, the first ones most often."""
AVERAGE = {"closeness": 6.0, "repetition": 5.0, "leading": 5.0, "joy": 4.0, "persistence": 6.0}
"""Made up too."""
NAMED = b"""
[[rename]]
person = { sub_id = 1 }
name = "Mina"
role = "child"
[[rename]]
person = { sub_id = 2 }
name = "Mother <of Mina>"
role = "adult"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--acts", type=int, default=16)
    asked = parser.parse_args()
    timeline = timeline_of(play(asked.acts), corrections=read(Corrections, NAMED, "toml"))
    asked.folder.mkdir(parents=True, exist_ok=True)
    made = datetime(2026, 1, 1, tzinfo=UTC)
    for file in files(timeline, video="play.mp4", made=made, indicators=Indicators(average=AVERAGE)):
        (asked.folder / file.name).write_bytes(file.data)
        print(f"{file.name}: {file.nbytes:,} bytes")
    print(f"{len(timeline.people)} people, {len(timeline.actions)} actions: {timeline.merged}")


def play(acts: int) -> list[ChunkSeen]:
    """A chunk per act; one of eight is lost on its way."""
    rng = np.random.default_rng(5)
    child, adult = replace(Manner.usual(rng), tall=1.2), replace(Manner.usual(rng), tall=1.65)
    looks = rng.normal(size=(2, 32))
    return [_chunk(number, child, adult, looks, rng) for number in range(acts) if number % 8 != 5]


def _chunk(
    number: int, child: Manner, adult: Manner, looks: np.ndarray, rng: np.random.Generator
) -> ChunkSeen:
    action = ACTS[number % len(ACTS)]
    start = number * CHUNK_MS
    ids = (number * 1000 + 1, number * 1000 + 2)
    facing = 0.0 if action in ("stand", "wave") else 80.0
    moments, poses = [], {id: [] for id in ids}
    for t_ms in range(0, CHUNK_MS, STEP_MS):
        figures = staged(
            action, child, adult, np.array([-0.4, 0, 5.0]), np.array([1.4, 0, 5.0]), facing, t_ms / 1000, 1.0
        )
        boxes, faces = [], []
        for id, (points, manner, turned) in zip(ids, figures, strict=True):
            found, box = seen(points, manner, turned, 1.9, looking_down(1.9, 5.0), rng)
            boxes.append(SeenBox(id=id, box=Box(*(float(value) for value in box)), score=0.9))
            marks = tuple(KeyPoint(*(float(value) for value in point)) for point in found)
            poses[id].append(Pose(t_ms=start + t_ms, points=marks))
            if t_ms % 1000 == 0:
                faces.append(_face(id, found[0], rng))
        moments.append(Moment(t_ms=start + t_ms, boxes=tuple(boxes), faces=tuple(faces)))
    tracklets = tuple(
        Tracklet(
            id=id,
            appearance=Appearance(vector=packed(look + rng.normal(scale=0.2, size=32)), crops=8, quality=0.8),
            poses=tuple(poses[id]),
        )
        for id, look in zip(ids, looks, strict=True)
    )
    return ChunkSeen(
        chunk=number, start_ms=start, end_ms=start + CHUNK_MS - STEP_MS, width=WIDTH, height=HEIGHT,
        descriptor="made up", moments=tuple(moments), tracklets=tracklets,
    )  # fmt: skip


def _face(id: int, nose: np.ndarray, rng: np.random.Generator) -> Face:
    box = Box(float(nose[0]) - 15, float(nose[1]) - 15, float(nose[0]) + 15, float(nose[1]) + 15)
    if nose[2] < 0.3 or rng.random() < 0.3:
        return Face(box=box, score=0.6, id=id, refused="profile")
    shown = MOODS[min(int(rng.exponential(0.9)), len(MOODS) - 1)]
    return Face(box=box, score=0.9, id=id, expression={shown: 0.7, "angry": 0.1})


if __name__ == "__main__":
    main()
