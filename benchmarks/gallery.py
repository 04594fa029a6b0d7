"""How well a gallery names objects of real photos, and how often it says that it knows none, at each threshold.

Objects are cut out of labelled photos. One plain picture of each known one is enrolled; what is asked is another
view, made of the same picture: in perspective, smaller, darker or brighter, with noise, on another ground. Unknown
objects are asked too: the right answer is none of these. The photos of the second table were not looked at when the
thresholds were chosen. Views of one picture are easier than other photos of the same thing. Run:
``python benchmarks/gallery.py --models FOLDER --coco FILE --images FOLDER``
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import cv2
import numpy as np
from machine import machine
from numpy.typing import NDArray
from PIL import Image as PillowImage

from siseon.applications.inspection.gallery import Recognise
from siseon.applications.inspection.options import GALLERY_MARGIN, GALLERY_MIN_SCORE
from siseon.contracts import Crop, Image, Ranked
from siseon.models import ModelManager

VIEWS = 8
LEAST_SIDE, PERSON = 90, 1
SIDE = 240
LEAST = (0.5, 0.55, 0.6, 0.65, 0.7)
Pixels = NDArray[np.uint8]


def objects(instances: Path, images: Path) -> list[Pixels]:
    """Objects large enough to show something, but for people; squares of ``SIDE`` pixels."""
    truth = json.loads(instances.read_text())
    files = {image["id"]: images / image["file_name"] for image in truth["images"]}
    found = []
    for entry in truth["annotations"]:
        x, y, wide, high = (int(value) for value in entry["bbox"])
        if min(wide, high) >= LEAST_SIDE and entry["category_id"] != PERSON:
            photo = np.asarray(PillowImage.open(files[entry["image_id"]]).convert("RGB"))
            part = photo[y : y + high, x : x + wide]
            found.append(np.asarray(cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8))
    return found


def view(pixels: Pixels, seed: int) -> Image:
    rng = np.random.default_rng(seed)
    corners = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
    moved = corners + rng.uniform(-0.1, 0.1, (4, 2)).astype(np.float32) * SIDE
    around = rng.integers(40, 200, (4, 4, 3), dtype=np.uint8)
    ground = cv2.resize(around, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    seen = cv2.warpPerspective(pixels, matrix, (SIDE, SIDE), ground, borderMode=cv2.BORDER_TRANSPARENT)
    side = int(rng.integers(60, SIDE))
    small = cv2.resize(seen, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    lit = small * rng.uniform(0.6, 1.3) + rng.normal(0, 2, small.shape)
    return Image.from_array(np.clip(lit, 0, 255).astype(np.uint8))


def answers(
    models: ModelManager, known: list[Pixels], unknown: list[Pixels]
) -> list[tuple[str | None, Ranked]]:
    """The true product, None for an unknown one, and the nearest products, of every view."""
    with tempfile.TemporaryDirectory() as folder:
        for number, pixels in enumerate(known):
            PillowImage.fromarray(pixels).save(Path(folder) / f"{number}.png")
        stage = Recognise(models["efficientnet-lite0-features"], Path(folder))
        stage.setup()
        asked = []
        for number, pixels in enumerate(known + unknown):
            crops = [Crop(0, view(pixels, 1000 * number + v)) for v in range(VIEWS)]
            truth = str(number) if number < len(known) else None
            asked += [(truth, label) for label in stage.process(crops)]
        stage.teardown()
    return asked


def table(title: str, asked: list[tuple[str | None, Ranked]]) -> None:
    known = [(truth, label) for truth, label in asked if truth is not None]
    unknown = [label for truth, label in asked if truth is None]
    nearest = sum(label.class_name == truth for truth, label in known) / len(known)
    print(f"\n{title}: {len(known)} views of known objects, nearest is right {nearest:.1%}; ", end="")
    print(f"{len(unknown)} views of unknown ones\n")
    print("| least similarity | known, right name | known, wrong name | known, no name | unknown, no name |")
    print("|---|---|---|---|---|")
    for least in LEAST:
        names = [(truth, label.class_name if sure(label, least) else None) for truth, label in known]
        right = sum(name == truth for truth, name in names) / len(names)
        none = sum(name is None for _, name in names) / len(names)
        refused = sum(not sure(label, least) for label in unknown) / len(unknown)
        chosen = " (default)" if least == GALLERY_MIN_SCORE else ""
        print(f"| {least}{chosen} | {right:.1%} | {abs(1 - right - none):.1%} | {none:.1%} | {refused:.1%} |")


def sure(label: Ranked, least: float) -> bool:
    return label.score >= least and label.score - label.others[0].score >= GALLERY_MARGIN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--coco", type=Path, required=True, help="COCO instances")
    parser.add_argument("--images", type=Path, required=True)
    options = parser.parse_args()
    models = ModelManager(search_path=[options.models])
    all_ = objects(options.coco, options.images)
    quarter = len(all_) // 4
    print(machine())
    table("Where the thresholds were chosen", answers(models, all_[:quarter], all_[quarter : 2 * quarter]))
    table("Others", answers(models, all_[2 * quarter : 3 * quarter], all_[3 * quarter :]))


if __name__ == "__main__":
    main()
