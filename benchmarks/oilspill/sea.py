"""How well the sea is seen: in drawn scenes of families that nothing was trained on, and in photos with labels.

``python benchmarks/oilspill/sea.py [--scenes 200 [--first 0]] [--photos FOLDER] [--sheet FILE] [--elsewhere FOLDER]``:
the file that is shipped, through the stage that the application uses, and the thresholds of ``hsl.py`` beside it. A
family is unseen in the state of the sea, the height of the sun, the colours of the oil, or all of them; half of its
scenes have oil. ``FOLDER`` of ``--photos`` has a ``labels.csv``; ``FILE`` is a PNG of its photos with what was seen.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.palette import NOTHING, TABLE
from siseon.applications.oilspill.sea import MODEL, SeeTheSea, by_thresholds
from siseon.applications.oilspill.sea.evaluate import Pixels, Says, compared, labelled, says, shares
from siseon.contracts import Image
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from oilspill.palettes import Family
from oilspill.scenes import IGNORED, OTHER, Scene, scene

FIRST = 1_000_000
"""Number of the first scene: training takes those from 0."""
SIDE = 384
"""Pixels of a scene."""
FAMILIES = {
    "as trained": Family(),
    "unseen sea": Family(sea=True),
    "unseen sun": Family(sun=True),
    "unseen oil": Family(oil=True),
    "all unseen": Family(sea=True, sun=True, oil=True),
}
HIDDEN = 254
"""Of pixels that do not count, in true masks: ``IGNORED`` is the number of no class in ours."""
WIDE, HIGH = 1280, 720
CELL = 240
"""Pixels of a photo in the sheet."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=200, help="of each family")
    parser.add_argument("--first", type=int, default=0, help="number of the first one of them")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--elsewhere", type=Path, help="a folder of JPEG photos that do not show the sea")
    asked = parser.parse_args()
    stage = SeeTheSea(ModelManager()[MODEL])
    stage.setup()
    try:
        if asked.scenes:
            print(of_scenes(stage, asked.first, asked.scenes))
        if asked.photos:
            print(of_photos(stage, asked.photos, asked.sheet))
        if asked.elsewhere:
            print(of_others(stage, asked.elsewhere))
        print(f"\n{1000 * seconds(stage):.0f} ms for a picture of {WIDE} × {HIGH} pixels")
    finally:
        stage.teardown()


def of_scenes(stage: SeeTheSea, first: int, count: int) -> str:
    """Tables in Markdown."""
    pixels, pictures = [], []
    started = time.perf_counter()
    for name, family in FAMILIES.items():
        numbers = range(FIRST + first, FIRST + first + count)
        scenes = [scene(number, family, side=SIDE, oil=number % 2 == 0) for number in numbers]
        seen = [stage.process([Image.from_array(one.pixels)])[0] for one in scenes]
        true = [truth(one) for one in scenes]
        measured = compared([one.classes for one in seen], true, HIDDEN)
        threshold = compared([thresholded(one) for one in scenes], true, HIDDEN)
        outcomes = [
            (shows_oil(one), says(other, oil=shows_oil(one))) for one, other in zip(scenes, seen, strict=True)
        ]
        pixels.append(row(name, measured, threshold))
        pictures.append(f"| {name} | {told(outcomes)} |")
    each = (time.perf_counter() - started) / count / len(FAMILIES)
    classes = " | ".join((*SEA_CLASSES, "oil of any class"))
    return "\n".join(
        (
            f"| IoU | {classes} | oil, thresholds | area error | false oil, m²/km² of glint |",
            "|---" * (len(SEA_CLASSES) + 5) + "|",
            *pixels,
            "",
            HEAD.format("scenes"),
            RULE,
            *pictures,
            f"\n{1000 * each:.0f} ms a scene, drawing included",
        )
    )


HEAD = "| {} | with oil: found | missed | unsure | refused | clean: accused | cleared | unsure | refused |"
RULE = "|---" * 9 + "|"


def told(outcomes: list[tuple[bool, Says]]) -> str:
    """Counts, in the order of ``HEAD``."""
    counts = Counter(outcomes)
    order = [
        (True, ("found", "missed", "unsure", "refused")),
        (False, ("accused", "cleared", "unsure", "refused")),
    ]
    return " | ".join(str(counts[oil, name]) for oil, names in order for name in names)


def row(name: str, measured: Pixels, threshold: Pixels) -> str:
    """One family's."""
    found = measured.iou()
    cells = [f"{found[one]:.2f}" for one in (*SEA_CLASSES, "oil")]
    error = statistics.median(measured.area_errors) if measured.area_errors else float("nan")
    others = f"{threshold.iou()['oil']:.2f} | {100 * error:.0f} % | {measured.false_m2_per_km2():.0f}"
    return f"| {name} | {' | '.join(cells)} | {others} |"


def truth(drawn: Scene) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Its mask in our numbers."""
    mask = drawn.label.copy()
    mask[drawn.label == OTHER] = NOTHING
    mask[drawn.label == IGNORED] = HIDDEN
    return mask


def shows_oil(drawn: Scene) -> bool:
    """Whether any is left that land, glint, foam and haze do not hide."""
    return bool(((drawn.label >= 1) & (drawn.label <= 6)).any())


def thresholded(drawn: Scene) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """As a class map: which oil it is, thresholds do not say; it counts as true colour."""
    return by_thresholds(drawn.pixels).astype(np.uint8) * np.uint8(SEA_CLASSES.index("true_colour"))


def of_photos(stage: SeeTheSea, folder: Path, sheet: Path | None) -> str:
    """A row for each, and the shares."""
    lines, outcomes, cells = ["| photo | shows | said | suspected |", "|---|---|---|---|"], [], []
    for photo in labelled(folder):
        image = decode(read_file(photo.path).data)
        (seen,) = stage.process([image])
        said = says(seen, oil=photo.oil)
        if seen.refused != "not_optical":
            outcomes.append((photo.oil, said))
        why = f" ({seen.refused})" if seen.refused else ""
        lines.append(f"| {photo.path.name} | {photo.shows} | {said}{why} | {100 * seen.suspected:.1f} % |")
        pair = [cv2.resize(one, (CELL, CELL)) for one in (image.pixels, TABLE[seen.classes])]
        cells.append(
            cv2.putText(np.vstack(pair), f"{photo.path.stem} {said}", (4, 14), 0, 0.45, (255, 255, 255))
        )
    if sheet:
        cells += [np.zeros_like(cells[0])] * (-len(cells) % 8)
        rows = [np.hstack(cells[start : start + 8]) for start in range(0, len(cells), 8)]
        cv2.imwrite(str(sheet), np.vstack(rows)[..., ::-1])
    found = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares(outcomes).items())
    return "\n".join(
        (
            *lines,
            "",
            f"Without the pictures in grey: {found}",
            "",
            HEAD.format("photos"),
            RULE,
            f"| all | {told(outcomes)} |",
        )
    )


def of_others(stage: SeeTheSea, folder: Path) -> str:
    """What is said of photos that do not show the sea."""
    seen = [stage.process([decode(read_file(path).data)])[0] for path in sorted(folder.glob("*.jpg"))]
    counts = Counter(one.refused or one.verdict for one in seen)
    return f"\nOf {len(seen)} photos in {folder.name} that do not show the sea: {dict(counts.most_common())}"


def seconds(stage: SeeTheSea) -> float:
    """Median of five, one at a time."""
    image = Image.from_array(cv2.resize(scene(FIRST, side=SIDE, oil=True).pixels, (WIDE, HIGH)))
    took = []
    for _ in range(5):
        started = time.perf_counter()
        stage.process([image])
        took.append(time.perf_counter() - started)
    return statistics.median(took)


if __name__ == "__main__":
    main()
