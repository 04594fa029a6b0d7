"""What each safety check of ``inspection`` costs beside detection, and the NSFW scores of everyday photos.

Photos: the median time of each check as a ratio to the detector's in the same run, and NSFW scores of photos that
are everyday scenes. There is no labelled data for the recall of faces and NSFW: none is stated. Run:
``python benchmarks/safety.py --models FOLDER --images FOLDER``
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import numpy as np
from machine import machine
from PIL import Image as PillowImage

from siseon.applications.inspection import Inspection, InspectionOptions
from siseon.contracts import Image
from siseon.media.decode import decode
from siseon.models import Model, ModelManager
from siseon.models.preprocess import prepare


async def time_table(models: ModelManager, photos: Sequence[Image]) -> None:
    async with Inspection(models, InspectionOptions(nsfw="flag", faces="flag", pii_text="flag")) as pipeline:
        safety = pipeline.safety
        assert safety is not None
        assert None not in (safety.nsfw, safety.faces, safety.text)
        checks: dict[str, Callable[[Image], Awaitable[object]]] = {
            "detect (yolox-nano)": pipeline.detect,
            "nsfw, the whole picture": safety.nsfw,
            "faces": safety.faces,
            "pii_text": safety.text.run,
        }
        times: dict[str, list[float]] = {name: [] for name in checks}
        for image in photos:
            for name, check in checks.items():
                start = time.perf_counter()
                await check(image)
                times[name].append(time.perf_counter() - start)
    median = {name: statistics.median(spent) for name, spent in times.items()}
    print("| check | ms a photo, median | against detection |\n|---|---|---|")
    for name, spent in median.items():
        print(f"| {name} | {spent * 1000:.1f} | {spent / median['detect (yolox-nano)']:.2f} × |")
    print()


async def nsfw_table(models: ModelManager, photos: Sequence[Image]) -> None:
    async with Inspection(models, InspectionOptions(nsfw="flag")) as pipeline:
        assert pipeline.safety is not None
        assert pipeline.safety.nsfw is not None
        network = pipeline.safety.nsfw.model
        scores: dict[str, list[float]] = {
            "the whole picture": [],
            "without the JPEG": [],
            "and its persons": [],
        }
        for image in photos:
            scores["the whole picture"].append(await pipeline.safety.nsfw(image))
            scores["without the JPEG"].append(_without_jpeg(network, image))
            scores["and its persons"].append((await pipeline(image)).data.safety.nsfw_score)
    print(
        f"| nsfw score of {len(photos)} photos | highest | of 0.4 or more | of 0.8 or more |\n|---|---|---|---|"
    )
    for name, values in scores.items():
        high = [sum(value >= least for value in values) for least in (0.4, 0.8)]
        print(f"| {name} | {max(values):.2f} | {high[0]} | {high[1]} |")
    worst = int(np.argmax(scores["the whole picture"]))
    print(f"\nThe highest falls from {scores['the whole picture'][worst]:.2f} to ", end="")
    print(f"{scores['without the JPEG'][worst]:.2f} without the JPEG.")


def _without_jpeg(network: Model, image: Image) -> float:
    whole = PillowImage.fromarray(image.pixels).resize((256, 256), PillowImage.Resampling.BILINEAR)
    middle = Image.from_array(np.array(whole.crop((16, 16, 240, 240))))
    pixels, _ = prepare([middle], network.card.input)
    return float(next(iter(network.run({network.input_name: pixels}).values()))[0, 1])


async def run(models: ModelManager, photos: Sequence[Image]) -> None:
    await time_table(models, photos)
    await nsfw_table(models, photos)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    options = parser.parse_args()
    photos = [decode(path.read_bytes()) for path in sorted(options.images.glob("*.jpg"))]
    print(machine())
    asyncio.run(run(ModelManager(search_path=[options.models]), photos))


if __name__ == "__main__":
    main()
