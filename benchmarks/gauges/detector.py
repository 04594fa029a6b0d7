"""How well instruments are found: average precision on drawn scenes of families that nothing was trained on.

``python benchmarks/gauges/detector.py [--scenes 1000] [--split unseen] [--behind FOLDER] [--photos FOLDER ...]
[--dials 120]``: the file that is shipped, through the stage that the application uses. ``--behind`` puts the scenes
before photos. For folders of ``--photos`` it tells how many boxes it finds in how many of them. ``--dials``: how many
dials it finds of those that ``siseon evaluate gauges --generated`` draws: another program than it was trained with.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.generated import photo
from siseon.applications.gauges.instruments import LEAST_SCORE, MODEL, FindInstruments
from siseon.contracts import Boxes, Image
from siseon.contracts.boxes import iou
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager

sys.path.insert(0, str(Path(__file__).parents[2] / "training" / "gauges"))

from instruments.scenes import CLASSES, Scene, scene

Floats = NDArray[np.float64]

LEAST = 0.01
"""Score from which a box counts in an average precision."""
HIT = 0.5
"""Overlap from which an instrument is found."""
FIRST = 1_000_000
"""Number of the first scene: training takes those from 0."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found in a scene, best first: (n, 4) boxes, (n,) scores, (n,) kinds."""

    boxes: Floats
    scores: Floats
    kinds: NDArray[np.int64]


@dataclass(frozen=True)
class Measured:
    """Of one class or family."""

    instruments: int
    precision: float
    """Average, at an overlap of 0.5."""
    recall: float
    """At the score that the application takes."""
    false: int
    """Boxes at that score which are on no instrument of the kind."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=1000)
    parser.add_argument("--split", choices=("unseen", "training"), default="unseen")
    parser.add_argument("--behind", type=Path)
    parser.add_argument("--photos", type=Path, nargs="*", default=[])
    parser.add_argument("--dials", type=int, default=0)
    asked = parser.parse_args()
    with_stage = FindInstruments(ModelManager()[MODEL], least_score=LEAST)
    with_stage.setup()
    try:
        if asked.scenes:
            grounds = (
                [None] if asked.behind is None else [pixels_of(path) for path in photos_in(asked.behind)]
            )
            scenes = [
                scene(FIRST + index, asked.split, behind=grounds[index % len(grounds)])
                for index in range(asked.scenes)
            ]
            started = time.perf_counter()
            found = [find(with_stage, one.pixels) for one in scenes]
            each = (time.perf_counter() - started) / len(scenes)
            print(f"{table(scenes, found)}\n\n{1000 * each:.1f} ms a scene, one at a time")
        for folder in asked.photos:
            print(of_photos(with_stage, folder))
        if asked.dials:
            print(of_dials(with_stage, asked.dials))
    finally:
        with_stage.teardown()


def find(stage: FindInstruments, pixels: NDArray[np.uint8]) -> Found:
    (seen,) = stage.process([Image.from_array(pixels)])
    return Found(seen.boxes.xyxy.astype(np.float64), seen.scores.astype(np.float64), seen.class_ids)


def of_dials(stage: FindInstruments, count: int) -> str:
    """How many dials of the other program are found at the score that the application takes."""
    found = 0
    for index in range(count):
        drawn = photo(index, "evaluation")
        rim = drawn.points(tuple(range(0, 360, 10)), 1.03)  # the bezel
        box, _ = Boxes.from_model(
            np.concatenate([rim.min(axis=0), rim.max(axis=0)])[None], drawn.image.frame, stage="drawn"
        )
        (seen,) = stage.process([drawn.image])
        sure = (seen.class_ids == CLASSES.index("analog")) & (seen.scores >= LEAST_SCORE)
        hits = iou(seen.boxes, box)[:, 0] > HIT
        found += bool((sure & hits).any())
    return f"{found} of {count} dials of another program are found at {LEAST_SCORE:g}"


def table(scenes: Sequence[Scene], found: Sequence[Found]) -> str:
    """By class, then by family; the first line is the mean over the classes."""
    classes = [measured(scenes, found, kind) for kind in range(len(CLASSES))]
    families = sorted({(one.kind, one.family) for each in scenes for one in each.instruments})
    lines = [
        f"{len(scenes)} scenes: mAP50 {np.mean([one.precision for one in classes]):.3f}",
        "",
        f"| found | instruments | AP50 | recall at {LEAST_SCORE:g} | false at {LEAST_SCORE:g} |",
        "|---|---|---|---|---|",
    ]
    rows = [(f"**{name}**", one) for name, one in zip(CLASSES, classes, strict=True)]
    rows += [(f"{CLASSES[kind]}: {name}", measured(scenes, found, kind, name)) for kind, name in families]
    for name, one in rows:
        false = str(one.false) if name.startswith("*") else ""
        lines.append(f"| {name} | {one.instruments} | {one.precision:.3f} | {one.recall:.3f} | {false} |")
    return "\n".join(lines)


def measured(
    scenes: Sequence[Scene], found: Sequence[Found], kind: int, family: str | None = None
) -> Measured:
    """Of a class; of one of its families, where boxes on the others are neither right nor wrong."""
    outcomes: list[tuple[float, bool]] = []
    wanted = 0
    for drawn, seen in zip(scenes, found, strict=True):
        same = [one for one in drawn.instruments if one.kind == kind]
        counted = [one.counts and family in (None, one.family) for one in same]
        boxes = np.array([one.box for one in same]).reshape(-1, 4)
        wanted += sum(counted)
        outcomes += _outcomes(seen, kind, boxes, counted)
    outcomes.sort(reverse=True)
    right = np.cumsum([hit for _, hit in outcomes])
    sure = [hit for score, hit in outcomes if score >= LEAST_SCORE]
    if not wanted or not len(right):
        return Measured(wanted, 0.0, 0.0, len(sure))
    precision = right / np.arange(1, len(right) + 1)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    recall = right / wanted
    area = float(np.sum(np.diff(recall, prepend=0.0) * highest))
    return Measured(wanted, area, sum(sure) / wanted, len(sure) - sum(sure))


def _outcomes(seen: Found, kind: int, boxes: Floats, counted: Sequence[bool]) -> list[tuple[float, bool]]:
    """Score and whether it is right of each box of the kind, but for those on instruments that do not count."""
    taken: set[int] = set()
    outcomes = []
    for box, score in zip(seen.boxes[seen.kinds == kind], seen.scores[seen.kinds == kind], strict=True):
        overlaps = _overlaps(box, boxes)
        free = [
            index for index in np.argsort(-overlaps).tolist() if overlaps[index] >= HIT and index not in taken
        ]
        best = next((index for index in free if counted[index]), free[0] if free else None)
        if best is not None:
            taken.add(best)
        if best is None or counted[best]:
            outcomes.append((float(score), best is not None))
    return outcomes


def _overlaps(box: Floats, boxes: Floats) -> Floats:
    common = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    inner = np.clip(common, 0, None).prod(axis=1)
    union = (box[2:] - box[:2]).prod() + (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) - inner
    return np.asarray(inner / union, np.float64)


def of_photos(stage: FindInstruments, folder: Path) -> str:
    paths = photos_in(folder)
    boxes: dict[str, int] = dict.fromkeys(CLASSES, 0)
    with_any = 0
    for path in paths:
        seen = find(stage, pixels_of(path))
        sure = seen.kinds[seen.scores >= LEAST_SCORE]
        with_any += bool(len(sure))
        for kind in sure.tolist():
            boxes[CLASSES[kind]] += 1
    told = ", ".join(f"{number} {name}" for name, number in boxes.items())
    return f"{folder}: {len(paths)} photos, boxes at {LEAST_SCORE:g} in {with_any} of them: {told}"


def photos_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".jpeg", ".png"))


def pixels_of(path: Path) -> NDArray[np.uint8]:
    return decode(read_file(path).data).pixels


if __name__ == "__main__":
    main()
