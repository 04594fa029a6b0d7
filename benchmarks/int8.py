"""What quantising the classifier of ``inspection`` to int8 gains and changes, on crops of detections.

Named against: the float weights, same session settings (one thread), same crops. Calibration uses the crops of
every second photo, agreement is measured on those of the others. Run:
``python benchmarks/int8.py --models FOLDER --images FOLDER``
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import machine
from numpy.typing import NDArray

from siseon.applications.inspection import Detect
from siseon.applications.inspection.quantize import quantize_classifier
from siseon.contracts import Image
from siseon.media.decode import decode
from siseon.models import Model, ModelManager
from siseon.models.outputs import interpret_classes
from siseon.models.preprocess import prepare

FLOAT = "efficientnet-lite0"
BATCHES = (1, 2, 4, 8)
REPEATS = 30
SURE = 0.5
"""Probability from which the float model's answer counts as sure."""


def crops(models: ModelManager, photos: list[Path]) -> list[Image]:
    detect = Detect(models["yolox-nano"])
    detect.setup()
    found: list[Image] = []
    for path in photos:
        photo = decode(path.read_bytes())
        found += [crop.image for crop in detect.process([photo])[0].crops(photo, min_side=32)]
    return found


def answers(model: Model, images: list[Image]) -> NDArray[np.float32]:
    """(n, classes) probabilities, one image at a time."""
    model.load()
    rows = [
        interpret_classes(
            model.run({model.input_name: prepare([image], model.card.input)[0]}), model.card.output
        )
        for image in images
    ]
    return np.concatenate(rows)


def milliseconds(model: Model, image: Image, batch: int) -> float:
    """Median time of the network alone, a crop."""
    pixels, _ = prepare([image] * batch, model.card.input)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        model.run({model.input_name: pixels}, items=batch)
        times.append(time.perf_counter() - start)
    return statistics.median(times) / batch * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    options = parser.parse_args()
    photos = sorted(options.images.glob("*.jpg"))
    with tempfile.TemporaryDirectory() as scratch:
        models = ModelManager(search_path=[options.models])
        calibration, unseen = crops(models, photos[::2]), crops(models, photos[1::2])
        quantize_classifier(models[FLOAT], calibration, Path(scratch))
        models = ModelManager(search_path=[Path(scratch), options.models])
        names = (FLOAT, f"{FLOAT}-int8")
        truth = answers(models[FLOAT], unseen)
        sure = truth.max(axis=1) >= SURE
        print(machine())
        print(
            f"{len(calibration)} crops to calibrate, {len(unseen)} others to compare, {sure.sum()} of them sure\n"
        )
        heads = " | ".join(f"batch {batch}, ms a crop" for batch in BATCHES)
        print(f"| classifier | MB | same top-1 as float | of the sure ones | {heads} |")
        print("|---|---|---|---|" + "---|" * len(BATCHES))
        for name in names:
            same = answers(models[name], unseen).argmax(axis=1) == truth.argmax(axis=1)
            size = models[name].files[0].path.stat().st_size / 1e6
            times = " | ".join(f"{milliseconds(models[name], unseen[0], batch):.2f}" for batch in BATCHES)
            print(f"| {name} | {size:.1f} | {same.mean():.1%} | {same[sure].mean():.1%} | {times} |")


if __name__ == "__main__":
    main()
